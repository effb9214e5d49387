"""The content blocks of a Claude message: text, thinking, and tools whose arguments come in fragments."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chat_service.providers.port import Delta, Piece, ProviderMalformed, Reasoning, ToolCall
from chat_service.providers.sse_lines import MAX_LINE_BYTES
from chat_service.providers.surrogates import whole_text
from service_kit.json_body import encode_json

# What all tools together may hold that have begun and not ended.
MAX_OPEN_BYTES = MAX_LINE_BYTES
# What an empty tool is taken to hold, so that endless beginnings reach the limit as well.
OPEN_TOOL_BYTES = 256


@dataclass(slots=True)
class _OpenTool:
    id: str
    name: str
    whole_input: dict[str, Any]
    fragments: bytearray = field(default_factory=bytearray)

    def told(self) -> ToolCall:
        arguments = self.fragments.decode() or encode_json(self.whole_input).decode()
        return ToolCall(self.id, self.name, arguments)


class OpenTools:
    """The tool calls that have begun and not ended, by the index of their block."""

    def __init__(self) -> None:
        self._open: dict[int, _OpenTool] = {}
        self._held_bytes = 0

    def begin(self, index: Any, block: dict[str, Any]) -> None:
        """A tool call begins; raises ProviderMalformed for one without id or name, or beside one of the same index."""
        if not isinstance(index, int) or index in self._open:
            raise ProviderMalformed
        self._hold(OPEN_TOOL_BYTES)
        self._open[index] = _tool_of(block)

    def lengthen(self, index: Any, fragment: str) -> None:
        """More of the arguments; those of tools that the provider runs itself belong to no tool of ours."""
        tool = self._open.get(index) if isinstance(index, int) else None
        if tool is not None:
            part = fragment.encode()
            self._hold(len(part))
            tool.fragments += part

    def close(self, index: Any) -> Iterator[ToolCall]:
        """Return the tool call that ends with this block, if it was one."""
        tool = self._open.pop(index, None) if isinstance(index, int) else None
        if tool is not None:
            self._held_bytes -= OPEN_TOOL_BYTES + len(tool.fragments)
            yield tool.told()

    def close_all(self) -> Iterator[ToolCall]:
        """Return those whose end a server left out before it ended the message."""
        for index in list(self._open):
            yield from self.close(index)

    def _hold(self, size_bytes: int) -> None:
        self._held_bytes += size_bytes
        if self._held_bytes > MAX_OPEN_BYTES:
            raise ProviderMalformed


def pieces_of_block(block: dict[str, Any]) -> Iterator[Piece]:
    """Return what a block says as a whole, or already where it begins; kinds that we did not ask for say nothing."""
    match block.get("type"):
        case "text":
            if text := text_of(block, "text"):
                yield Delta(text)
        case "thinking":
            if text := text_of(block, "thinking"):
                yield Reasoning(text)
        case "tool_use":
            yield _tool_of(block).told()


def text_of(facts: dict[str, Any], name: str) -> str:
    """Return a text that may be missing; raises ProviderMalformed for anything that is none."""
    text = facts.get(name)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise ProviderMalformed
    return whole_text(text)


def _tool_of(block: dict[str, Any]) -> _OpenTool:
    identity, name, whole_input = text_of(block, "id"), text_of(block, "name"), block.get("input") or {}
    if not (identity and name and isinstance(whole_input, dict)):
        raise ProviderMalformed
    return _OpenTool(identity, name, whole_input)
