"""Streams that try to break the assembly of tool calls, characters and events, and what has to come of them."""

from __future__ import annotations

from tests.chat_service.providers.recorded_streams import AWAITS, TIME, more, named, thinks, tools
from tests.chat_service.providers.streams import HELLO, STOP, Heard, choice, says
from tests.doubles.openai_script import DONE, event

from chat_service.providers.port import ProviderCut, ProviderMalformed, ProviderRateLimited, ToolCall
from chat_service.providers.tool_calls import MAX_CALLS, MAX_CHARS

SURVIVED: dict[str, tuple[bytes, Heard]] = {
    "a character whose escapes are cut between chunks": (
        choice(delta={"content": "a"})
        + event('{"choices":[{"delta":{"content":"b\\ud83d"}}]}')
        + event('{"choices":[{"delta":{"content":"\\ude00c"}}]}')
        + STOP,
        Heard("ab\U0001f600c", finish="stop"),
    ),
    "half a character, then something else": (
        event('{"choices":[{"delta":{"content":"\\ud83d"}}]}') + says("x") + STOP,
        Heard("\ufffdx", finish="stop"),
    ),
    "half a character, then usage, then its other half": (
        event('{"choices":[{"delta":{"content":"\\ud83d"}}]}')
        + event({"choices": []})
        + event('{"choices":[{"delta":{"content":"\\uDE00"}}]}')
        + STOP,
        Heard("\U0001f600", finish="stop"),
    ),
    "half a character at the end": (
        event('{"choices":[{"delta":{"content":"a\\ud83d"}}]}') + STOP,
        Heard("a\ufffd", finish="stop"),
    ),
    "half a character before done": (
        event('{"choices":[{"delta":{"content":"a\\ud83d"}}]}') + DONE,
        Heard("a\ufffd"),
    ),
    "the wrong halves of a character": (
        event('{"choices":[{"delta":{"content":"\\ude00\\ud83d"}}]}') + says("x") + STOP,
        Heard("\ufffd\ufffdx", finish="stop"),
    ),
    "a thought cut inside a character": (
        event('{"choices":[{"delta":{"reasoning_content":"\\ud83d"}}]}')
        + event('{"choices":[{"delta":{"reasoning_content":"\\ude00"}}]}')
        + HELLO,
        Heard("Hello", finish="stop", thought="\U0001f600"),
    ),
    "half a thought, then the answer": (
        event('{"choices":[{"delta":{"reasoning_content":"\\ud83d"}}]}') + HELLO,
        Heard("Hello", finish="stop", thought="\ufffd"),
    ),
    "arguments cut inside a character": (
        tools(named(0, "call_t", "time"))
        + event('{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"[\\"\\ud83d"}}]}}]}')
        + event('{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\\ude00\\"]"}}]}}]}')
        + AWAITS,
        Heard(finish="tool_calls", calls=(ToolCall("call_t", "time", '["\U0001f600"]'),)),
    ),
    "arguments with NUL": (
        tools(named(0, "call_t", "time", "\x00")) + AWAITS,
        Heard(finish="tool_calls", calls=(ToolCall("call_t", "time", "\ufffd"),)),
    ),
    "arguments that are no json": (
        tools(named(0, "call_t", "time", "{{{")) + AWAITS,
        Heard(finish="tool_calls", calls=(ToolCall("call_t", "time", "{{{"),)),
    ),
    "thoughts that are no text": (
        thinks("", "reasoning") + choice(delta={"reasoning_content": 7, "reasoning": {"a": 1}}) + HELLO,
        Heard("Hello", finish="stop"),
    ),
    "parts of thoughts that are no text": (
        choice(delta={"content": [{"type": "thinking", "thinking": 7}, {"type": "reasoning"}, 8]}) + HELLO,
        Heard("Hello", finish="stop"),
    ),
    "null and empty lists of tool calls": (
        choice(delta={"content": None, "tool_calls": None}) + choice(delta={"tool_calls": []}) + HELLO,
        Heard("Hello", finish="stop"),
    ),
    "a fragment of no call": (tools({"extra_content": {"a": 1}}) + HELLO, Heard("Hello", finish="stop")),
    "fragments after the finish": (
        STOP + tools(named(0, "call_t", "time", "{}")) + DONE,
        Heard(finish="stop"),
    ),
    "a huge index": (
        tools({**named(0, "call_t", "time", "{}"), "index": 10**15}) + AWAITS,
        Heard(finish="tool_calls", calls=(TIME,)),
    ),
    "as many calls as there may be": (
        b"".join(tools(named(place, f"call_{place}", "time")) for place in range(MAX_CALLS)) + AWAITS,
        Heard(
            finish="tool_calls",
            calls=tuple(ToolCall(f"call_{place}", "time", "{}") for place in range(MAX_CALLS)),
        ),
    ),
    "a line of nearly a mebibyte and its end in one portion": (
        says("y" * 1_000_000) + HELLO,
        Heard("y" * 1_000_000 + "Hello", finish="stop"),
    ),
    "plain deltas between odd ones": (
        says("a") + b"event: x\n" + says("b") + b"\n\n" + says("c") + b": z\n\n" + says("d") + DONE,
        Heard("abcd"),
    ),
    "carriage returns in the middle of plain ones": (
        says("a") + says("b").replace(b"\n", b"\r\n") + says("c") + says("d").replace(b"\n", b"\r") + says("e") + DONE,
        Heard("abcde"),
    ),
}

REFUSED: dict[str, tuple[bytes, Heard]] = {
    "more calls than there may be": (
        b"".join(tools(named(place, f"call_{place}", "time")) for place in range(MAX_CALLS + 1)) + AWAITS,
        Heard(error=ProviderMalformed),
    ),
    "endless arguments": (
        tools(named(0, "call_t", "time")) + tools(more(0, "x" * 65_536)) * (MAX_CHARS // 65_536 + 1) + AWAITS,
        Heard(error=ProviderMalformed),
    ),
    "endless ids": (
        tools({"index": 0, "id": "i" * 300, "function": {"name": "time"}}) + AWAITS,
        Heard(error=ProviderMalformed),
    ),
    "a tool without a name": (
        tools({"index": 0, "id": "call_1", "function": {"arguments": "{}"}}) + AWAITS,
        Heard(error=ProviderMalformed),
    ),
    "a name that is a number": (tools({"index": 0, "function": {"name": 7}}), Heard(error=ProviderMalformed)),
    "arguments that are a number": (tools(named(0, "call_t", "time", 7)), Heard(error=ProviderMalformed)),
    "tool calls that are a table": (choice(delta={"tool_calls": {"a": 1}}), Heard(error=ProviderMalformed)),
    "a tool call that is a word": (choice(delta={"tool_calls": ["time"]}), Heard(error=ProviderMalformed)),
    "a cut inside a tool call": (
        says("Let me see. ") + tools(named(0, "call_t", "time", '{"a')),
        Heard("Let me see. ", error=ProviderCut),
    ),
    "a rate limit between plain deltas in one portion": (
        says("a") + event({"error": {"code": 429}}) + says("b"),
        Heard("a", error=ProviderRateLimited),
    ),
    "an error in a field that no standard knows, without json": (
        says("a") + b"error: it broke\n\n",
        Heard("a", error=ProviderMalformed),
    ),
}
