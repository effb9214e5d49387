"""What a server is asked: parameters, tools, images, by the dialect of its kind; and how long it is waited for."""

from __future__ import annotations

import asyncio
import base64
import gzip
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx2
import pytest
from tests.chat_service.providers.listening import asking, heard, heard_until_failure, speaking_to, text_of, within
from tests.doubles.openai_script import (
    Flood,
    Hang,
    Usage,
    WaitFor,
    Write,
    completion,
    delta,
    done,
    finish,
    fragmented_tool_call,
    thought,
)
from tests.doubles.openai_server import OpenAIServer

from chat_service.patience import Patience
from chat_service.providers.kinds import Kind
from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.openai_wire import body_of
from chat_service.providers.port import (
    ContextMessage,
    Delta,
    Finish,
    Image,
    ModelCall,
    OfferedTool,
    Parameters,
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderTimedOut,
    Reasoning,
    ToolCall,
)
from chat_service.providers.port import Usage as Used
from chat_service.providers.portions import Portions, content_of

BRIEF = 0.05
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
WEATHER = OfferedTool("weather", "Tells the weather.", {"type": "object", "properties": {"city": {"type": "string"}}})
UNSET = Parameters()
EVERYTHING = Parameters(0.5, 0.9, 100, 0.1, -0.2, ("END", "STOP"), "low")


def call_with(
    parameters: Parameters = UNSET, *messages: ContextMessage, tools: tuple[OfferedTool, ...] = ()
) -> ModelCall:
    return ModelCall("double-1", messages or (ContextMessage("user", "Hello?"),), parameters, tools)


async def test_nothing_is_sent_that_was_not_asked_for(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    await heard(protocol, call_with())
    assert set(server.calls[0].body) == {"model", "messages", "stream", "stream_options"}


async def test_every_parameter_arrives(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    await heard(protocol, call_with(EVERYTHING))
    body = server.calls[0].body
    assert {name: body[name] for name in set(body) - {"model", "messages", "stream", "stream_options"}} == {
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 100,
        "presence_penalty": 0.1,
        "frequency_penalty": -0.2,
        "stop": ["END", "STOP"],
        "reasoning_effort": "low",
    }


async def test_a_parameter_that_is_zero_is_sent(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    await heard(protocol, call_with(Parameters(temperature=0.0)))
    assert server.calls[0].body["temperature"] == 0


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("openai", "max_completion_tokens"),
        ("azure", "max_completion_tokens"),
        ("gemini", "max_tokens"),
        ("vllm", "max_tokens"),
        ("openai-compatible", "max_tokens"),
    ],
)
def test_the_limit_of_the_answer_has_the_name_the_kind_knows(kind: Kind, name: str) -> None:
    body = body_of(call_with(Parameters(max_output_tokens=7)), kind=kind)
    assert {key: body[key] for key in body if key.startswith("max")} == {name: 7}


async def test_tools_are_offered_called_and_answered(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    server.will_call_tools(
        fragmented_tool_call("weather", {"city": "Wien"}),
        fragmented_tool_call("weather", {"city": "Graz"}, index=1),
        usage=Usage(20, 9),
    )
    pieces = await heard(protocol, call_with(tools=(WEATHER,)))
    calls = tuple(piece for piece in pieces if isinstance(piece, ToolCall))
    assert pieces == [*calls, Finish("tool_calls"), Used(20, 9)]
    assert [call.arguments for call in calls] == ['{"city": "Wien"}', '{"city": "Graz"}']
    assert server.calls[0].offered_tools == ["weather"]

    results = [ContextMessage("tool", f"rain {call.id}", tool_call_id=call.id) for call in calls]
    question = ContextMessage("user", "Where does it rain?")
    await heard(protocol, call_with(UNSET, question, ContextMessage("assistant", "", tool_calls=calls), *results))
    second = server.calls[1]
    assert second.tool_results == {call.id: f"rain {call.id}" for call in calls}
    assert second.messages[1] == {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in calls
        ],
    }


@pytest.mark.parametrize(("kind", "is_sent"), [("gemini", True), ("openai-compatible", True), ("openai", False)])
def test_a_signature_goes_back_to_those_who_want_it(kind: Kind, is_sent: bool) -> None:
    signed = ToolCall("call_1", "weather", "{}", '{"google":{"thought_signature":"c2ln"}}')
    body = body_of(call_with(UNSET, ContextMessage("assistant", "", tool_calls=(signed,))), kind=kind)
    told = body["messages"][0]["tool_calls"][0]
    assert told.get("extra_content") == ({"google": {"thought_signature": "c2ln"}} if is_sent else None)


async def test_images_are_sent_within_the_question(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    seen = ContextMessage("user", "What is this?", images=(Image("image/png", PNG),))
    await heard(protocol, call_with(UNSET, seen, ContextMessage("user", "", images=(Image("image/gif", b"G"),))))
    first, second = server.calls[0].messages
    url = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert first["content"] == [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    assert [part["type"] for part in second["content"]] == ["image_url"]


async def test_thoughts_and_their_tokens_are_told_apart(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    server.will_play(thought("Hm, "), thought("so.", field="reasoning"), *completion("42", usage=Usage(5, 9, 2, 7)))
    assert await heard(protocol) == [
        Reasoning("Hm, "),
        Reasoning("so."),
        Delta("42"),
        Finish("stop"),
        Used(5, 9, 2, 7),
    ]


async def test_signs_of_life_do_not_replace_the_first_piece(server: OpenAIServer) -> None:
    async with speaking_to(server.url, first_delta_seconds=BRIEF * 4, between_deltas_seconds=60.0) as protocol:
        server.will_play(Flood(b": still here\n\n"))
        _, error = await within(heard_until_failure(protocol))
        assert type(error) is ProviderTimedOut


async def test_a_whole_call_has_an_end(server: OpenAIServer) -> None:
    async with speaking_to(server.url, turn_seconds=BRIEF * 6) as protocol:
        server.will_play(delta("one "), Hang())
        said, error = await within(heard_until_failure(protocol))
        assert (said, type(error)) == ("one ", ProviderTimedOut)


async def test_the_first_piece_may_take_longer_than_the_next_ones(server: OpenAIServer) -> None:
    goes_on = asyncio.Event()
    async with speaking_to(server.url, first_delta_seconds=60.0, between_deltas_seconds=BRIEF) as protocol:
        server.will_play(Write(b": wait\n\n"), WaitFor(goes_on), delta("slow"), finish(), done())
        listening = asyncio.create_task(heard(protocol))
        await asyncio.sleep(BRIEF * 4)
        goes_on.set()
        assert text_of(await within(listening)) == "slow"


async def test_the_stream_is_read_below_the_sdk(server: OpenAIServer, protocol: OpenAIProtocol) -> None:
    """The way there leads through names that the SDK may change; then this fails, and everything else still works."""
    patience = Patience(60.0)
    async with AsyncExitStack() as held:
        held.callback(patience.end)
        response = await protocol._opened(asking(), held, patience)
        assert content_of(response) is not None


class Body(httpx2.AsyncByteStream):
    """A body of another transport, that may break off."""

    def __init__(self, *portions: bytes | Exception) -> None:
        self._portions = portions

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for portion in self._portions:
            if isinstance(portion, Exception):
                raise portion
            yield portion


async def portions_of(*portions: bytes | Exception, headers: dict[str, str] | None = None) -> list[bytes]:
    patience, read = Patience(60.0), []
    async with AsyncExitStack() as held:
        held.callback(patience.end)
        body = Portions(httpx2.Response(200, headers=headers, stream=Body(*portions)), held, patience)
        while portion := await body.read():
            read.append(portion)
    return read


async def test_a_stream_of_another_transport_is_read_as_well() -> None:
    assert await portions_of(b"one ", b"two") == [b"one ", b"two"]


@pytest.mark.parametrize(
    ("failure", "named"),
    [
        (httpx2.ReadError("x"), ProviderCut),
        (httpx2.RemoteProtocolError("x"), ProviderCut),
        (ConnectionResetError(), ProviderCut),
        (TimeoutError(), ProviderTimedOut),
        (httpx2.DecodingError("x"), ProviderMalformed),
    ],
)
async def test_its_failures_have_the_same_names(failure: Exception, named: type[ProviderError]) -> None:
    with pytest.raises(named):
        await portions_of(b"one ", failure)


async def test_a_mistake_of_ours_keeps_its_own_name() -> None:
    with pytest.raises(ZeroDivisionError):
        await portions_of(ZeroDivisionError())


async def test_a_compressed_body_is_unpacked_although_nobody_asked_for_it() -> None:
    assert await portions_of(gzip.compress(b"said"), headers={"content-encoding": "gzip"}) == [b"said"]
