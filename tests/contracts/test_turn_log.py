"""One contract for following a turn: where it runs, and from another replica through Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from tests.contracts.redis_server import private_redis
from tests.contracts.replicas import Process, end, folded, running_process, scope_of, stored_turn
from tests.service_kit.patience import until

from chat_service.models import ChatTable, Message, Turn
from chat_service.turns.ear import SlowFollower
from chat_service.turns.follow import Place
from chat_service.turns.log import Entry, TurnLog
from service_kit.json_body import decode_json
from service_kit.testing import created_tables

PATIENCE_SECONDS = 30


@dataclass
class House:
    """Where turns run, and where they are followed: perhaps the same process."""

    owner: Process
    reader: Process
    turn: Turn
    question: Message
    reply: Message

    def begin(self) -> TurnLog:
        """Begin the turn."""
        return self.owner.begin(self.turn, self.question, self.reply)

    def follow(self, seq: int = 0, *, epoch: str | None = None) -> AsyncIterator[Entry]:
        """Follow after an event."""
        return self.reader.follow(self.turn, Place(epoch or self.turn.epoch, seq))

    async def all(self, seq: int = 0, *, epoch: str | None = None) -> list[Entry]:
        """Follow after an event to the end."""
        return [entry async for entry in self.follow(seq, epoch=epoch)]

    @property
    def nothing_is_left(self) -> bool:
        """Whether no trace of a follower is left where it followed."""
        log = self.reader.logs.find(self.turn.id)
        return self.reader.replica.mirrors.count == 0 and (log is None or log.listener_count == 0)


@pytest.fixture(params=["here", "elsewhere"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A turn that is followed where it runs, and one that is followed from another replica."""
    async with AsyncExitStack() as stack:
        url = f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}"
        database = await stack.enter_async_context(created_tables(url, ChatTable.metadata))
        rows = await stored_turn(database)
        if request.param == "here":
            process = await stack.enter_async_context(running_process(database, None))
            yield House(process, process, *rows)
            return
        redis = await stack.enter_async_context(private_redis())
        owner = await stack.enter_async_context(running_process(database, redis.url))
        reader = await stack.enter_async_context(running_process(database, redis.url))
        await until(lambda: all(process.replica.line.is_live for process in (owner, reader)))
        yield House(owner, reader, *rows)


@pytest.fixture(autouse=True)
async def patience() -> AsyncIterator[None]:
    """Nothing here may wait for ever."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        yield


async def heard(events: AsyncIterator[Entry], count: int) -> list[Entry]:
    """The next events."""
    return [await anext(events) for _ in range(count)]


def say(log: TurnLog, *words: str) -> None:
    """Say words."""
    for word in words:
        log.append("delta", text=word)


async def test_the_same_events_with_the_same_numbers_and_bytes(house: House) -> None:
    log = house.begin()
    following = house.follow()
    say(log, "Hé", "llo ", "\n\n", "漢字", "🙂")
    log.append("reasoning", text="hm")
    end(log)
    house.owner.logs.close(log)
    entries = [entry async for entry in following]
    assert entries == log.after(0)
    assert [decode_json(entry.body)["seq"] for entry in entries] == list(range(1, len(entries) + 1))


async def test_events_are_heard_while_they_are_said(house: House) -> None:
    log = house.begin()
    following = house.follow()
    (started,) = await heard(following, 1)
    assert started.kind == "started"
    for word in ("one", "two", "three"):
        say(log, word)
        (entry,) = await heard(following, 1)
        assert decode_json(entry.body)["text"] == word


async def test_followers_at_any_place_read_the_same_events(house: House) -> None:
    log = house.begin()
    say(log, *"before")
    readers = [asyncio.create_task(house.all(seq)) for seq in (0, 0, 1, 7)]
    for number in range(20):
        say(log, str(number))
        await asyncio.sleep(0)
    end(log)
    house.owner.logs.close(log)
    whole = log.after(0)
    assert await asyncio.gather(*readers) == [whole, whole, whole[1:], whole[7:]]


async def test_who_comes_late_hears_everything(house: House) -> None:
    log = house.begin()
    say(log, *(str(number) for number in range(5_000)))
    early = house.follow()
    assert await heard(early, 5_001) == log.after(0)
    late = house.follow(2_500)
    assert await heard(late, 2_501) == log.after(2_500)
    end(log)
    house.owner.logs.close(log)
    assert [entry async for entry in early] == log.after(5_001)
    assert [entry async for entry in late] == log.after(5_001)


async def test_who_comes_after_the_end_hears_the_end_once(house: House) -> None:
    log = house.begin()
    say(log, "all ", "of it")
    end(log)
    house.owner.logs.close(log)
    entries = await house.all()
    assert [entry.kind for entry in entries] == ["started", "delta", "delta", "usage", "done"]


@pytest.mark.parametrize("place", [Place("another epoch", 2), Place("unknown", 0)])
async def test_another_epoch_is_told_by_a_snapshot(house: House, place: Place) -> None:
    log = house.begin()
    say(log, "a", "é", "漢")
    log.append("reasoning", text="because")
    log.append("tool", step={"call_id": "1", "name": "n", "arguments": "{}", "state": "running", "result": None})
    following = house.follow(place.seq, epoch=place.epoch)
    (first,) = await heard(following, 1)
    assert first.kind == "snapshot"
    told = decode_json(first.body)
    assert told["recovered"] is False
    # The letters fit the number: folding what the log says up to there gives the same.
    assert told["reply"] == folded(log.after(0)[: first.seq])
    say(log, "!")
    end(log)
    house.owner.logs.close(log)
    rest = [entry async for entry in following]
    assert rest == log.after(first.seq)
    assert folded([first, *rest]) == folded(log.after(0))


async def test_a_place_that_was_never_reached_is_told_by_a_snapshot(house: House) -> None:
    log = house.begin()
    say(log, "a")

    async def speak() -> None:
        while True:
            say(log, ".")
            await asyncio.sleep(0.05)

    speaking = asyncio.create_task(speak())
    try:
        (first,) = await heard(house.follow(9_000), 1)
    finally:
        speaking.cancel()
    assert first.kind == "snapshot"
    assert decode_json(first.body)["reply"] == folded(log.after(0)[: first.seq])


async def test_a_follower_that_does_not_keep_up_is_let_go_and_the_turn_goes_on(house: House) -> None:
    """F32."""
    log = house.begin()
    slow, quick = house.follow(), house.follow()
    assert await heard(slow, 1) == await heard(quick, 1)
    heard_by_quick = 1
    for _ in range(120):
        say(log, "x" * 10_000)
        heard_by_quick += len(await heard(quick, 1))
    with pytest.raises(SlowFollower):
        await heard(slow, 120)
    assert heard_by_quick == log.last_seq == 121
    # It may come back where it was; what waits for it then is a replay.
    assert await heard(house.follow(1), 120) == log.after(1)


async def test_a_long_replay_is_not_slowness(house: House) -> None:
    log = house.begin()
    say(log, *("x" * 10_000 for _ in range(400)))
    following = house.follow()
    entries = []
    async for entry in following:
        entries.append(entry)
        await asyncio.sleep(0)
        if entry.seq == 401:
            break
    assert entries == log.after(0)


async def test_a_follower_that_leaves_leaves_nothing_behind(house: House) -> None:
    log = house.begin()
    say(log, "word")
    tasks = [asyncio.create_task(house.all()) for _ in range(20)]
    await until(lambda: not house.nothing_is_left)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await until(lambda: house.nothing_is_left)
    end(log)
    house.owner.logs.close(log)
    assert await house.all() == log.after(0)
    await until(lambda: house.nothing_is_left)


async def test_a_poll_returns_what_there_is_and_waits_for_what_there_is_not(house: House) -> None:
    turn, scope, poll = house.turn, scope_of(house.turn), house.reader.followers.poll
    log = house.begin()
    say(log, "one")
    heard_so_far: list[Entry] = []
    place, is_over = Place(), False
    while len(heard_so_far) < 2:
        entries, place, is_over = await poll(scope, turn, place, wait_seconds=PATIENCE_SECONDS)
        heard_so_far += entries
    assert (place, is_over) == (Place(turn.epoch, 2), False)
    assert await poll(scope, turn, place, wait_seconds=0.05) == ([], place, False)
    waiting = asyncio.create_task(poll(scope, turn, place, wait_seconds=PATIENCE_SECONDS))
    await until(lambda: not house.nothing_is_left)
    end(log)
    house.owner.logs.close(log)
    entries, place, is_over = await waiting
    heard_so_far += entries
    while not is_over:
        entries, place, is_over = await poll(scope, turn, place, wait_seconds=PATIENCE_SECONDS)
        heard_so_far += entries
    assert heard_so_far == log.after(0)


async def test_nothing_is_heard_of_another_turn(house: House) -> None:
    log = house.begin()
    other = house.owner.logs.open(uuid4(), "e")
    other.append("delta", text="not for you")
    say(log, "for you")
    end(log)
    house.owner.logs.close(log)
    assert all(str(house.turn.id).encode() in entry.body for entry in await house.all())
