"""Streams of Claude's Messages API, well-behaved and hostile, each with what is heard in it, however it is cut."""

from __future__ import annotations

import json
from typing import Any

from tests.doubles.anthropic_script import (
    Told,
    block,
    block_end,
    event,
    failure,
    finish,
    message,
    part,
    ping,
    saying,
    start,
    stop,
    text,
    text_block,
    thinking_block,
    tool_block,
)
from tests.doubles.openai_script import Step, body_of

from chat_service.providers.port import (
    Delta,
    Finish,
    Piece,
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderRateLimited,
    ProviderRefusedCall,
    ProviderRefusedKey,
    ProviderTimedOut,
    ProviderUnavailable,
    Reasoning,
    ToolCall,
    Usage,
)

LINE = 1_048_576
EMOJI = "naïve 漢字 👩‍👩‍👧 café\u0301 \u2028 end"
Heard = tuple[list[Piece], type[ProviderError] | None]


def hears(*pieces: Piece, error: type[ProviderError] | None = None) -> Heard:
    return list(pieces), error


def stream(*steps: Step) -> bytes:
    return body_of(steps)


def said(*steps: Step, end: bytes = b"") -> bytes:
    """A stream whose text has begun."""
    return stream(start(), block(0, type="text", text=""), text("Hello"), *steps) + end


def delta_event(delta: dict[str, Any], **more: Any) -> bytes:
    return event({"type": "message_delta", "delta": delta, **more})


HELLO = stream(*saying("Hel", "lo"))
HEL_LO = (Delta("Hel"), Delta("lo"))
END = (Finish("stop"), Usage(9, 3))
HEARD_HELLO = hears(*HEL_LO, *END)
TOOL = stream(
    *message(*text_block("Let me see."), *tool_block("add", '{"a": 1', ', "b":', " 2}", index=1), reason="tool_use")
)
HEARD_TOOL = hears(Delta("Let me see."), ToolCall("toolu_1", "add", '{"a": 1, "b": 2}'), Finish("tool_calls"), END[1])
TWO_TOOLS = message(
    *tool_block("add", '{"a":1}', call_id="toolu_a"), *tool_block("now", call_id="toolu_b", index=1), reason="tool_use"
)
MIXED_TOOLS = message(
    block(0, type="tool_use", id="toolu_a", name="add", input={}),
    block(1, type="tool_use", id="toolu_b", name="add", input={}),
    part(0, type="input_json_delta", partial_json='{"a":'),
    part(1, type="input_json_delta", partial_json='{"b":'),
    part(0, type="input_json_delta", partial_json="1}"),
    part(1, type="input_json_delta", partial_json="2}"),
    block_end(1),
    block_end(0),
    reason="tool_use",
)
SEARCH = message(
    block(0, type="server_tool_use", id="srvtoolu_1", name="web_search", input={}),
    part(0, type="input_json_delta", partial_json='{"query":"x"}'),
    block_end(0),
    block(1, type="web_search_tool_result", tool_use_id="srvtoolu_1", content=[]),
    block_end(1),
    *text_block("Hel", "lo", index=2),
)
WHOLE_INPUT = message(
    block(0, type="tool_use", id="toolu_1", name="add", input={"a": 1}), block_end(0), reason="tool_use"
)

WELL_BEHAVED: dict[str, tuple[bytes, Heard]] = {
    "text": (HELLO, HEARD_HELLO),
    "crlf": (HELLO.replace(b"\n", b"\r\n"), HEARD_HELLO),
    "cr": (HELLO.replace(b"\n", b"\r"), HEARD_HELLO),
    "data without a space": (HELLO.replace(b"data: ", b"data:"), HEARD_HELLO),
    "comments and other fields": (HELLO.replace(b"event: ", b": hi\nid: 7\nretry: 10\nevent: "), HEARD_HELLO),
    "byte order mark": (b"\xef\xbb\xbf" + HELLO, HEARD_HELLO),
    "data without names of events": (HELLO.replace(b"event: ", b"nonsense: "), HEARD_HELLO),
    "names of events without types": (HELLO.replace(b'"type": "content_block_delta", ', b""), HEARD_HELLO),
    "one event over two data lines": (HELLO.replace(b'"index": ', b'"index":\ndata: '), HEARD_HELLO),
    "pings everywhere": (HELLO.replace(b"event: ", stream(ping()) + b"event: "), HEARD_HELLO),
    "a kind of event of the future": (HELLO + event({"type": "message_applause", "clap": [1]}), HEARD_HELLO),
    "an unknown event before the text": (event({"type": "news"}) + HELLO, HEARD_HELLO),
    "an unknown delta and an unknown block": (
        stream(start(), block(0, type="poem"), part(0, type="verse_delta", verse="la"), block_end(0)) + HELLO,
        HEARD_HELLO,
    ),
    "citations are not text": (
        stream(*message(*text_block("Hel", "lo"), part(0, type="citations_delta", citation={"cited_text": "no"}))),
        HEARD_HELLO,
    ),
    "text where the block begins": (
        stream(*message(block(0, type="text", text="Hel"), text("lo"), block_end(0))),
        HEARD_HELLO,
    ),
    "thinking": (
        stream(*message(*thinking_block("Hm", ", well"), *text_block("Hello", index=1))),
        hears(Reasoning("Hm"), Reasoning(", well"), Delta("Hello"), *END),
    ),
    "thinking that is kept secret": (
        stream(
            *message(
                block(0, type="redacted_thinking", data="EmwKAhgB"), block_end(0), *text_block("Hel", "lo", index=1)
            )
        ),
        HEARD_HELLO,
    ),
    "thinking without words": (stream(*message(*thinking_block(""), *text_block("Hel", "lo", index=1))), HEARD_HELLO),
    "a tool call": (TOOL, HEARD_TOOL),
    "a tool call of a server that leaves out its end": (TOOL.replace(stream(block_end(1)), b""), HEARD_TOOL),
    "two tool calls, one without arguments": (
        stream(*TWO_TOOLS),
        hears(ToolCall("toolu_a", "add", '{"a":1}'), ToolCall("toolu_b", "now", "{}"), Finish("tool_calls"), END[1]),
    ),
    "two tool calls at the same time": (
        stream(*MIXED_TOOLS),
        hears(
            ToolCall("toolu_b", "add", '{"b":2}'), ToolCall("toolu_a", "add", '{"a":1}'), Finish("tool_calls"), END[1]
        ),
    ),
    "a tool call whose arguments come whole": (
        stream(*WHOLE_INPUT),
        hears(ToolCall("toolu_1", "add", '{"a":1}'), Finish("tool_calls"), END[1]),
    ),
    "a tool call whose arguments are no json": (
        stream(*message(*tool_block("add", '{"a": ', "oops"), reason="tool_use")),
        hears(ToolCall("toolu_1", "add", '{"a": oops'), Finish("tool_calls"), END[1]),
    ),
    "a tool that the provider runs itself": (stream(*SEARCH), HEARD_HELLO),
    "usage with what was cached": (
        stream(*saying("Hel", "lo", usage=Told(9, 30, cache_read=100, cache_creation=20, thinking=12))),
        hears(*HEL_LO, Finish("stop"), Usage(129, 30, 100, 12)),
    ),
    "usage that is zero stays zero": (
        stream(*saying("Hel", "lo", usage=Told(0, 0))),
        hears(*HEL_LO, Finish("stop"), Usage(0, 0)),
    ),
    "usage told whole at the end": (
        HELLO.replace(b'"usage": {"output_tokens": 3', b'"usage": {"input_tokens": 11, "output_tokens": 3'),
        hears(*HEL_LO, Finish("stop"), Usage(11, 3)),
    ),
    "usage of a proxy that counts only at the end": (
        HELLO.replace(b'"input_tokens": 9', b'"input_tokens": 0').replace(
            b'"usage": {"output_tokens": 3', b'"usage": {"input_tokens": 8, "output_tokens": 3'
        ),
        hears(*HEL_LO, Finish("stop"), Usage(8, 3)),
    ),
    "usage that makes no sense is none": (
        HELLO.replace(b'"input_tokens": 9', b'"input_tokens": -9'),
        hears(*HEL_LO, END[0]),
    ),
    "usage beyond all measure is none": (HELLO.replace(b": 9", b": 99999999999"), hears(*HEL_LO, END[0])),
    "usage that is a text is none": (
        HELLO.replace(b'"output_tokens": 3', b'"output_tokens": "3"'),
        hears(*HEL_LO, END[0], Usage(9, 1)),
    ),
    "no usage": (
        event({"type": "message_start", "message": {}})
        + said(end=delta_event({"stop_reason": "end_turn"}))[len(stream(start())) :]
        + stream(stop()),
        hears(Delta("Hello"), Finish("stop")),
    ),
    "stopped by its limit": (
        stream(*message(*text_block("Hello"), reason="max_tokens")),
        hears(Delta("Hello"), Finish("length"), END[1]),
    ),
    "stopped by the window": (
        stream(*message(*text_block("Hello"), reason="model_context_window_exceeded")),
        hears(Delta("Hello"), Finish("length"), END[1]),
    ),
    "stopped by a sequence": (
        stream(*message(*text_block("Hello"), reason="stop_sequence")),
        hears(Delta("Hello"), *END),
    ),
    "refused": (stream(*message(reason="refusal")), hears(Finish("content_filter"), END[1])),
    "a reason of the future": (
        stream(*message(*text_block("Hello"), reason="bored")),
        hears(Delta("Hello"), Finish("bored"), END[1]),
    ),
    "the end told twice": (
        stream(*saying("Hello")[:-1], finish(), stop()),
        hears(Delta("Hello"), *END, END[1]),
    ),
    "no stop but a reason": (HELLO.removesuffix(stream(stop())), HEARD_HELLO),
    "a stop without a reason": (said(stop()), hears(Delta("Hello"))),
    "an end of the other protocol": (HELLO.removesuffix(stream(stop())) + b"data: [DONE]\n\n", HEARD_HELLO),
    "no blank line at the end": (HELLO.rstrip(b"\n"), HEARD_HELLO),
    "garbage after the end": (HELLO + b"data: {nonsense\n\n" + stream(text("more")), HEARD_HELLO),
    "half an event after the reason": (HELLO.removesuffix(stream(stop())) + b'data: {"type": "mess', HEARD_HELLO),
    "every kind of character": (stream(*saying(EMOJI)), hears(Delta(EMOJI), *END)),
    "escaped characters": (
        HELLO.replace(b"Hel", json.dumps(EMOJI)[1:-1].encode()),
        hears(Delta(EMOJI), Delta("lo"), *END),
    ),
    "NUL in the text": (stream(*saying("a\x00b")), hears(Delta("a\ufffdb"), *END)),
    "text that looks like an event": (stream(*saying("event: error\n\n")), hears(Delta("event: error\n\n"), *END)),
    "a long line within the limit": (stream(*saying("x" * 900_000)), hears(Delta("x" * 900_000), *END)),
}

OVERLOADED = b'{"type":"error","error":{"type":"overloaded_error","message":"x"}}'
TOO_MANY_TOOLS = [block(place, type="tool_use", id="t", name="f", input={}) for place in range(5_000)]
TOO_LONG_ARGUMENTS = [part(0, type="input_json_delta", partial_json="y" * 65_536)] * 17

FAILING: dict[str, tuple[bytes, Heard]] = {
    "nothing": (b"", hears(error=ProviderCut)),
    "only pings": (stream(ping(), ping()), hears(error=ProviderCut)),
    "cut between events": (said(), hears(Delta("Hello"), error=ProviderCut)),
    "cut inside an event": (said(text("lost"))[:-9], hears(Delta("Hello"), error=ProviderCut)),
    "cut inside a character": (said(end="data: {é".encode()[:-1]), hears(Delta("Hello"), error=ProviderCut)),
    "cut inside a tool call": (TOOL[: TOOL.index(b' 2}"')], hears(Delta("Let me see."), error=ProviderCut)),
    "not json": (said(end=b"data: {nonsense\n\n"), hears(Delta("Hello"), error=ProviderMalformed)),
    "a list": (b"data: [1]\n\n", hears(error=ProviderMalformed)),
    "deep nesting": (b"data: " + b"[" * 5_000 + b"\n\n", hears(error=ProviderMalformed)),
    "invalid utf-8": (b'data: {"type": "\xff"}\n\n', hears(error=ProviderMalformed)),
    "a start without a message": (event({"type": "message_start"}), hears(error=ProviderMalformed)),
    "a block that is none": (
        event({"type": "content_block_start", "content_block": 7}),
        hears(error=ProviderMalformed),
    ),
    "a delta that is none": (event({"type": "content_block_delta", "delta": "x"}), hears(error=ProviderMalformed)),
    "an end that is none": (event({"type": "message_delta", "delta": None}), hears(error=ProviderMalformed)),
    "text that is none": (stream(start(), part(0, type="text_delta", text=7)), hears(error=ProviderMalformed)),
    "a tool without a name": (stream(block(0, type="tool_use", id="t", input={})), hears(error=ProviderMalformed)),
    "a tool whose input is a list": (
        stream(block(0, type="tool_use", id="t", name="f", input=[1])),
        hears(error=ProviderMalformed),
    ),
    "two tools of one index": (stream(*TOO_MANY_TOOLS[:1] * 2), hears(error=ProviderMalformed)),
    "endless tools": (stream(*TOO_MANY_TOOLS), hears(error=ProviderMalformed)),
    "endless arguments": (stream(*TOO_MANY_TOOLS[:1], *TOO_LONG_ARGUMENTS), hears(error=ProviderMalformed)),
    "an endless line": (said(end=b"x" * (LINE + 1)), hears(Delta("Hello"), error=ProviderMalformed)),
    "an endless data line": (said(end=b"data: " + b"y" * (LINE + 1)), hears(Delta("Hello"), error=ProviderMalformed)),
    "an endless event of short lines": (b"data: y\n" * (LINE // 2 + 1), hears(error=ProviderMalformed)),
    "overloaded": (said(failure("overloaded_error")), hears(Delta("Hello"), error=ProviderUnavailable)),
    "failed inside": (stream(failure("api_error")), hears(error=ProviderUnavailable)),
    "rate limited": (stream(failure("rate_limit_error")), hears(error=ProviderRateLimited)),
    "refused the key": (stream(failure("authentication_error")), hears(error=ProviderRefusedKey)),
    "not permitted": (stream(failure("permission_error")), hears(error=ProviderRefusedKey)),
    "refused the call": (stream(failure("invalid_request_error")), hears(error=ProviderRefusedCall)),
    "not to be found": (stream(failure("not_found_error")), hears(error=ProviderRefusedCall)),
    "took too long": (stream(failure("timeout_error")), hears(error=ProviderTimedOut)),
    "a failure of the future": (stream(failure("tired_error")), hears(error=ProviderUnavailable)),
    "a failure of a proxy": (b'data: {"error": {"code": 429}}\n\n', hears(error=ProviderRateLimited)),
    "a failure by the event's name": (b'event: error\ndata: {"message":"x"}\n\n', hears(error=ProviderUnavailable)),
    "a failure as bare json": (said(end=OVERLOADED + b"\n"), hears(Delta("Hello"), error=ProviderUnavailable)),
    "a failure without an object": (b'data: {"type":"error"}\n\n', hears(error=ProviderUnavailable)),
}

STREAMS = {**WELL_BEHAVED, **FAILING}
