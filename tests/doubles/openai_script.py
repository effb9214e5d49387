"""What an OpenAI-compatible server can be told to do, step by step, well-behaved or not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Write:
    """Send these bytes in one write; `text` and `usage` are what they tell, for the ledger."""

    data: bytes
    text: str = ""


@dataclass(frozen=True)
class TellUsage:
    """Send the usage chunk, if it was asked for, as real servers do; without numbers, words are counted."""

    usage: Usage | None = None
    even_unasked: bool = False


@dataclass(frozen=True)
class Usage:
    """The tokens a call used."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "prompt_tokens": self.input_tokens,
            "completion_tokens": self.output_tokens,
            "total_tokens": self.input_tokens + self.output_tokens,
            "prompt_tokens_details": {"cached_tokens": self.cached_tokens},
            "completion_tokens_details": {"reasoning_tokens": self.reasoning_tokens},
        }


@dataclass(frozen=True)
class WaitFor:
    """Say nothing until the test says go."""

    event: asyncio.Event


@dataclass(frozen=True)
class Pause:
    """Take a moment, as models do between their words."""

    seconds: float


@dataclass(frozen=True)
class Hang:
    """Say nothing any more, until the client goes away."""


@dataclass(frozen=True)
class Reset:
    """Break the connection off with a TCP reset."""


@dataclass(frozen=True)
class HangUp:
    """Close the connection without ending the HTTP body."""


@dataclass(frozen=True)
class Flood:
    """Send the same bytes again and again, for ever unless `times` says how often."""

    data: bytes
    times: int | None = None


@dataclass(frozen=True)
class Answer:
    """Instead of a stream: one whole answer. `body` is bytes as they are, or a value to be sent as JSON."""

    status: int = 200
    body: Any = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Step = Write | TellUsage | WaitFor | Pause | Hang | Reset | HangUp | Flood | Answer


@dataclass(frozen=True)
class Script:
    """The steps of one answer and the content type of its stream."""

    steps: tuple[Step, ...]
    content_type: str = "text/event-stream; charset=utf-8"


def chunk(
    delta: dict[str, Any] | None = None, *, finish: str | None = None, usage: Usage | None = None, **more: Any
) -> dict[str, Any]:
    """One chunk as OpenAI sends it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "double-1",
        "choices": [{"index": 0, "delta": delta or {}, "finish_reason": finish, "logprobs": None}],
        "usage": usage.as_json() if usage else None,
        **more,
    }


def event(value: Any, *, eol: str = "\n", space: str = " ") -> bytes:
    """Encode a chunk as a server-sent event, as UTF-8 without escapes."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"data:{space}{text}{eol}{eol}".encode()


def role() -> Write:
    """The first chunk, that only says who speaks."""
    return Write(event(chunk({"role": "assistant", "content": ""})))


def delta(text: str) -> Write:
    """A piece of text."""
    return Write(event(chunk({"content": text})), text=text)


def thought(text: str, *, field: str = "reasoning_content") -> Write:
    """A piece of what the model thinks, as vLLM, llama.cpp and DeepSeek send it, or others in `reasoning`."""
    return Write(event(chunk({field: text})))


def tool_fragment(index: int, arguments: str = "", *, call_id: str | None = None, name: str | None = None) -> Write:
    """A fragment of a tool call; the first one of a call has its id and its name."""
    head = {"id": call_id, "type": "function"} if call_id else {}
    function = {"arguments": arguments, **({"name": name} if name else {})}
    return Write(event(chunk({"tool_calls": [{"index": index, **head, "function": function}]})))


def fragmented_tool_call(
    name: str, arguments: Any, *, index: int = 0, call_id: str = "", size: int = 5
) -> tuple[Write, ...]:
    """A tool call in fragments of so many characters; `arguments` are encoded as JSON unless they are text."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    first = tool_fragment(index, call_id=call_id or f"call_{name}_{index}", name=name)
    return (first, *(tool_fragment(index, text[start : start + size]) for start in range(0, len(text), size)))


def finish(reason: str = "stop") -> Write:
    """The chunk with the finish reason."""
    return Write(event(chunk(finish=reason)))


def tool_call(name: str, arguments: dict[str, Any], *, call_id: str = "call_1") -> Write:
    """A tool that the model asks for, whole in one chunk."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    return Write(event(chunk({"tool_calls": [{"index": 0, "id": call_id, "type": "function", "function": function}]})))


def done() -> Write:
    """The announced end."""
    return Write(DONE)


def completion(*texts: str, usage: Usage | None = None, reason: str = "stop") -> tuple[Step, ...]:
    """A whole well-behaved stream."""
    return (role(), *map(delta, texts), finish(reason), TellUsage(usage), done())


def asking_for_tools(*calls: Iterable[Write], usage: Usage | None = None) -> tuple[Step, ...]:
    """A whole well-behaved stream that awaits the results of tools."""
    return (role(), *(step for call in calls for step in call), finish("tool_calls"), TellUsage(usage), done())


def in_portions(data: bytes, *, size: int) -> tuple[Step, ...]:
    """Bytes cut anywhere, characters of several bytes included."""
    return tuple(Write(data[start : start + size]) for start in range(0, len(data), size))


def body_of(steps: Iterable[Step]) -> bytes:
    """The bytes of the written steps, for decoders that are tested without a network."""
    return b"".join(step.data for step in steps if isinstance(step, Write))


def refusal(status: int, *, message: str = "no", retry_after: str | None = None, **error: Any) -> Answer:
    """An HTTP error in OpenAI's form."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Answer(status, {"error": {"message": message, "type": "error", "param": None, **error}}, headers=headers)
