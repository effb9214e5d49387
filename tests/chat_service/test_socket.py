"""The WebSocket door: the same events, the same refusals, closed when it must be."""

import asyncio
import contextlib
import json
from typing import Any
from uuid import uuid4

import pytest
import websockets
from tests.chat_service.conftest import Chat, Person

from chat_service.models import Message, Turn
from chat_service.providers.port import Delta, Finish, Usage


async def receive(socket: websockets.ClientConnection) -> dict[str, Any]:
    return dict(json.loads(await asyncio.wait_for(socket.recv(), 10)))


async def receive_until(socket: websockets.ClientConnection, *kinds: str) -> list[dict[str, Any]]:
    frames = [await receive(socket)]
    while frames[-1]["kind"] not in kinds:
        frames.append(await receive(socket))
    return frames


async def send(socket: websockets.ClientConnection, **frame: Any) -> None:
    await socket.send(json.dumps(frame))


async def close_code(socket: websockets.ClientConnection) -> int | None:
    with contextlib.suppress(websockets.ConnectionClosed):
        async with asyncio.timeout(10):
            async for _ in socket:
                pass
    return socket.close_code


async def test_a_question_is_accepted_and_its_events_come_in_order(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_say("one ", "two")
    async with person.socket(conversation) as socket:
        ready = await receive(socket)
        assert ready == {"kind": "ready", "conversation_id": conversation, "running_turn_id": None}
        client_message_id = str(uuid4())
        await send(socket, kind="send", client_message_id=client_message_id, content="count")
        frames = await receive_until(socket, "done")
    accepted = next(frame for frame in frames if frame["kind"] == "accepted")
    events = [frame for frame in frames if frame["kind"] != "accepted"]
    assert accepted["client_message_id"] == client_message_id
    assert [event["kind"] for event in events] == ["started", "delta", "delta", "usage", "done"]
    assert events == await person.events(accepted["turn"]["id"])


async def test_every_socket_of_a_conversation_hears_what_was_asked_through_another_door(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_say("heard by all")
    async with person.socket(conversation) as first, person.socket(conversation) as second:
        assert {(await receive(socket))["kind"] for socket in (first, second)} == {"ready"}
        await person.ask(conversation, "?")
        heard = [await receive_until(socket, "done") for socket in (first, second)]
    assert heard[0] == heard[1]
    assert heard[0][-1]["reply"]["content"] == "heard by all"


async def test_a_question_over_both_doors_at_once_is_one_turn(chat: Chat) -> None:
    """F10."""
    person = chat.person()
    conversation = await person.start()
    question = {"client_message_id": str(uuid4()), "content": "?"}
    async with person.socket(conversation) as socket:
        await receive(socket)
        path = f"/conversations/{conversation}/messages"
        answers, _ = await asyncio.gather(
            asyncio.gather(*(person.request("POST", path, json=question) for _ in range(4))),
            send(socket, kind="send", **question),
        )
        await receive_until(socket, "done")
    assert {answer.status_code for answer in answers} == {201}
    assert len(await chat.rows(Turn)) == 1
    assert len(await chat.rows(Message)) == 2


async def test_a_turn_is_resumed_and_stopped_over_the_socket(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_play(Delta("a"), Delta("b"), asyncio.Event())
    begun = await person.begin(conversation, "?")
    turn_id, epoch = begun["turn"]["id"], begun["turn"]["epoch"]
    async with person.socket(conversation) as socket:
        assert (await receive(socket))["running_turn_id"] == turn_id
        await send(socket, kind="follow", turn_id=turn_id, epoch=epoch, after=2)
        assert (await receive(socket))["text"] == "b"
        await send(socket, kind="stop", turn_id=turn_id)
        frames = await receive_until(socket, "done")
        assert (frames[-1]["outcome"], frames[-1]["reply"]["content"]) == ("stopped", "ab")
        await send(socket, kind="follow", turn_id=turn_id, epoch="another", after=2)
        frames = await receive_until(socket, "snapshot")
        assert frames[-1]["reply"]["content"] == "ab"


async def test_refusals_are_frames_and_the_socket_stays(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_play(asyncio.Event())
    await person.begin(conversation, "first")
    async with person.socket(conversation) as socket:
        await receive(socket)
        client_message_id = str(uuid4())
        await send(socket, kind="send", client_message_id=client_message_id, content="second")
        busy = await receive(socket)
        assert (busy["code"], busy["client_message_id"]) == ("conversation_busy", client_message_id)
        await send(socket, kind="send", client_message_id=str(uuid4()), content="?", model="nothing")
        assert (await receive(socket))["code"] in ("conversation_busy", "model_not_offered")
        for kind in ("stop", "follow"):
            await send(socket, kind=kind, turn_id=str(uuid4()))
            assert (await receive(socket))["code"] == "turn_not_found"
        await send(socket, kind="ping")
        assert await receive(socket) == {"kind": "pong"}


ID = str(uuid4())
HOSTILE_FRAMES: list[str | bytes] = [
    "",
    "{",
    "null",
    "[]",
    '{"kind": "send"}',
    '{"kind": "nothing"}',
    '{"kind": "send", "client_message_id": NaN, "content": 1e999}',
    '{"kind": "send", "client_message_id": "' + ID + '", "content": "\\ud800"}',
    '{"kind": "send", "client_message_id": "' + ID + '", "content": "\\u0000"}',
    '{"kind": "send", "client_message_id": "' + ID + '", "content": "x", "role": "admin"}',
    '{"kind": "send", "client_message_id": "'
    + ID
    + '", "content": "x", "edits": "'
    + ID
    + '", "parent_id": "'
    + ID
    + '"}',
    '{"kind": "send", "client_message_id": "' + ID + '", "content": "x", "if_busy": "clobber"}',
    '{"kind": "send", "client_message_id": "' + ID + '", "content": "x", "parameters": {"temperature": 1e999}}',
    '{"kind": "regenerate", "client_message_id": "' + ID + '"}',
    '{"kind": "regenerate", "client_message_id": "' + ID + '", "message_id": "' + ID + '", "content": "x"}',
    '{"kind": "continue", "client_message_id": "' + ID + '", "message_id": "../.."}',
    '{"kind": "follow", "turn_id": "../..", "after": -1}',
    "[" * 900 + "]" * 900,
    b"\xff\x00binary",
]


async def test_hostile_frames_are_refused_one_by_one(chat: Chat) -> None:
    """T42."""
    person = chat.person()
    conversation = await person.start()
    async with person.socket(conversation) as socket:
        await receive(socket)
        for frame in HOSTILE_FRAMES:
            await socket.send(frame)
            assert (await receive(socket))["code"] == "validation_failed", frame
    assert await chat.rows(Message) == []


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://localhost:3000.evil.example", "http://localhost"]
)
async def test_another_sites_handshake_is_refused(chat: Chat, origin: str | None) -> None:
    """T72."""
    person = chat.person()
    conversation = await person.start()
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with person.socket(conversation, origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_a_socket_without_a_good_first_frame_is_closed(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    async with person.socket(conversation, token="forged.token.here") as socket:
        assert await close_code(socket) == 4401
    address = chat.address.replace("http", "ws")
    headers = {"Origin": "http://localhost:3000"}
    async with websockets.connect(f"{address}/ws/{conversation}", additional_headers=headers) as socket:
        await send(socket, kind="send", client_message_id=str(uuid4()), content="before auth")
        assert await close_code(socket) == 4401
    assert await chat.rows(Message) == []


async def test_a_strangers_conversation_is_closed_like_a_missing_one(chat: Chat) -> None:
    """T02."""
    owner, stranger = chat.person(), chat.person()
    conversation = await owner.start()
    for wanted in (conversation, str(uuid4())):
        async with stranger.socket(wanted) as socket:
            assert await close_code(socket) == 4404


async def test_a_socket_ends_when_its_token_does_unless_it_is_renewed(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    claims = chat.issuer.claims(user_id=person.user_id, tenant_id=person.tenant_id)
    # Still accepted by the leeway of verification, and already over for a socket.
    old = chat.issuer.sign({**claims, "exp": claims["iat"] - 1})
    async with person.socket(conversation, token=old) as socket:
        assert await close_code(socket) == 4401
    async with person.socket(conversation) as socket:
        await receive(socket)
        await send(socket, kind="auth", token=_other(chat, person).token)
        assert (await receive(socket))["code"] == "not_authenticated"
        await send(socket, kind="auth", token=person.token)
        await send(socket, kind="ping")
        assert await receive(socket) == {"kind": "pong"}


def _other(chat: Chat, person: Person) -> Person:
    return chat.person(tenant_id=person.tenant_id)


async def test_sockets_are_told_of_a_restart(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    async with person.socket(conversation) as socket:
        await receive(socket)
        chat.app.state.stopping.set()
        assert await close_code(socket) == 1012
    chat.provider.will_play(Delta("x"), Finish("stop"), Usage(1, 1))
