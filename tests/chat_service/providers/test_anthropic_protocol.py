"""Claude's API over real sockets: who asks, what is heard, how it ends; tests/contracts has more."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from tests.chat_service.providers.anthropic_talk import (
    KEY,
    asking,
    heard,
    heard_until_failure,
    speaking_to,
    text_of,
)
from tests.doubles.anthropic_script import (
    Told,
    failure,
    finish,
    message,
    refusal,
    saying,
    start,
    stop,
    text,
    text_block,
    thinking_block,
    tool_block,
)
from tests.doubles.anthropic_server import AnthropicServer
from tests.doubles.openai_script import Answer, Flood, Hang, HangUp, Reset, Step, WaitFor, Write, body_of, in_portions

from chat_service.providers.anthropic_protocol import AnthropicProtocol
from chat_service.providers.port import (
    ContextMessage,
    Delta,
    Finish,
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
from service_kit.settings import ConfigurationError

WAIT_SECONDS = 10.0


@pytest.fixture
async def server() -> AsyncIterator[AnthropicServer]:
    async with AnthropicServer() as server:
        yield server


@pytest.fixture
async def protocol(server: AnthropicServer) -> AsyncIterator[AnthropicProtocol]:
    async with speaking_to(server.url) as protocol:
        yield protocol


async def test_the_server_gets_the_key_and_nothing_compressed_is_asked_for(
    server: AnthropicServer, protocol: AnthropicProtocol
) -> None:
    await heard(protocol)
    assert (server.calls[0].key, server.calls[0].headers["accept-encoding"]) == (KEY, "identity")


async def test_no_setting_of_the_sdk_s_own_decides_where_the_key_goes(
    server: AnthropicServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another key")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another token")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    async with speaking_to(server.url) as protocol:
        await heard(protocol)
    assert server.calls[0].key == KEY


async def test_blanks_around_a_key_are_not_part_of_it(server: AnthropicServer) -> None:
    server.key = KEY
    async with speaking_to(server.url, api_key=f" {KEY}\n") as protocol:
        assert text_of(await heard(protocol)) == "You said: Hello?"


async def test_a_server_without_keys_is_asked_all_the_same(server: AnthropicServer) -> None:
    async with speaking_to(server.url, api_key=None) as protocol:
        assert text_of(await heard(protocol)) == "You said: Hello?"


@pytest.mark.parametrize("key", ["sk-ключ", "sk-a\nb", "sk-a\x00b"])
def test_a_key_no_header_can_carry_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ConfigurationError, match="ANTHROPIC_API_KEY") as refused:
        AnthropicProtocol(name="anthropic", api_key=key, base_url=None)
    assert key not in str(refused.value)


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/", "/v1/messages", " "])
async def test_base_addresses_work_however_they_were_pasted(server: AnthropicServer, ending: str) -> None:
    async with speaking_to(server.url + ending) as protocol:
        assert text_of(await heard(protocol)) == "You said: Hello?"


@pytest.mark.parametrize("address", ["localhost:4000", "http://", "ftp://a", "http://[::1", "https://a?b=1", "x"])
def test_an_address_that_is_none_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ConfigurationError, match="ANTHROPIC_BASE_URL"):
        AnthropicProtocol(name="anthropic", api_key=None, base_url=address)


async def test_thoughts_text_tools_and_usage_arrive_in_order(
    server: AnthropicServer, protocol: AnthropicProtocol
) -> None:
    steps = (*thinking_block("Hm."), *text_block("Let me see.", index=1), *tool_block("add", '{"a"', ": 1}", index=2))
    server.will_play(*message(*steps, reason="tool_use", usage=Told(9, 30, cache_read=100, cache_creation=20)))
    assert await heard(protocol) == [
        Reasoning("Hm."),
        Delta("Let me see."),
        ToolCall("toolu_1", "add", '{"a": 1}'),
        Finish("tool_calls"),
        Usage(129, 30, 100),
    ]


async def test_characters_may_be_cut_between_packets(server: AnthropicServer, protocol: AnthropicProtocol) -> None:
    said = "naïve 漢字 👩‍👩‍👧"
    server.will_play(*in_portions(body_of(saying(said)), size=3))
    assert text_of(await heard(protocol)) == said


async def test_a_whole_message_instead_of_a_stream(server: AnthropicServer, protocol: AnthropicProtocol) -> None:
    content = [
        {"type": "thinking", "thinking": "Hm.", "signature": "x"},
        {"type": "text", "text": "all at once"},
        {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {"a": 1}},
    ]
    usage = {"input_tokens": 3, "output_tokens": 4}
    server.will_play(Answer(body={"type": "message", "content": content, "stop_reason": "tool_use", "usage": usage}))
    assert await heard(protocol) == [
        Reasoning("Hm."),
        Delta("all at once"),
        ToolCall("toolu_1", "add", '{"a":1}'),
        Finish("tool_calls"),
        Usage(3, 4),
    ]


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (400, ProviderRefusedCall),
        (401, ProviderRefusedKey),
        (402, ProviderRefusedCall),
        (403, ProviderRefusedKey),
        (404, ProviderRefusedCall),
        (413, ProviderRefusedCall),
        (429, ProviderRateLimited),
        (500, ProviderUnavailable),
        (504, ProviderTimedOut),
        (529, ProviderUnavailable),
    ],
)
async def test_every_status_has_its_name_and_is_asked_once(
    server: AnthropicServer, protocol: AnthropicProtocol, status: int, named: type[ProviderError]
) -> None:
    server.will_play(refusal(status))
    text, error = await heard_until_failure(protocol)
    assert (text, type(error), len(server.calls)) == ("", named, 1)


@pytest.mark.parametrize(
    ("steps", "text", "named"),
    [
        ((Reset(),), "", ProviderUnavailable),
        ((start(), text("half "), HangUp()), "half ", ProviderCut),
        ((start(), text("half "), Write(b'data: {"type": "cont')), "half ", ProviderCut),
        ((start(), text("half "), Write(b"data: {nonsense\n\n")), "half ", ProviderMalformed),
        ((start(), text("half "), Flood(b"x" * 65_536)), "half ", ProviderMalformed),
        ((Flood(b"data: y\n" * 8_000),), "", ProviderMalformed),
        ((start(), text("half "), failure("overloaded_error")), "half ", ProviderUnavailable),
        ((start(), text("half "), failure("rate_limit_error")), "half ", ProviderRateLimited),
        ((Answer(body=b"{nonsense"),), "", ProviderMalformed),
        ((Answer(body=[]),), "", ProviderMalformed),
        ((Answer(body={"type": "message"}),), "", ProviderMalformed),
        ((Answer(body={"type": "message", "content": ["x"]}),), "", ProviderMalformed),
        ((Answer(body={"type": "error", "error": {"type": "overloaded_error"}}),), "", ProviderUnavailable),
        ((Answer(body=b'"' + b"x" * 5_000_000),), "", ProviderMalformed),
        ((Answer(body=b"<html>Please sign in</html>", content_type="text/html"),), "", ProviderMalformed),
    ],
)
async def test_every_broken_answer_has_its_name_and_keeps_what_was_said(
    server: AnthropicServer, protocol: AnthropicProtocol, steps: tuple[Step, ...], text: str, named: type[ProviderError]
) -> None:
    server.will_play(*steps)
    async with asyncio.timeout(WAIT_SECONDS):
        said, error = await heard_until_failure(protocol)
    assert (said, type(error)) == (text, named)


async def test_nobody_listens_at_the_address() -> None:
    async with AnthropicServer() as server:
        address = server.url
    async with speaking_to(address) as protocol:
        _, error = await heard_until_failure(protocol)
    assert type(error) is ProviderUnavailable


async def test_a_reset_after_the_stop_reason_is_an_end(server: AnthropicServer, protocol: AnthropicProtocol) -> None:
    heard_it = asyncio.Event()
    server.will_play(start(), text("complete"), finish(), WaitFor(heard_it), Reset())
    pieces = []
    async for piece in protocol.stream(asking()):
        pieces.append(piece)
        if isinstance(piece, Finish):
            heard_it.set()
    assert pieces == [Delta("complete"), Finish("stop"), Usage(9, 3)]


@pytest.mark.parametrize("last", [finish(), stop()])
async def test_a_server_that_stays_after_the_end_is_not_waited_for(server: AnthropicServer, last: Write) -> None:
    async with speaking_to(server.url, after_finish_seconds=0.05) as protocol:
        server.will_play(start(), text("said"), last, Hang())
        async with asyncio.timeout(WAIT_SECONDS):
            assert text_of(await heard(protocol)) == "said"
            await server.calls[0].left.wait()


async def test_fifty_streams_at_once_keep_their_texts_apart(
    server: AnthropicServer, protocol: AnthropicProtocol
) -> None:
    questions = [f"q{number}" for number in range(50)]
    asked = (heard(protocol, asking(ContextMessage("user", question))) for question in questions)
    async with asyncio.timeout(WAIT_SECONDS):
        heards = await asyncio.gather(*asked)
    assert [text_of(pieces) for pieces in heards] == [f"You said: {question}" for question in questions]


async def test_a_listener_that_stops_hangs_up_on_the_server(
    server: AnthropicServer, protocol: AnthropicProtocol
) -> None:
    server.will_play(start(), text("one "), Hang())
    async with aclosing(protocol.stream(asking())) as pieces:
        assert await anext(pieces) == Delta("one ")
    async with asyncio.timeout(WAIT_SECONDS):
        await server.calls[0].left.wait()


async def test_no_failure_shows_the_key_or_anybody_s_words(
    server: AnthropicServer, protocol: AnthropicProtocol, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    failures = []
    for steps in ((refusal(500, words=f"our words {KEY}"),), (refusal(401, words=KEY),), (Reset(),)):
        server.will_play(*steps)
        failures.append((await heard_until_failure(protocol))[1])
    for error in failures:
        shown = "".join(traceback.format_exception(error)) + repr(error) + error.detail
        assert KEY not in shown
        assert "our words" not in shown
        assert "Hello?" not in shown
    assert KEY not in caplog.text
    assert "Hello?" not in caplog.text


async def test_the_first_call_may_follow_a_preparation_in_a_thread(server: AnthropicServer) -> None:
    async with speaking_to(server.url) as protocol:
        await asyncio.to_thread(protocol.prepare)
        assert text_of(await heard(protocol)) == "You said: Hello?"


# Runs in a process of its own, because a module once loaded by another test stays loaded.
LOADED = """
import json, sys
from chat_service.providers.anthropic_protocol import AnthropicProtocol
protocol = AnthropicProtocol(name="anthropic", api_key="k", base_url=None)
before = "anthropic" in sys.modules
protocol.prepare()
print(json.dumps([before, "anthropic" in sys.modules]))
"""


def test_the_sdk_is_loaded_by_the_preparation_and_not_before() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True, text=True, env=environment)
    assert json.loads(ran.stdout) == [False, True]
