"""The events of Claude's Messages API, to be written step by step, well-behaved or not.

The steps themselves (write, wait, hang, reset, flood, answer) are those of openai_script: they are about bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.doubles.openai_script import Answer, Step, Write


@dataclass(frozen=True)
class Told:
    """The tokens a call used, in the protocol's own split: what came from the cache is not part of the input."""

    input_tokens: int = 9
    output_tokens: int = 3
    cache_read: int = 0
    cache_creation: int = 0
    thinking: int = 0

    def at_the_start(self) -> dict[str, Any]:
        """What `message_start` says: the whole input, and a first count of the output."""
        return {
            "input_tokens": self.input_tokens,
            "cache_creation_input_tokens": self.cache_creation,
            "cache_read_input_tokens": self.cache_read,
            "output_tokens": min(1, self.output_tokens),
            "service_tier": "standard",
        }

    def at_the_end(self) -> dict[str, Any]:
        """What `message_delta` says: the whole output."""
        return {"output_tokens": self.output_tokens, "output_tokens_details": {"thinking_tokens": self.thinking}}


def event(value: dict[str, Any], *, eol: str = "\n") -> bytes:
    """Encode an event with its name, as UTF-8 without escapes."""
    return f"event: {value['type']}{eol}data: {json.dumps(value, ensure_ascii=False)}{eol}{eol}".encode()


def start(usage: Told | None = None) -> Write:
    """The first event, with the usage of the input."""
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "double-1", "content": []}
    counted = (usage or Told()).at_the_start()
    return Write(event({"type": "message_start", "message": {**message, "stop_reason": None, "usage": counted}}))


def block(index: int, **facts: Any) -> Write:
    """A content block begins."""
    return Write(event({"type": "content_block_start", "index": index, "content_block": facts}))


def part(index: int, **facts: Any) -> Write:
    """A piece of a content block."""
    return Write(event({"type": "content_block_delta", "index": index, "delta": facts}))


def block_end(index: int) -> Write:
    """A content block ends."""
    return Write(event({"type": "content_block_stop", "index": index}))


def text(said: str, *, index: int = 0) -> Write:
    """A piece of text."""
    return part(index, type="text_delta", text=said)


def thought(said: str, *, index: int = 0) -> Write:
    """A piece of thinking."""
    return part(index, type="thinking_delta", thinking=said)


def ping() -> Write:
    """A heartbeat."""
    return Write(event({"type": "ping"}))


def finish(reason: str = "end_turn", usage: Told | None = None) -> Write:
    """Why the model stopped, with the usage of the output."""
    delta = {"stop_reason": reason, "stop_sequence": None}
    return Write(event({"type": "message_delta", "delta": delta, "usage": (usage or Told()).at_the_end()}))


def stop() -> Write:
    """The announced end."""
    return Write(event({"type": "message_stop"}))


def text_block(*texts: str, index: int = 0) -> Iterator[Step]:
    """A whole block of text."""
    yield block(index, type="text", text="")
    yield from (text(said, index=index) for said in texts)
    yield block_end(index)


def thinking_block(*texts: str, index: int = 0) -> Iterator[Step]:
    """A whole block of thinking, with its signature."""
    yield block(index, type="thinking", thinking="", signature="")
    yield from (thought(said, index=index) for said in texts)
    yield part(index, type="signature_delta", signature="EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pk")
    yield block_end(index)


def tool_block(name: str, *fragments: str, call_id: str = "toolu_1", index: int = 0) -> Iterator[Step]:
    """A whole tool call; its arguments come in fragments, of which the first is empty, as the real server sends it."""
    yield block(index, type="tool_use", id=call_id, name=name, input={})
    yield from (part(index, type="input_json_delta", partial_json=fragment) for fragment in ("", *fragments))
    yield block_end(index)


def message(*steps: Step, reason: str = "end_turn", usage: Told | None = None) -> tuple[Step, ...]:
    """A whole well-behaved stream around these steps."""
    return (start(usage), ping(), *steps, finish(reason, usage), stop())


def saying(*texts: str, usage: Told | None = None) -> tuple[Step, ...]:
    """A whole well-behaved stream with nothing but text."""
    return message(*text_block(*texts), usage=usage)


def failure(kind: str, words: str = "no") -> Write:
    """A failure that is announced in the stream."""
    return Write(event({"type": "error", "error": {"type": kind, "message": words}}))


def refusal(status: int, *, kind: str = "api_error", words: str = "no", retry_after: str | None = None) -> Answer:
    """An HTTP error in Anthropic's form."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Answer(status, {"type": "error", "error": {"type": kind, "message": words}}, headers=headers)
