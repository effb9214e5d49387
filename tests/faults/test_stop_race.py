"""Stopping a turn in the very moment in which it ends by itself: one outcome, and everybody tells the same one."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from tests.chat_service.conftest import Chat, Event, Person, running_chat
from tests.faults.books import ensure_in_order, settled_books

from chat_service.models import ChatTable
from chat_service.providers.port import Delta, Finish, Usage
from chat_service.turns.events import CLOSING, fold
from service_kit.testing import created_tables

RACES = 500
LANES = 10
# A stop takes about so many steps of the event loop to arrive; the last delta is said at one of them.
STEPS = 90

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def chat(database_url: str) -> AsyncIterator[Chat]:
    tables = created_tables(database_url, ChatTable.metadata)
    async with tables, running_chat(database_url, messages_per_minute=100_000) as chat:
        yield chat


async def test_a_stop_racing_the_last_delta_has_one_outcome(chat: Chat) -> None:
    dice = random.Random(500)
    steps = [[dice.randrange(STEPS) for _ in range(RACES // LANES)] for _ in range(LANES)]
    outcomes = sum(await asyncio.gather(*(races(chat, lane) for lane in steps)), Counter[str]())
    # Otherwise nothing was raced for.
    assert outcomes.keys() == {"finished", "stopped"}, outcomes
    assert outcomes.total() == RACES
    books = await settled_books(chat.database)
    ensure_in_order(books)
    assert len(books.turns) == RACES


async def races(chat: Chat, lane: list[int]) -> Counter[str]:
    """Race one turn after the other, and compare what everybody was told with what is stored."""
    person = chat.person()
    conversation = await person.start()
    told = [await race(chat, person, conversation, steps) for steps in lane]
    stored = {reply["turn_id"]: reply for reply in await person.messages(conversation) if reply["role"] == "assistant"}
    for turn_id, outcome, events in told:
        assert folded(events[:-1])["content"] == stored[turn_id]["content"]
        assert events[-1]["reply"] == stored[turn_id]
        # A stop that was answered is answered with the outcome.
        assert outcome == stored[turn_id]["outcome"]
        assert outcome == ("finished" if stored[turn_id]["finish_reason"] else "stopped")
    return Counter(outcome for _, outcome, _ in told)


async def race(chat: Chat, person: Person, conversation: str, steps: int) -> tuple[str, str, list[Event]]:
    """Let one turn end and be stopped at once."""
    say_the_last = asyncio.Event()
    chat.provider.will_play(Delta("first "), say_the_last, Delta("last"), Finish("stop"), Usage(3, 2))
    turn_id = (await person.begin(conversation, "?"))["turn"]["id"]
    following = [asyncio.create_task(person.events(turn_id)) for _ in range(2)]
    stopping = asyncio.create_task(person.request("POST", f"/turns/{turn_id}/stop"))
    for _ in range(steps):
        await asyncio.sleep(0)
    say_the_last.set()
    stopped = await stopping
    assert stopped.status_code == 200, stopped.text
    one, other = await asyncio.gather(*following)
    assert one == other
    assert sum(event["kind"] in CLOSING for event in one) == 1
    return turn_id, stopped.json()["outcome"], one


def folded(events: list[Event]) -> Event:
    reply: Event | None = None
    for event in events:
        reply = fold(reply, event)
    assert reply is not None
    return reply
