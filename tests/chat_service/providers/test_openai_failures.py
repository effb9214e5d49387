"""How a provider can fail over real sockets, and the name each failure gets."""

from __future__ import annotations

import asyncio
import logging
import traceback
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tests.chat_service.providers.listening import KEY, asking, heard, heard_until_failure, speaking_to, within
from tests.doubles.openai_script import (
    Answer,
    Flood,
    Hang,
    HangUp,
    Reset,
    Step,
    WaitFor,
    Write,
    chunk,
    completion,
    delta,
    event,
    finish,
    refusal,
)
from tests.doubles.openai_server import OpenAIServer

from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.port import (
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
)

BRIEF = 0.05


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (400, ProviderRefusedCall),
        (401, ProviderRefusedKey),
        (402, ProviderRefusedCall),
        (403, ProviderRefusedKey),
        (404, ProviderRefusedCall),
        (408, ProviderTimedOut),
        (413, ProviderRefusedCall),
        (422, ProviderRefusedCall),
        (429, ProviderRateLimited),
        (500, ProviderUnavailable),
        (502, ProviderUnavailable),
        (503, ProviderUnavailable),
        (504, ProviderTimedOut),
        (529, ProviderUnavailable),
    ],
)
async def test_every_status_has_its_name_and_is_asked_once(
    server: OpenAIServer, protocol: OpenAIProtocol, status: int, named: type[ProviderError]
) -> None:
    server.will_play(refusal(status))
    text, error = await heard_until_failure(protocol)
    assert (text, type(error), len(server.calls)) == ("", named, 1)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [("2", 2.0), ("0.5", 0.5), ("0", 0.0), ("-3", 0.0), ("86400", 10.0), ("inf", 10.0), ("nan", None), ("soon", None)],
)
async def test_the_asked_pause_is_known_and_capped(
    server: OpenAIServer, protocol: OpenAIProtocol, status: int, retry_after: str, pause: float | None
) -> None:
    server.will_play(refusal(status, retry_after=retry_after))
    _, error = await heard_until_failure(protocol)
    assert error.retry_after_seconds == pause


async def test_a_pause_may_be_a_date(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    for moment in (datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1)):
        server.will_play(refusal(429, retry_after=format_datetime(moment, usegmt=True)))
    pauses = [(await heard_until_failure(protocol))[1].retry_after_seconds for _ in range(2)]
    assert pauses == [10.0, 0.0]


async def test_no_pause_is_asked_for_without_the_header(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    server.will_play(refusal(429))
    assert (await heard_until_failure(protocol))[1].retry_after_seconds is None


async def test_nobody_listens_at_the_address() -> None:
    async with OpenAIServer() as server:
        address = server.url
    async with speaking_to(address) as protocol:
        _, error = await heard_until_failure(protocol)
    assert type(error) is ProviderUnavailable


async def test_a_host_that_does_not_exist_is_unavailable() -> None:
    async with speaking_to("http://no-such-host.invalid/v1") as protocol:
        _, error = await heard_until_failure(protocol)
    assert type(error) is ProviderUnavailable


@pytest.mark.parametrize(
    ("steps", "text", "named"),
    [
        ((Reset(),), "", ProviderUnavailable),
        ((HangUp(),), "", ProviderUnavailable),
        ((delta("half "), HangUp()), "half ", ProviderCut),
        ((delta("half "),), "half ", ProviderCut),
        ((Write(b""),), "", ProviderCut),
        ((delta("half "), Write(b'data: {"choices": [{"del')), "half ", ProviderCut),
        ((delta("half "), Write(event("{nonsense"))), "half ", ProviderMalformed),
        ((delta("half "), Flood(b"x" * 65_536)), "half ", ProviderMalformed),
        ((Flood(b"data: y\n" * 8_000),), "", ProviderMalformed),
        ((delta("half "), Write(event({"error": {"code": "rate_limit_exceeded"}}))), "half ", ProviderRateLimited),
        ((Answer(body=b"{nonsense"),), "", ProviderMalformed),
        ((Answer(body=[]),), "", ProviderMalformed),
        ((Answer(body={}),), "", ProviderMalformed),
        ((Answer(body={"detail": "x"}),), "", ProviderMalformed),
        ((Answer(body={"choices": []}),), "", ProviderMalformed),
        ((Answer(body={"error": {"code": 429}}),), "", ProviderRateLimited),
        ((Answer(body=b'"' + b"x" * 5_000_000),), "", ProviderMalformed),
        ((Answer(body=b"<html>Please sign in</html>", content_type="text/html"),), "", ProviderMalformed),
        ((Answer(304),), "", ProviderRefusedCall),
    ],
)
async def test_every_broken_answer_has_its_name_and_keeps_what_was_said(
    server: OpenAIServer, protocol: OpenAIProtocol, steps: tuple[Step, ...], text: str, named: type[ProviderError]
) -> None:
    server.will_play(*steps)
    said, error = await within(heard_until_failure(protocol))
    assert (said, type(error)) == (text, named)


async def test_a_reset_in_the_middle_is_a_cut(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    heard_it = asyncio.Event()
    server.will_play(delta("half "), WaitFor(heard_it), Reset())
    async with aclosing(protocol.stream(asking())) as pieces:
        assert await anext(pieces) == Delta("half ")
        heard_it.set()
        with pytest.raises(ProviderCut):
            await anext(pieces)


async def test_a_reset_after_the_finish_reason_is_an_end(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    heard_it = asyncio.Event()
    server.will_play(delta("complete"), finish(), WaitFor(heard_it), Reset())
    pieces = []
    async for piece in protocol.stream(asking()):
        pieces.append(piece)
        if isinstance(piece, Finish):
            heard_it.set()
    assert pieces == [Delta("complete"), Finish("stop")]


@pytest.mark.parametrize(
    ("steps", "text"),
    [((Hang(),), ""), ((Write(b": wait\n\n"), Hang()), ""), ((delta("half "), Hang()), "half ")],
)
async def test_a_silent_server_is_given_up(server: OpenAIServer, steps: tuple[Step, ...], text: str) -> None:
    async with speaking_to(server.url, first_delta_seconds=BRIEF * 4, between_deltas_seconds=BRIEF) as protocol:
        server.will_play(*steps)
        said, error = await within(heard_until_failure(protocol))
        assert (said, type(error)) == (text, ProviderTimedOut)
        await within(server.calls[0].left.wait())


async def test_a_server_that_hangs_in_a_whole_answer_is_given_up(server: OpenAIServer) -> None:
    async with speaking_to(server.url, first_delta_seconds=BRIEF * 4) as protocol:
        server.will_play(Write(b'{"choices": ['), Hang(), content_type="application/json")
        _, error = await within(heard_until_failure(protocol))
        assert type(error) is ProviderTimedOut


async def test_a_cut_in_a_whole_answer_is_a_cut(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    server.will_play(Write(b'{"choices": ['), HangUp(), content_type="application/json")
    _, error = await heard_until_failure(protocol)
    assert type(error) is ProviderCut


async def test_an_endless_refusal_is_not_read_to_its_end() -> None:
    gone = asyncio.Event()

    async def refuse_for_ever(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 Broken\r\nContent-Type: text/plain\r\nContent-Length: 99999999999\r\n\r\n")
        try:
            while True:
                writer.write(b"no " * 10_000)
                await writer.drain()
        except ConnectionError:
            gone.set()
        finally:
            writer.close()

    listener = await asyncio.start_server(refuse_for_ever, "127.0.0.1", 0)
    async with listener, speaking_to(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1") as protocol:
        _, error = await within(heard_until_failure(protocol))
        assert type(error) is ProviderUnavailable
        await within(gone.wait())


async def test_a_slow_listener_is_never_cancelled_and_loses_nothing(server: OpenAIServer) -> None:
    """The limits are the provider's; whoever listens may take many times as long between two pieces."""
    async with speaking_to(
        server.url, first_delta_seconds=BRIEF * 4, between_deltas_seconds=BRIEF, after_finish_seconds=BRIEF
    ) as protocol:
        server.will_say("one ", "two ", "three")
        said = ""
        async with aclosing(protocol.stream(asking())) as pieces:
            async for piece in pieces:
                await asyncio.sleep(BRIEF * 5)
                said += piece.text if isinstance(piece, Delta) else ""
        assert said == "one two three"


async def test_a_listener_that_stops_early_is_not_cancelled_later(server: OpenAIServer) -> None:
    async with speaking_to(server.url, first_delta_seconds=BRIEF * 4, between_deltas_seconds=BRIEF) as protocol:
        server.will_play(delta("one "), Hang())
        pieces = protocol.stream(asking())
        assert await anext(pieces) == Delta("one ")
        await asyncio.sleep(BRIEF * 6)
        await pieces.aclose()
        await asyncio.sleep(BRIEF * 2)
        await within(server.calls[0].left.wait())


async def test_no_failure_shows_the_key_or_the_provider_s_own_words(
    server: OpenAIServer, protocol: OpenAIProtocol, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.key = "another key"
    server.calls.clear()
    failures = [await heard_until_failure(protocol)]
    server.key = None
    for steps in ((refusal(500, message=f"our words {KEY}"),), (Write(event(f"our words {KEY}")),), (Reset(),)):
        server.will_play(*steps)
        failures.append(await heard_until_failure(protocol))
    for _, error in failures:
        shown = "".join(traceback.format_exception(error)) + repr(error) + error.detail
        assert KEY not in shown
        assert "our words" not in shown
    assert KEY not in caplog.text


async def test_a_failed_call_does_not_spoil_the_next(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    for steps in ((Reset(),), (refusal(500),), (delta("half"), HangUp()), (Flood(event(chunk({"content": 7}))),)):
        server.will_play(*steps)
        await within(heard_until_failure(protocol))
        server.will_play(*completion("fine"))
        assert Delta("fine") in await heard(protocol)
