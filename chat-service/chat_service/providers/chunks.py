"""The chunks of the OpenAI protocol: what one decoded JSON value says, and what several of them say together."""

import json
from collections.abc import Iterator
from typing import Any

from chat_service.providers.port import Delta, Finish, Piece, ProviderMalformed, Reasoning, Usage
from chat_service.providers.refusals import announced_failure
from chat_service.providers.surrogates import TextJoiner, whole_text
from chat_service.providers.tool_calls import ToolCallAssembly
from service_kit.json_body import decode_json

MAX_TOKENS = 2**31
AWAITS_TOOLS = "tool_calls"
# A model that was stopped in the middle has not said its calls to their end.
CUT_SHORT = frozenset({"length", "content_filter"})
THOUGHTS = frozenset({"thinking", "reasoning"})


def decoded(data: bytes | bytearray) -> dict[str, Any]:
    """Decode one chunk, which is a JSON object."""
    data = bytes(data)
    try:
        chunk = decode_json(data)
    except ValueError:
        chunk = _decoded_with_halves(data)
    if not isinstance(chunk, dict):
        raise ProviderMalformed
    return chunk


def plain_delta(data: bytes) -> Delta | None:
    """Return the delta of a chunk that says nothing else, as nearly all of them do."""
    try:
        chunk = decode_json(data)
        (choice,) = chunk["choices"]
        said = choice["delta"]
        text = said["content"]
        if (
            text.__class__ is str
            and text
            and (len(said) == 1 or (len(said) == 2 and "role" in said))
            and choice.get("finish_reason") is None
            and chunk.get("usage") is None
            and not chunk.get("error")
            and "\x00" not in text
        ):
            return Delta(text)
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    return None


def pieces_of_completion(completion: dict[str, Any]) -> Iterator[Piece]:
    """Return the pieces of a whole completion, from a server that does not stream."""
    reader = ChunkReader()
    pieces = list(reader.pieces_of(completion))
    if not _choices(completion):
        raise ProviderMalformed
    yield from pieces
    yield from reader.end()


class ChunkReader:
    """Reads the chunks of one completion in their order."""

    def __init__(self) -> None:
        self.has_finished = False
        self._text = TextJoiner()
        self._thought = TextJoiner()
        self._calls = ToolCallAssembly()

    @property
    def is_waiting(self) -> bool:
        """Whether half a character waits for the next chunk."""
        return self._text.is_waiting

    def pieces_of(self, chunk: dict[str, Any]) -> Iterator[Piece]:
        """Return the pieces of the next chunk; raises ProviderError for nonsense and for announced failures."""
        if chunk.get("error") or chunk.get("object") == "error":
            raise announced_failure(chunk.get("error") or chunk)
        for choice in _choices(chunk)[:1]:
            yield from self._pieces_of_choice(choice)
        usage = usage_of(chunk.get("usage"))
        if usage is not None:
            yield usage

    def end(self) -> Iterator[Piece]:
        """Return what is left when the end was announced without a finish reason."""
        yield from self.rest_of_text()
        if not self.has_finished:
            calls = self._calls.whole()
            yield from calls
            if calls:
                yield Finish(AWAITS_TOOLS)

    def rest_of_text(self) -> Iterator[Piece]:
        """Return what stands for half characters whose other halves never came."""
        thought, text = self._thought.rest(), self._text.rest()
        if thought:
            yield Reasoning(thought)
        if text:
            yield Delta(text)

    def _pieces_of_choice(self, choice: Any) -> Iterator[Piece]:
        if not isinstance(choice, dict):
            raise ProviderMalformed
        # Perplexity repeats in `message` all that was said so far.
        said = (choice["delta"] if "delta" in choice else choice.get("message")) or {}
        if not isinstance(said, dict):
            raise ProviderMalformed
        thought = self._thought.join(_thought(said))
        if thought:
            yield Reasoning(thought)
        # A model that refuses says so in a field of its own; it is still what it says.
        text = self._text.join(_text(said.get("content")) + _text(said.get("refusal")))
        if text:
            yield Delta(text)
        if said.get("tool_calls"):
            self._calls.add(said["tool_calls"])
        elif said.get("function_call"):
            # The older form, with one call that has no id.
            self._calls.add([{"index": 0, "function": said["function_call"]}])
        reason = choice.get("finish_reason")
        if reason and isinstance(reason, str):
            yield from self._finish(whole_text(reason))

    def _finish(self, reason: str) -> Iterator[Piece]:
        if self.has_finished:
            return
        self.has_finished = True
        yield from self.rest_of_text()
        calls = [] if reason in CUT_SHORT else self._calls.whole()
        yield from calls
        yield Finish(AWAITS_TOOLS if calls else reason)


def usage_of(usage: Any) -> Usage | None:
    """Return the usage, or None for one that makes no sense: the text is good all the same, and is then counted."""
    if not isinstance(usage, dict):
        return None
    asked, answered = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    if asked is None or answered is None:
        return None
    # Gemini leaves what it thought out of the completion, but not out of the sum, nor out of the bill.
    answered = max(answered, (_count(usage.get("total_tokens")) or 0) - asked)
    cached = _detail(usage, "prompt_tokens_details", "cached_tokens") or _count(usage.get("prompt_cache_hit_tokens"))
    thought = _detail(usage, "completion_tokens_details", "reasoning_tokens") or _count(usage.get("reasoning_tokens"))
    return Usage(asked, answered, min(cached or 0, asked), min(thought or 0, answered))


def _decoded_with_halves(data: bytes) -> Any:
    """Decode JSON that is well-formed but for half characters; raises ProviderMalformed."""
    if b"\\u" not in data:
        raise ProviderMalformed
    try:
        return json.loads(data.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ProviderMalformed from None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _choices(chunk: dict[str, Any]) -> list[Any]:
    choices = chunk.get("choices") or []
    if not isinstance(choices, list):
        raise ProviderMalformed
    return choices


def _text(content: Any) -> str:
    """Return what is said by a string, or by the text parts of a list that may hold thoughts and images as well."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise ProviderMalformed
    texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    return "".join(text for text in texts if isinstance(text, str))


def _thought(said: dict[str, Any]) -> str:
    """Return what is thought: in a field of its own, under one of its two names, or in parts of the content."""
    for name in ("reasoning_content", "reasoning"):
        thought = said.get(name)
        if thought and isinstance(thought, str):
            return thought
    content = said.get("content")
    if not isinstance(content, list):
        return ""
    parts = [part for part in content if isinstance(part, dict) and part.get("type") in THOUGHTS]
    return "".join(_thought_of_part(part) for part in parts)


def _thought_of_part(part: dict[str, Any]) -> str:
    thought = part.get("thinking") or part.get("reasoning") or part.get("text")
    return thought if isinstance(thought, str) else _text(thought) if isinstance(thought, list) else ""


def _detail(usage: dict[str, Any], group: str, name: str) -> int | None:
    details = usage.get(group)
    return _count(details.get(name)) if isinstance(details, dict) else None


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_TOKENS
    return value if is_count else None
