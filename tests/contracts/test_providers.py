"""One contract for every provider protocol, each against its own scripted server over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from tests.contracts.provider_parties import KEY, AnthropicDialect, OpenAIDialect, Party
from tests.doubles.anthropic_server import AnthropicServer
from tests.doubles.openai_script import Flood, Hang, HangUp, Step, Write
from tests.doubles.openai_server import OpenAIServer

from chat_service.providers.anthropic_protocol import AnthropicProtocol
from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.port import (
    ContextMessage,
    Delta,
    Finish,
    Image,
    ModelCall,
    OfferedTool,
    Parameters,
    Piece,
    Provider,
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

BRIEF = 0.05
WAIT_SECONDS = 10.0
CALL = ModelCall("double-1", (ContextMessage("system", "Be kind."), ContextMessage("user", "Hello?")))
ADD = OfferedTool("add", "Adds numbers.", {"type": "object", "properties": {}})


@pytest.fixture(params=["openai", "anthropic"])
async def party(request: pytest.FixtureRequest) -> AsyncIterator[Party]:
    """Each protocol."""
    if request.param == "openai":
        async with OpenAIServer(key=KEY) as server:
            yield Party(server, OpenAIDialect(), OpenAIProtocol)
    else:
        async with AnthropicServer(key=KEY) as server:
            yield Party(server, AnthropicDialect(), AnthropicProtocol)


@pytest.fixture
async def provider(party: Party) -> AsyncIterator[Provider]:
    """The product's own client, with its own limits."""
    async with party.client() as provider:
        yield provider


async def heard(provider: Provider, call: ModelCall = CALL) -> list[Piece]:
    async with asyncio.timeout(WAIT_SECONDS):
        return [piece async for piece in provider.stream(call)]


async def failure_of(provider: Provider) -> tuple[str, ProviderError]:
    """Return what was said before the provider failed, and how it failed."""
    text = ""
    async with asyncio.timeout(WAIT_SECONDS), aclosing(provider.stream(CALL)) as pieces:
        try:
            async for piece in pieces:
                text += piece.text if isinstance(piece, Delta) else ""
        except ProviderError as error:
            return text, error
    pytest.fail(f"did not fail, but said {text!r}")


async def until_left(party: Party) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        await party.server.calls[0].left.wait()


async def test_text_arrives_piece_by_piece_with_its_end_and_its_usage(party: Party, provider: Provider) -> None:
    party.server.will_play(*party.dialect.whole("Hel", "lo 漢字", usage=Usage(12, 2, 8)))
    assert await heard(provider) == [Delta("Hel"), Delta("lo 漢字"), Finish("stop"), Usage(12, 2, 8)]


async def test_usage_that_is_zero_stays_zero(party: Party, provider: Provider) -> None:
    party.server.will_play(*party.dialect.whole("free", usage=Usage(0, 0)))
    assert Usage(0, 0) in await heard(provider)


async def test_thoughts_are_not_mixed_with_the_answer(party: Party, provider: Provider) -> None:
    party.server.will_play(*party.dialect.thoughts("Six times ", "seven."))
    said = [piece for piece in await heard(provider) if not isinstance(piece, Usage)]
    assert said == [Reasoning("Six times "), Reasoning("seven."), Delta("42"), Finish("stop")]


async def test_a_tool_call_is_told_whole_before_the_end(party: Party, provider: Provider) -> None:
    call = ToolCall("call_1", "add", '{"a": 1, "b": "é"}')
    party.server.will_play(*party.dialect.tool_call(call))
    said = await heard(provider, ModelCall("double-1", CALL.messages, tools=(ADD,)))
    assert [piece for piece in said if not isinstance(piece, Usage)] == [call, Finish("tool_calls")]


async def test_a_whole_conversation_with_everything_in_it_is_taken(party: Party, provider: Provider) -> None:
    call = ToolCall("call_1", "add", "{}")
    picture = Image("image/png", b"\x89PNG")
    messages = (
        *CALL.messages,
        ContextMessage("assistant", "Hi."),
        ContextMessage("user", "And this?", images=(picture,)),
        ContextMessage("assistant", "", tool_calls=(call,)),
        ContextMessage("tool", "2", tool_call_id="call_1"),
    )
    parameters = Parameters(temperature=0.5, max_output_tokens=64, stop=("END",))
    party.server.will_play(*party.dialect.whole("2"))
    assert Delta("2") in await heard(provider, ModelCall("double-1", messages, parameters, (ADD,)))


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (400, ProviderRefusedCall),
        (403, ProviderRefusedKey),
        (404, ProviderRefusedCall),
        (429, ProviderRateLimited),
        (500, ProviderUnavailable),
        (503, ProviderUnavailable),
        (504, ProviderTimedOut),
        (529, ProviderUnavailable),
    ],
)
async def test_a_refusal_has_its_name_and_is_asked_once(
    party: Party, provider: Provider, status: int, named: type[ProviderError]
) -> None:
    party.server.will_play(party.dialect.refusal(status))
    _, error = await failure_of(provider)
    assert (type(error), len(party.server.calls)) == (named, 1)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("retry_after", "pause"), [("2", 2.0), ("86400", 10.0), ("soon", None), (None, None)])
async def test_the_asked_pause_is_known_and_capped(
    party: Party, provider: Provider, status: int, retry_after: str | None, pause: float | None
) -> None:
    party.server.will_play(party.dialect.refusal(status, retry_after))
    _, error = await failure_of(provider)
    assert error.retry_after_seconds == pause


async def test_a_wrong_key_is_named(party: Party) -> None:
    async with party.client(api_key="another") as provider:
        _, error = await failure_of(provider)
    assert type(error) is ProviderRefusedKey


async def test_a_failure_in_the_middle_keeps_what_was_said(party: Party, provider: Provider) -> None:
    party.server.will_play(*party.dialect.text("half "), party.dialect.failure())
    said, error = await failure_of(provider)
    assert (said, type(error)) == ("half ", ProviderRateLimited)


@pytest.mark.parametrize("last", [HangUp(), Write(b""), Write(b'data: {"type": "cont')])
async def test_a_cut_keeps_what_was_said(party: Party, provider: Provider, last: Step) -> None:
    party.server.will_play(*party.dialect.text("half "), last)
    said, error = await failure_of(provider)
    assert (said, type(error)) == ("half ", ProviderCut)


async def test_garbage_keeps_what_was_said(party: Party, provider: Provider) -> None:
    party.server.will_play(*party.dialect.text("half "), Write(b"data: {nonsense\n\n"))
    said, error = await failure_of(provider)
    assert (said, type(error)) == ("half ", ProviderMalformed)


@pytest.mark.parametrize("says", ["", "half "])
async def test_a_silent_server_is_given_up(party: Party, says: str) -> None:
    party.server.will_play(*(party.dialect.text(says) if says else ()), Hang())
    async with party.client(first_delta_seconds=BRIEF * 4, between_deltas_seconds=BRIEF) as provider:
        said, error = await failure_of(provider)
        assert (said, type(error)) == (says, ProviderTimedOut)
        await until_left(party)


async def test_signs_of_life_do_not_make_the_wait_for_the_first_word_longer(party: Party) -> None:
    party.server.will_play(Flood(b": still here\n\n"))
    async with party.client(first_delta_seconds=BRIEF * 4) as provider:
        said, error = await failure_of(provider)
        assert (said, type(error)) == ("", ProviderTimedOut)
        await until_left(party)


async def test_nobody_listens(party: Party) -> None:
    async with party.client(base_url="http://127.0.0.1:9") as provider:
        _, error = await failure_of(provider)
    assert type(error) is ProviderUnavailable


async def test_connections_are_used_again(party: Party, provider: Provider) -> None:
    for _ in range(3):
        party.server.will_play(*party.dialect.whole("said"))
        await heard(provider)
    assert len({call.peer for call in party.server.calls}) == 1


async def test_a_cancelled_listener_gives_the_connection_back(party: Party, provider: Provider) -> None:
    spoken = asyncio.Event()

    async def listen() -> None:
        async with aclosing(provider.stream(CALL)) as pieces:
            async for _ in pieces:
                spoken.set()

    party.server.will_play(*party.dialect.text("one "), Hang())
    listener = asyncio.create_task(listen())
    async with asyncio.timeout(WAIT_SECONDS):
        await spoken.wait()
    listener.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listener
    await until_left(party)
    party.server.will_play(*party.dialect.whole("fine"))
    assert Delta("fine") in await heard(provider)
    assert party.server.at_once == 0


async def test_a_failed_call_does_not_spoil_the_next(party: Party, provider: Provider) -> None:
    for steps in ([party.dialect.refusal(500)], [*party.dialect.text("half"), HangUp()]):
        party.server.will_play(*steps)
        await failure_of(provider)
        party.server.will_play(*party.dialect.whole("fine"))
        assert Delta("fine") in await heard(provider)


async def test_closing_twice_and_closing_unused_are_harmless(party: Party) -> None:
    async with party.client() as provider:
        await provider.close()
    async with party.client() as provider:
        await heard(provider)
        await provider.close()
