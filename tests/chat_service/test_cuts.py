"""A connection that is cut at every byte of a turn's stream, and at every frame of a socket, and taken up elsewhere."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from tests.chat_service.algebra.doors import ASK, FOLLOW, Asked
from tests.chat_service.algebra.listener import Listener
from tests.chat_service.algebra.raw_stream import events_in, follow_request_of, received, request_of
from tests.chat_service.algebra.script import TAG, Hangs, Script, Theatre, Yields
from tests.chat_service.conftest import Chat, Person, running_chat

from chat_service.models import ChatTable, Turn
from chat_service.providers.port import Delta, Finish, Reasoning, ToolCall, Usage
from service_kit.testing import created_tables

# Thousands of connections; a slow machine needs its time.
pytestmark = pytest.mark.timeout(400)

AT_ONCE = 24
# Resumed through another door than the stream that was cut.
OTHER_DOORS = ("poll", "websocket")

# Characters of several bytes, so that cuts fall into the middle of some.
WORDS = ("né ", "😀", "\n\ndata: ", "end")
LIVE: tuple[Script, ...] = (
    (
        Yields(2),
        Delta(WORDS[0]),
        Yields(3),
        Delta(WORDS[1]),
        Delta(WORDS[2]),
        Yields(5),
        Delta(WORDS[3]),
        Finish("stop"),
        Usage(3, 4),
    ),
)
EVERY_KIND: tuple[Script, ...] = (
    (Reasoning("hm "), Delta("so "), ToolCall("c1", "calculator", '{"expression": "2+2"}'), Finish("tool_calls")),
    (Delta("4"), Finish("stop"), Usage(5, 6)),
)


@pytest.fixture
async def theatre() -> Theatre:
    return Theatre()


@pytest.fixture
async def chat(database_url: str, theatre: Theatre) -> AsyncIterator[Chat]:
    async with (
        created_tables(database_url, ChatTable.metadata),
        running_chat(database_url, catalog=theatre.catalog, messages_per_minute=100_000) as chat,
    ):
        yield chat


numbers = count(100_000)


async def wished(person: Person, theatre: Theatre, scripts: tuple[Script, ...]) -> Asked:
    """A question in a conversation of its own; every one of them makes a stream of the same length."""
    conversation, content = await person.start(title="cut"), f"{TAG}{next(numbers)}"
    theatre.announce(content, scripts)
    return Asked(person, conversation, "send", {"client_message_id": str(uuid4()), "content": content})


async def resumed(asked: Asked, listener: Listener, door: str) -> None:
    """Hear the rest through another door, by the place, or by asking again when not even the turn is known."""
    if listener.is_over:
        return
    if listener.turn_id is None:
        events = ASK[door](asked)
    else:
        events = FOLLOW[door](asked.person, asked.conversation, listener.turn_id, listener.place)
    async with aclosing(events):
        async for event in events:
            assert event["kind"] != "snapshot", "this place can be continued"
            listener.take(event)
            if listener.is_over:
                return


async def stored(asked: Asked) -> dict[str, Any]:
    return (await asked.person.messages(asked.conversation))[-1]


async def all_of(jobs: list[Any]) -> None:
    """Run them side by side, but not all of them at once."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(job: Any) -> None:
        async with free:
            await job

    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(one(job))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_stream_cut_at_every_byte_goes_on_through_another_door(chat: Chat, theatre: Theatre) -> None:
    """The turn has ended: its log is told again, up to a byte, and from there through another door.

    Thousands of cuts on one database: what is told comes from memory.
    """
    person = chat.person()
    asked = await wished(person, theatre, EVERY_KIND)
    turn_id = await asked.begun()
    await asked.answered()
    reply, request = await stored(asked), follow_request_of(asked, turn_id)
    whole = await received(person, request, cut_at=None)
    kinds = [event["kind"] for event in events_in(whole)]
    assert kinds == ["started", "reasoning", "delta", "tool", "tool", "delta", "usage", "done"]

    async def cut(at: int) -> None:
        listener = Listener()
        for event in events_in(await received(person, request, cut_at=at)):
            listener.take(event)
        await resumed(asked, listener, OTHER_DOORS[at % 2])
        listener.agrees_with(reply)

    await all_of([cut(at) for at in range(len(whole) + 1)])


async def test_a_living_turn_cut_at_every_byte_goes_on_through_another_door(chat: Chat, theatre: Theatre) -> None:
    """The stream of the question itself is cut while the model speaks: every cut has a turn of its own."""
    person = chat.person()
    whole = await received(person, request_of(await wished(person, theatre, LIVE)), cut_at=None)
    # What is said, from the end of the first event to that of the usage; the rest is cut in the test above.
    first, last = whole.index(b"\n\n"), whole.index(b"event: usage")
    assert last - first > 500

    async def cut(at: int) -> None:
        asked, listener = await wished(person, theatre, LIVE), Listener()
        for event in events_in(await received(person, request_of(asked), cut_at=at)):
            listener.take(event)
        await resumed(asked, listener, OTHER_DOORS[at % 2])
        reply = await stored(asked)
        listener.agrees_with(reply)
        assert (reply["content"], reply["outcome"]) == ("".join(WORDS), "finished")

    await all_of([cut(at) for at in range(first, last + 1)])


@pytest.mark.parametrize("door", ["sse", "poll", "websocket"])
@pytest.mark.parametrize("resumed_over", ["sse", "poll", "websocket"])
async def test_a_listener_cut_at_every_event_goes_on_through_every_door(
    chat: Chat, theatre: Theatre, door: str, resumed_over: str
) -> None:
    person = chat.person()

    async def cut(after: int) -> None:
        asked, listener = await wished(person, theatre, LIVE), Listener()
        async with aclosing(ASK[door](asked)) as events:
            async for event in events:
                listener.take(event)
                if listener.is_over or listener.heard == after:
                    break
        await resumed(asked, listener, resumed_over)
        listener.agrees_with(await stored(asked))
        assert listener.text == "".join(WORDS)

    await all_of([cut(after) for after in range(1, 8)])


@pytest.mark.parametrize("door", ["sse", "poll", "websocket"])
async def test_who_has_heard_everything_is_told_nothing_more(chat: Chat, theatre: Theatre, door: str) -> None:
    """Browsers come back by themselves when a stream ends, with the place of its last event."""
    person = chat.person()
    asked = await wished(person, theatre, LIVE)
    events = events_in(await received(person, request_of(asked), cut_at=None))
    turn_id, place = events[-1]["turn_id"], f"{events[-1]['epoch']}:{events[-1]['seq']}"
    if door == "websocket":
        # A socket goes on: the next thing it tells is what is asked next.
        async with person.socket(asked.conversation) as socket:
            after = {"epoch": events[-1]["epoch"], "after": events[-1]["seq"]}
            await socket.recv()
            await socket.send(json.dumps({"kind": "follow", "turn_id": turn_id, **after}))
            await socket.send(json.dumps({"kind": "ping"}))
            told = [json.loads(await socket.recv())]
            assert [frame["kind"] for frame in told] == ["pong"]
        return
    if door == "poll":
        answer = await person.request("GET", f"/turns/{turn_id}/poll", params={"after": place, "wait": "10"})
        assert answer.json() == {"events": [], "last_event_id": place, "is_over": True}
        return
    assert await person.events(turn_id, after=place) == []


async def test_those_who_were_cut_leave_nothing_behind(chat: Chat, theatre: Theatre) -> None:
    person = chat.person()
    never: tuple[Script, ...] = ((Delta("half"), Hangs()),)
    waiting = [await wished(person, theatre, never) for _ in range(12)]
    turn_ids = [await asked.begun() for asked in waiting]
    alone = names_of_tasks()
    pairs = list(zip(waiting, turn_ids, strict=True))
    await all_of([left(asked, turn_id, after=after) for asked, turn_id in pairs for after in (1, 2)])
    await become_true(lambda: not names_of_tasks() - alone)
    pool: Any = chat.database.engine.pool
    assert pool.checkedout() == 0
    # The turns themselves are undisturbed, and end when somebody says so.
    assert {row.outcome for row in await chat.rows(Turn)} == {None}
    await asyncio.gather(*(person.request("POST", f"/turns/{turn_id}/stop") for turn_id in turn_ids))
    assert {row.outcome for row in await chat.rows(Turn)} == {"stopped"}


def names_of_tasks() -> Counter[str]:
    """What is being done in this process, and how often each."""
    return Counter(str(getattr(task.get_coro(), "__qualname__", "")) for task in asyncio.all_tasks())


async def become_true(look: Callable[[], bool]) -> None:
    """Look again and again: nobody tells when the last task of many is over."""
    async with asyncio.timeout(10):
        while not look():  # noqa: ASYNC110 - tasks of others have no event to await
            await asyncio.sleep(0.01)


async def left(asked: Asked, turn_id: str, *, after: int) -> None:
    """Follow through every door, and leave in the middle."""
    for door in FOLLOW:
        heard = 0
        async with aclosing(FOLLOW[door](asked.person, asked.conversation, turn_id, None)) as events:
            async for _ in events:
                heard += 1
                if heard == after:
                    break
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.01):
            await asked.answered()
