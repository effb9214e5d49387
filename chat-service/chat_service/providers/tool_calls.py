"""Calls of tools, put together from the fragments in which they are streamed; bounded in number and size."""

from dataclasses import dataclass, field
from typing import Any

from chat_service.providers.port import ProviderMalformed, ToolCall
from chat_service.providers.surrogates import whole_text
from service_kit.json_body import encode_json

MAX_CALLS = 64
MAX_NAME_CHARS = 256
# Of all calls of one completion together.
MAX_CHARS = 1_048_576


@dataclass(slots=True)
class _Draft:
    """A call whose fragments are still coming."""

    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)
    signature: str = ""


class ToolCallAssembly:
    """Gathers fragments; tells whole calls in the order in which they began."""

    def __init__(self) -> None:
        self._drafts: list[_Draft] = []
        self._by_index: dict[int, _Draft] = {}
        self._chars = 0

    def add(self, fragments: Any) -> None:
        """Take the fragments of one chunk; raises ProviderMalformed for what is none, or too much."""
        if not isinstance(fragments, list):
            raise ProviderMalformed
        for fragment in fragments:
            if not isinstance(fragment, dict):
                raise ProviderMalformed
            self._add(fragment)

    def whole(self) -> list[ToolCall]:
        """Return the calls and forget them."""
        calls: list[ToolCall] = []
        for place, draft in enumerate(self._drafts):
            if not draft.name:
                raise ProviderMalformed
            call_id = draft.id or f"call_{place}"
            if any(call.id == call_id for call in calls):
                call_id = f"{call_id}_{place}"
            # A tool without parameters is often called with nothing at all, which is no JSON.
            arguments = whole_text("".join(draft.arguments)) or "{}"
            calls.append(ToolCall(call_id, draft.name, arguments, draft.signature))
        self._drafts, self._by_index, self._chars = [], {}, 0
        return calls

    def _add(self, fragment: dict[str, Any]) -> None:
        function = fragment.get("function")
        function = function if isinstance(function, dict) else {}
        draft = self._draft_of(fragment, has_name=bool(function.get("name")))
        if draft is None:
            return
        draft.id = draft.id or self._word(fragment.get("id"))
        draft.name = draft.name or self._word(function.get("name"))
        draft.arguments.append(self._counted(_arguments(function.get("arguments"))))
        extra = fragment.get("extra_content")
        if isinstance(extra, dict) and extra:
            # Gemini signs its calls and wants the signature back; how it looks is its own affair.
            draft.signature = self._counted(whole_text(_as_json(extra)))

    def _draft_of(self, fragment: dict[str, Any], *, has_name: bool) -> _Draft | None:
        """Find the call that a fragment belongs to: by its index, or where a server leaves that out, by its id."""
        index, call_id = fragment.get("index"), fragment.get("id")
        if isinstance(index, int):
            known = self._by_index.get(index)
            # Some servers give parallel calls the same index, but each an id of its own.
            if known is not None and not (has_name and call_id and known.id and call_id != known.id):
                return known
            self._by_index[index] = draft = self._begin()
            return draft
        if call_id:
            known = next((draft for draft in self._drafts if draft.id == call_id), None)
            return known or self._begin()
        if has_name:
            return self._begin()
        return self._drafts[-1] if self._drafts else None

    def _begin(self) -> _Draft:
        if len(self._drafts) == MAX_CALLS:
            raise ProviderMalformed
        draft = _Draft()
        self._drafts.append(draft)
        return draft

    def _counted(self, text: str) -> str:
        self._chars += len(text)
        if self._chars > MAX_CHARS:
            raise ProviderMalformed
        return text

    def _word(self, value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > MAX_NAME_CHARS:
            raise ProviderMalformed
        return self._counted(whole_text(value))


def _arguments(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        # Some servers decode what the model wrote.
        return _as_json(value)
    if not isinstance(value, str):
        raise ProviderMalformed
    return value


def _as_json(value: dict[str, Any]) -> str:
    try:
        return encode_json(value).decode()
    except (TypeError, ValueError):
        raise ProviderMalformed from None
