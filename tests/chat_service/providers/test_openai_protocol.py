"""The OpenAI protocol over real sockets: what is asked, what is heard, and what is kept open."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from tests.chat_service.providers.listening import KEY, asking, heard, speaking_to, text_of, within
from tests.doubles.openai_script import (
    DONE,
    Answer,
    Flood,
    Hang,
    Step,
    WaitFor,
    body_of,
    chunk,
    completion,
    delta,
    done,
    event,
    finish,
    in_portions,
    refusal,
    role,
)
from tests.doubles.openai_script import (
    Usage as Told,
)
from tests.doubles.openai_server import Call, OpenAIServer

from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.port import Delta, Finish, ProviderError, ProviderRefusedCall, Usage
from service_kit.settings import ConfigurationError


async def test_text_usage_and_finish_arrive_in_order(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    server.will_say("one ", "two", usage=Told(12, 2, 8))
    assert await heard(protocol) == [Delta("one "), Delta("two"), Finish("stop"), Usage(12, 2, 8)]


async def test_the_server_gets_the_key_the_model_and_the_messages(
    server: OpenAIServer, protocol: OpenAIProtocol
) -> None:
    await heard(protocol, asking("漢字?", model="some/model:7b"))
    call = server.calls[0]
    assert (call.key, call.model, call.body["stream"]) == (KEY, "some/model:7b", True)
    assert call.messages == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "漢字?"}]
    assert call.body["stream_options"] == {"include_usage": True}
    assert call.headers["accept-encoding"] == "identity"


async def test_a_server_without_keys_is_asked_all_the_same(server: OpenAIServer) -> None:
    async with speaking_to(server.url, api_key=None) as protocol:
        assert text_of(await heard(protocol)) == "You said: Hello?"


async def test_blanks_around_a_key_are_not_part_of_it(server: OpenAIServer) -> None:
    server.key = KEY
    async with speaking_to(server.url, api_key=f" {KEY}\n") as protocol:
        assert text_of(await heard(protocol)) == "You said: Hello?"


@pytest.mark.parametrize("key", ["sk-ключ", "sk-a\nb", "sk-a\x00b"])
def test_a_key_no_header_can_carry_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY") as refused:
        OpenAIProtocol(name="openai", api_key=key, base_url=None)
    assert key not in str(refused.value)


@pytest.mark.parametrize("ending", ["", "/", "//", "/chat/completions", "/chat/completions/", " "])
async def test_base_addresses_work_however_they_were_pasted(server: OpenAIServer, ending: str) -> None:
    async with speaking_to(server.url + ending) as protocol:
        assert text_of(await heard(protocol)) == "You said: Hello?"


@pytest.mark.parametrize(
    "address",
    ["localhost:11434/v1", "http://", "ftp://a/v1", "http://[::1", "http://a:b/v1", "https://a/v1?api-version=1", "x"],
)
def test_an_address_that_is_none_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ConfigurationError, match="OPENAI_BASE_URL"):
        OpenAIProtocol(name="openai-compatible", api_key=None, base_url=address)


async def test_usage_that_is_zero_stays_zero(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    server.will_say("free", usage=Told(0, 0))
    assert Usage(0, 0) in await heard(protocol)


async def test_characters_may_be_cut_between_packets(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    said = "naïve 漢字 👩‍👩‍👧"
    server.will_play(*in_portions(body_of([delta(said), finish(), done()]), size=3))
    assert text_of(await heard(protocol)) == said


async def test_a_whole_completion_instead_of_a_stream(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    message = {"role": "assistant", "content": "all at once"}
    body = {"choices": [{"message": message, "finish_reason": "stop"}], "usage": Told(3, 4).as_json()}
    server.will_play(Answer(body=body))
    assert await heard(protocol) == [Delta("all at once"), Finish("stop"), Usage(3, 4)]


@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream"])
async def test_a_stream_under_another_name(server: OpenAIServer, protocol: OpenAIProtocol, content_type: str) -> None:
    server.will_play(*completion("still text"), content_type=content_type)
    assert text_of(await heard(protocol)) == "still text"


async def test_a_clean_close_after_the_finish_reason_is_an_end(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    server.will_play(role(), delta("complete"), finish())
    assert await heard(protocol) == [Delta("complete"), Finish("stop")]


async def test_a_server_that_stays_after_done_is_not_waited_for(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    server.will_play(*completion("said"), Hang())
    assert text_of(await within(heard(protocol))) == "said"
    await within(server.calls[0].left.wait())


async def test_a_server_that_goes_on_after_done_is_not_listened_to(
    server: OpenAIServer, protocol: OpenAIProtocol
) -> None:
    server.will_play(*completion("said"), Flood(event(chunk({"content": "more"}))))
    assert text_of(await within(heard(protocol))) == "said"
    await within(server.calls[0].left.wait())


async def test_a_server_that_keeps_the_end_back_has_said_everything(server: OpenAIServer) -> None:
    async with speaking_to(server.url, after_finish_seconds=0.05) as protocol:
        server.will_play(delta("complete"), finish(), Hang())
        assert await within(heard(protocol)) == [Delta("complete"), Finish("stop")]


async def test_the_connection_is_used_again(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    for _ in range(3):
        await heard(protocol)
    assert len({call.peer for call in server.calls}) == 1


async def test_fifty_streams_at_once_keep_their_texts_apart(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    all_here = asyncio.Event()

    def author(call: Call) -> list[Step]:
        if server.at_once == 50:
            all_here.set()
        words = [f"{call.question}-{place} " for place in range(40)]
        return [delta(words[0]), WaitFor(all_here), *map(delta, words[1:]), finish(), *completion()[-2:]]

    server.will_answer_with(author)
    heards = await within(asyncio.gather(*(heard(protocol, asking(f"q{number}")) for number in range(50))))
    for number, pieces in enumerate(heards):
        assert text_of(pieces) == "".join(f"q{number}-{place} " for place in range(40))
        assert Usage(3, 40) in pieces
    assert server.most_at_once == 50


async def test_whoever_stops_listening_hangs_up_on_the_server(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    server.will_play(delta("one "), Hang())
    async with aclosing(protocol.stream(asking())) as pieces:
        assert await anext(pieces) == Delta("one ")
    await within(server.calls[0].left.wait())


async def test_a_cancelled_listener_hangs_up_on_the_server(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    spoken = asyncio.Event()
    server.will_play(delta("one "), Hang())

    async def listen() -> None:
        async with aclosing(protocol.stream(asking())) as pieces:
            async for _ in pieces:
                spoken.set()

    listener = asyncio.create_task(listen())
    await within(spoken.wait())
    listener.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listener
    await within(server.calls[0].left.wait())


async def test_a_listener_cancelled_before_the_first_byte_hangs_up(
    server: OpenAIServer, protocol: OpenAIProtocol
) -> None:
    asked = asyncio.Event()

    def author(call: Call) -> list[Step]:
        asked.set()
        return [Hang()]

    server.will_answer_with(author)
    listener = asyncio.create_task(heard(protocol))
    await within(asked.wait())
    listener.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listener
    await within(server.calls[0].left.wait())


async def test_a_server_that_refuses_stream_options_is_asked_without_from_then_on() -> None:
    async with OpenAIServer(knows_stream_options=False) as server, speaking_to(server.url) as protocol:
        assert await heard(protocol) == [Delta("You said: "), Delta("Hello?"), Finish("stop")]
        await heard(protocol)
        assert ["stream_options" in call.body for call in server.calls] == [True, False, False]


async def test_a_refusal_that_only_mentions_stream_options_is_not_remembered(
    server: OpenAIServer, protocol: OpenAIProtocol
) -> None:
    echo = refusal(400, message="too long: {'stream_options': {'include_usage': True}, ...}")
    server.will_play(echo)
    server.will_play(echo)
    with pytest.raises(ProviderRefusedCall):
        await heard(protocol)
    await heard(protocol)
    assert ["stream_options" in call.body for call in server.calls] == [True, False, True]


async def test_a_flood_of_tiny_deltas_leaves_room_for_everybody_else(
    server: OpenAIServer, protocol: OpenAIProtocol
) -> None:
    server.will_play(Flood(event(chunk({"content": "x"})) * 100, times=100), finish(), done())
    turns_of_others = 0

    async def somebody_else() -> None:
        nonlocal turns_of_others
        while True:
            await asyncio.sleep(0)
            turns_of_others += 1

    other = asyncio.create_task(somebody_else())
    text = text_of(await heard(protocol))
    other.cancel()
    assert text == "x" * 10_000
    assert turns_of_others > 10


async def test_done_alone_is_an_empty_completion(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    server.will_play(*in_portions(DONE, size=100))
    assert await heard(protocol) == []


async def test_the_first_call_may_follow_a_preparation_in_a_thread(server: OpenAIServer) -> None:
    async with speaking_to(server.url) as protocol:
        await asyncio.to_thread(protocol.prepare)
        assert text_of(await heard(protocol)) == "You said: Hello?"


def test_every_provider_error_has_a_code_and_a_sentence_of_its_own() -> None:
    kinds: list[type[ProviderError]] = [ProviderError, *ProviderError.__subclasses__()]
    assert len({kind.code for kind in kinds}) == len({kind.detail for kind in kinds}) == len(kinds)
