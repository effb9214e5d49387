"""Recorded shapes and hostile streams, each with what has to be heard in it, however its bytes are cut."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.doubles.openai_script import DONE, body_of, chunk, delta, done, event, finish, role
from tests.doubles.openai_script import Usage as Told

from chat_service.providers.port import (
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderRateLimited,
    ProviderRefusedCall,
    ProviderRefusedKey,
    ProviderTimedOut,
    ProviderUnavailable,
    ToolCall,
    Usage,
)

LINE = 1_048_576
EMOJI = "naïve 漢字 👩‍👩‍👧 café\u0301 \u2028 end"


@dataclass(frozen=True)
class Heard:
    """What a stream comes to."""

    text: str = ""
    usage: Usage | None = None
    finish: str | None = None
    error: type[ProviderError] | None = None
    thought: str = ""
    calls: tuple[ToolCall, ...] = ()


def says(text: str, **more: Any) -> bytes:
    return event(chunk({"content": text}, **more))


def choice(**facts: Any) -> bytes:
    return event({"choices": [{"index": 0, **facts}]})


def usage_chunk(usage: Any) -> bytes:
    return event({"choices": [], "usage": usage})


HELLO = body_of([role(), delta("Hel"), delta("lo"), finish(), done()])
STOP = event(chunk(finish="stop"))
HEARD_HELLO = Heard("Hello", finish="stop")
USAGE = usage_chunk(Told(9, 3, 4).as_json())
TOOL_CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a'}}
AZURE_FIRST = {"choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}], "id": ""}
THINKING = [{"type": "thinking", "thinking": [{"type": "text", "text": "hmm"}]}, {"type": "text", "text": "Hello"}]

WELL_BEHAVED: dict[str, tuple[bytes, Heard]] = {
    "openai": (HELLO, HEARD_HELLO),
    "openai with usage": (HELLO.removesuffix(DONE) + USAGE + DONE, Heard("Hello", Usage(9, 3, 4), "stop")),
    "azure with an empty first chunk": (event(AZURE_FIRST) + HELLO, HEARD_HELLO),
    "crlf": (HELLO.replace(b"\n", b"\r\n"), HEARD_HELLO),
    "cr": (HELLO.replace(b"\n", b"\r"), HEARD_HELLO),
    "mixed line ends": (HELLO.replace(b"\n\n", b"\r\n\n", 2).replace(b"\n\n", b"\n\r", 1), HEARD_HELLO),
    "data without a space": (HELLO.replace(b"data: ", b"data:"), HEARD_HELLO),
    "data with two spaces": (HELLO.replace(b"data: ", b"data:  "), HEARD_HELLO),
    "comments": (HELLO.replace(b"data: ", b": PROCESSING\n\ndata: "), HEARD_HELLO),
    "comment inside an event": (b": one\n" + HELLO.replace(b"\n\n", b"\n: two\n\n"), HEARD_HELLO),
    "other fields": (HELLO.replace(b"data: ", b"event: chunk\nid: 7\nretry: 10\nnonsense\ndata: "), HEARD_HELLO),
    "byte order mark": (b"\xef\xbb\xbf" + says("Hello") + STOP + DONE, HEARD_HELLO),
    "blank lines before": (b"\n\n\r\n" + HELLO, HEARD_HELLO),
    "empty data as heartbeat": (HELLO.replace(b"data: ", b"data:\n\ndata: \n\ndata: ", 2), HEARD_HELLO),
    "one chunk over two data lines": (HELLO.replace(b'"choices": ', b'"choices":\ndata: '), HEARD_HELLO),
    "pretty printed over data lines": (
        event(json.dumps(chunk({"content": "Hello"}, finish="stop"), indent=1).replace("\n", "\ndata: ")),
        HEARD_HELLO,
    ),
    "no done but a finish reason": (HELLO.removesuffix(DONE), HEARD_HELLO),
    "done without a finish reason": (says("Hello") + DONE, Heard("Hello")),
    "done without a line end": (HELLO.rstrip(b"\n"), HEARD_HELLO),
    "last event without a blank line": (HELLO.removesuffix(DONE).rstrip(b"\n"), HEARD_HELLO),
    "text after done": (HELLO + says("more") + event("garbage"), HEARD_HELLO),
    "garbage half after the finish": (HELLO.removesuffix(DONE) + b'data: {"choi', HEARD_HELLO),
    "role only": (body_of([role(), finish(), done()]), Heard(finish="stop")),
    "null delta": (choice(delta=None) + HELLO, HEARD_HELLO),
    "null content": (choice(delta={"role": "assistant", "content": None}) + HELLO, HEARD_HELLO),
    "null choices": (event({"choices": None, "usage": None, "error": None}) + HELLO, HEARD_HELLO),
    "empty finish reason in every chunk": (
        choice(delta={"content": "Hello"}, finish_reason="") + STOP,
        HEARD_HELLO,
    ),
    "tool call fragments": (
        choice(delta={"tool_calls": [TOOL_CALL]}) + says("Hello") + event(chunk(finish="tool_calls")) + DONE,
        Heard("Hello", finish="tool_calls", calls=(ToolCall("call_1", "f", '{"a'),)),
    ),
    "reasoning beside the text": (
        choice(delta={"reasoning_content": "hmm", "content": None}) + choice(delta={"reasoning": "hm"}) + HELLO,
        Heard("Hello", finish="stop", thought="hmmhm"),
    ),
    "content as parts": (
        choice(delta={"content": THINKING}) + STOP + DONE,
        Heard("Hello", finish="stop", thought="hmm"),
    ),
    "refusal": (choice(delta={"content": None, "refusal": "I will not."}) + STOP, Heard("I will not.", finish="stop")),
    "two choices": (
        event({"choices": [{"delta": {"content": "Hello"}}, {"index": 1, "delta": {"content": "No"}}]}) + DONE,
        Heard("Hello"),
    ),
    "text and finish in one chunk": (says("Hello", finish="length"), Heard("Hello", finish="length")),
    "every kind of character": (says(EMOJI) + DONE, Heard(EMOJI)),
    "escaped characters": (event(json.dumps(chunk({"content": EMOJI}))) + DONE, Heard(EMOJI)),
    "NUL in the text": (says("a\x00b") + DONE, Heard("a\ufffdb")),
    "text that looks like an event": (says("data: [DONE]\n\n") + DONE, Heard("data: [DONE]\n\n")),
    "zero usage stays zero": (
        says("Hello") + usage_chunk({"prompt_tokens": 0, "completion_tokens": 0}) + DONE,
        Heard("Hello", Usage(0, 0, 0)),
    ),
    "usage in every chunk": (
        event(chunk({"content": "Hel"}, usage=Told(9, 1))) + event(chunk({"content": "lo"}, usage=Told(9, 2))) + DONE,
        Heard("Hello", Usage(9, 2)),
    ),
    "null details of usage": (
        usage_chunk({"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": None}) + HELLO,
        Heard("Hello", Usage(5, 1), "stop"),
    ),
    "more cached than asked": (usage_chunk(Told(5, 1, 9).as_json()) + HELLO, Heard("Hello", Usage(5, 1, 5), "stop")),
    "nonsense usage is none": (
        usage_chunk({"prompt_tokens": -1, "completion_tokens": 1})
        + usage_chunk({"prompt_tokens": "9", "completion_tokens": True})
        + usage_chunk({"prompt_tokens": 10**30, "completion_tokens": 2})
        + usage_chunk({"prompt_tokens": None, "completion_tokens": None})
        + usage_chunk([1])
        + HELLO,
        HEARD_HELLO,
    ),
    "bare json lines": (
        HELLO.removesuffix(DONE).replace(b"data: ", b"").replace(b"\n\n", b"\n"),
        HEARD_HELLO,
    ),
    "long line within the limit": (says("x" * 900_000) + DONE, Heard("x" * 900_000)),
}

FAILING: dict[str, tuple[bytes, Heard]] = {
    "nothing": (b"", Heard(error=ProviderCut)),
    "only comments": (b": hello\n\n: still here\n\n", Heard(error=ProviderCut)),
    "cut between events": (says("Hello"), Heard("Hello", error=ProviderCut)),
    "cut inside an event": (says("Hello") + says("lost")[:-9], Heard("Hello", error=ProviderCut)),
    "cut inside a character": (says("Hello") + "data: {é".encode()[:-1], Heard("Hello", error=ProviderCut)),
    "empty finish reason and a cut": (choice(delta={"content": "a"}, finish_reason=""), Heard("a", error=ProviderCut)),
    "not json": (says("Hello") + event("{nonsense"), Heard("Hello", error=ProviderMalformed)),
    "a number": (event("42") + DONE, Heard(error=ProviderMalformed)),
    "a list": (event("[1]") + DONE, Heard(error=ProviderMalformed)),
    "NaN": (event('{"choices": NaN}') + DONE, Heard(error=ProviderMalformed)),
    "deep nesting": (event("[" * 5_000) + DONE, Heard(error=ProviderMalformed)),
    "choices that are none": (event({"choices": {"0": {}}}), Heard(error=ProviderMalformed)),
    "a choice that is none": (event({"choices": ["Hello"]}), Heard(error=ProviderMalformed)),
    "a delta that is none": (choice(delta="Hello"), Heard(error=ProviderMalformed)),
    "content that is none": (choice(delta={"content": 7}), Heard(error=ProviderMalformed)),
    "invalid utf-8": (
        says("ok") + b'data: {"choices":[{"delta":{"content":"\xff\xfe"}}]}\n\n' + DONE,
        Heard("ok", error=ProviderMalformed),
    ),
    "overlong utf-8": (b'data: {"a":"\xc0\xaf"}\n\n', Heard(error=ProviderMalformed)),
    "half a character and a cut": (
        event('{"choices":[{"delta":{"content":"\\ud83d"}}]}'),
        Heard("\ufffd", error=ProviderCut),
    ),
    "half a character in what is no json": (
        event('{"choices":[{"delta":{"content":"\\ud83d"}}'),
        Heard(error=ProviderMalformed),
    ),
    "half a character beside NaN": (event('{"a": NaN, "b": "\\ud83d"}'), Heard(error=ProviderMalformed)),
    "half a character in deep nesting": (
        event('{"a": "\\ud83d", "b": ' + "[" * 5_000 + "]" * 5_000 + "}"),
        Heard(error=ProviderMalformed),
    ),
    "two chunks in one event": (event('{"choices":[]}\ndata: {"choices":[]}'), Heard(error=ProviderMalformed)),
    "endless line": (says("ok") + b"x" * (LINE + 1), Heard("ok", error=ProviderMalformed)),
    "endless data line": (says("ok") + b"data: " + b"y" * (LINE + 1), Heard("ok", error=ProviderMalformed)),
    "too long a line that ends": (b"data: " + b" " * LINE + b"\n\n" + HELLO, Heard(error=ProviderMalformed)),
    "endless event of short lines": (b"data: y\n" * (LINE // 2 + 1), Heard(error=ProviderMalformed)),
    "endless event of empty lines": (b"data:\n" * (LINE + 1), Heard(error=ProviderMalformed)),
    "announced rate limit": (
        says("a") + event({"error": {"message": "slow", "type": "rate_limit_error", "code": None}}),
        Heard("a", error=ProviderRateLimited),
    ),
    "announced by number": (event({"error": {"code": 429, "message": "x"}}), Heard(error=ProviderRateLimited)),
    "announced by digits": (event({"error": {"code": "401"}}), Heard(error=ProviderRefusedKey)),
    "announced timeout": (event({"error": {"code": 504}}), Heard(error=ProviderTimedOut)),
    "announced too long": (
        event({"error": {"code": "context_length_exceeded", "type": "invalid_request_error"}}),
        Heard(error=ProviderRefusedCall),
    ),
    "announced overload": (event({"error": {"type": "overloaded_error"}}), Heard(error=ProviderUnavailable)),
    "announced as text": (event({"error": "it broke"}), Heard(error=ProviderUnavailable)),
    "announced as bare json": (says("a") + b'{"error":{"message":"x"}}\n', Heard("a", error=ProviderUnavailable)),
    "announced as an object": (event({"object": "error", "code": 400}), Heard(error=ProviderRefusedCall)),
    "announced by the event's name": (
        says("a") + b'event: error\ndata: {"message":"x","code":500}\n\n',
        Heard("a", error=ProviderUnavailable),
    ),
    "announced with a code of a thousand digits": (
        event({"error": {"code": "4" * 1_000}}),
        Heard(error=ProviderUnavailable),
    ),
}
