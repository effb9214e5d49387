"""A hundred sends at once to one conversation, over both doors: each is one turn or a refusal, one after the other."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import websockets
from tests.chat_service.conftest import Chat, Person, running_chat
from tests.faults.books import ensure_in_order, ensure_linear, settled_books

from chat_service.models import ChatTable
from chat_service.providers.port import Delta, Finish, Usage
from chat_service.turns.service import MAX_QUEUED
from service_kit.testing import created_tables

SENDS = 50
SOCKETS = 5
ROUNDS = 25
HEAR_SECONDS = 30
# What a socket is closed with when its database is away or too busy.
TRY_AGAIN_LATER = 1013
REFUSALS = {"refuse": {"conversation_busy"}, "queue": {"queue_full"}}

Send = dict[str, Any]


@pytest.fixture
async def chat(database_url: str) -> AsyncIterator[Chat]:
    tables = created_tables(database_url, ChatTable.metadata)
    async with tables, running_chat(database_url, messages_per_minute=100_000) as chat:
        yield chat


def sends(prefix: str) -> list[Send]:
    """Half of them would rather wait."""
    return [
        {"client_message_id": str(uuid4()), "content": f"{prefix} {n}", "if_busy": "queue" if n % 2 else "refuse"}
        for n in range(SENDS)
    ]


async def over_rest(person: Person, conversation: str, send: Send) -> tuple[Send, str]:
    """Send and return the turn, or the code of the refusal; a database that is too busy is asked again."""
    path = f"/conversations/{conversation}/messages"
    while True:
        answer = await person.request("POST", path, json=send, headers={"Prefer": "respond-async"})
        if answer.status_code == 202:
            return send, str(answer.json()["turn"]["id"])
        if answer.status_code != 503:
            assert answer.status_code == 409, answer.text
            return send, str(answer.json()["code"])


async def over_sockets(person: Person, conversation: str, chosen: list[Send]) -> list[tuple[Send, str]]:
    """Send over several sockets at once."""
    portions = (chosen[start::SOCKETS] for start in range(SOCKETS))
    told = await asyncio.gather(*(over_socket(person, conversation, portion) for portion in portions))
    return [each for portion in told for each in portion]


async def over_socket(person: Person, conversation: str, chosen: list[Send]) -> list[tuple[Send, str]]:
    """Send everything without waiting, then hear what became of it; come back when asked to try again later."""
    waiting = {send["client_message_id"]: send for send in chosen}
    told: list[tuple[Send, str]] = []
    while waiting:
        try:
            async with person.socket(conversation) as socket:
                for send in list(waiting.values()):
                    await tell(socket, send)
                while waiting:
                    await hear(socket, waiting, told)
        except websockets.ConnectionClosed as closed:
            if closed.rcvd is None or closed.rcvd.code != TRY_AGAIN_LATER:
                raise
    return told


async def hear(socket: websockets.ClientConnection, waiting: dict[str, Send], told: list[tuple[Send, str]]) -> None:
    """Hear one frame, and ask again what the database was too busy for."""
    frame = dict(json.loads(await asyncio.wait_for(socket.recv(), HEAR_SECONDS)))
    if frame["kind"] == "accepted":
        told.append((waiting.pop(frame["client_message_id"]), str(frame["turn"]["id"])))
    elif frame["kind"] == "problem" and frame["code"] == "database_unavailable":
        await tell(socket, waiting[frame["client_message_id"]])
    elif frame["kind"] == "problem":
        told.append((waiting.pop(frame["client_message_id"]), str(frame["code"])))


async def tell(socket: websockets.ClientConnection, send: Send) -> None:
    await socket.send(json.dumps({"kind": "send", **send}))


@pytest.mark.parametrize("is_held", [True, False], ids=["while one is answered", "while answers end"])
async def test_each_of_a_hundred_sends_is_one_turn_or_one_refusal(chat: Chat, is_held: bool) -> None:
    person = chat.person()
    conversation = await person.start()
    go_on = asyncio.Event()
    if is_held:
        chat.provider.will_play(Delta("ok"), go_on, Finish("stop"), Usage(1, 1))
    sockets, rest = await asyncio.gather(
        over_sockets(person, conversation, sends("socket")),
        asyncio.gather(*(over_rest(person, conversation, send) for send in sends("rest"))),
    )
    go_on.set()
    told = [*sockets, *rest]
    codes = frozenset().union(*REFUSALS.values())
    refused = [(send, verdict) for send, verdict in told if verdict in codes]
    accepted = {verdict: send for send, verdict in told if verdict not in codes}
    assert len(told) == 2 * SENDS == len(accepted) + len(refused)
    assert [(send, code) for send, code in refused if code not in REFUSALS[send["if_busy"]]] == []
    if is_held:
        assert len(accepted) == 1 + MAX_QUEUED
        assert {code for _, code in refused} == codes
    await ensure_answered_in_order(chat, accepted)


async def ensure_answered_in_order(chat: Chat, accepted: dict[str, Send]) -> None:
    books = await settled_books(chat.database)
    ensure_in_order(books)
    ensure_linear(books)
    turns = sorted(books.turns, key=lambda turn: turn.position)
    assert {str(turn.id): str(turn.client_message_id) for turn in turns} == {
        turn_id: send["client_message_id"] for turn_id, send in accepted.items()
    }
    in_order = [accepted[str(turn.id)]["content"] for turn in turns]
    # The model was asked in the order in which they stand, each time after the whole answer before.
    assert [call.messages[-1].content for call in chat.provider.calls] == in_order
    before = [call.messages[-2].content for call in chat.provider.calls[1:]]
    assert before == ["ok"] * (len(turns) - 1)
    ends = [turn.finished_at for turn in turns if turn.finished_at]
    assert (ends, len(ends)) == (sorted(ends), len(turns))
    assert {turn.outcome for turn in turns} == {"finished"}


async def test_one_id_over_both_doors_at_once_is_one_row_and_one_turn(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    for number in range(ROUNDS):
        send = {"client_message_id": str(uuid4()), "content": f"once {number}", "if_busy": "queue"}
        sockets, rest = await asyncio.gather(
            asyncio.gather(*(over_socket(person, conversation, [send]) for _ in range(2))),
            asyncio.gather(*(over_rest(person, conversation, send) for _ in range(2))),
        )
        assert len({verdict for _, verdict in [*sockets[0], *sockets[1], *rest]}) == 1
    books = await settled_books(chat.database)
    ensure_in_order(books)
    ensure_linear(books)
    questions = Counter(message.content for message in books.messages if message.role == "user")
    assert questions == {f"once {number}": 1 for number in range(ROUNDS)}
    assert len(books.turns) == len(chat.provider.calls) == ROUNDS
