"""The line between replicas, and the lookout: stops and new turns are heard everywhere, with Redis or without.

F12, F13, F14 of the fault catalogue.
"""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from tests.chat_service.replica_pair import Two, two_replicas
from tests.contracts.redis_server import private_redis
from tests.contracts.replicas import made_turn, running_process, stored_turn
from tests.service_kit.patience import until

from chat_service.models import ChatTable
from chat_service.replicas.line import CHANNEL, Began, RedisLine, SilentLine, Stop, line_for
from service_kit.db import Database
from service_kit.testing import created_tables

PATIENCE_SECONDS = 40


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with its tables."""
    async with created_tables(database_url, ChatTable.metadata) as database:
        yield database


@pytest.fixture
async def two(database: Database) -> AsyncIterator[Two]:
    """Two replicas that hear each other."""
    async with two_replicas(database) as two:
        yield two


@pytest.fixture(autouse=True)
async def patience() -> AsyncIterator[None]:
    """Nothing here may wait for ever."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        yield


async def test_a_stop_is_heard_by_every_replica(two: Two) -> None:
    two.reader.replica.line.tell(Stop(two.turn.id))
    await until(lambda: two.owner.stopped == two.reader.stopped == [two.turn.id])


async def test_listeners_hear_of_turns_that_begin_elsewhere(two: Two) -> None:
    two.reader.listened.add(two.turn.conversation_id)
    two.owner.listened.add(two.turn.conversation_id)
    two.begin()
    _, other, _, _ = made_turn()
    line = two.owner.replica.line
    line.tell(Began(other.conversation_id, other.id, other.owner_id))
    line.tell(Began(two.turn.conversation_id, two.turn.id, two.turn.owner_id))
    await until(lambda: bool(two.reader.noticed))
    assert {turn.id for turn in two.reader.noticed} == {two.turn.id}
    # Who runs it has told its own listeners.
    assert two.owner.noticed == []


async def test_listeners_hear_of_turns_while_there_is_no_line(database: Database) -> None:
    running, _, _ = await stored_turn(database)
    ended, _, _ = await stored_turn(database, outcome="finished")
    await stored_turn(database)
    async with running_process(database, None) as process:
        process.listened |= {running.conversation_id, ended.conversation_id, uuid4()}
        await until(lambda: bool(process.noticed))
        assert {turn.id for turn in process.noticed} == {running.id}


async def test_what_began_while_the_line_was_dead_is_noticed(two: Two) -> None:
    """F13."""
    await two.redis.kill()
    await two.until_live(is_so=False)
    two.reader.listened.add(two.turn.conversation_id)
    two.owner.replica.line.tell(Began(two.turn.conversation_id, two.turn.id, two.turn.owner_id))
    await until(lambda: bool(two.reader.noticed))
    assert two.reader.noticed[0].id == two.turn.id


async def test_garbage_on_the_line_is_passed_over(two: Two) -> None:
    async with Redis.from_url(two.redis.url) as redis:
        for raw in (b"", b"\xff", b"7", b"{}", b'{"kind": "stop"}', b'{"kind": "began", "turn_id": 1}', b"[" * 5_000):
            await redis.publish(CHANNEL, raw)
    two.owner.replica.line.tell(Stop(two.turn.id))
    await until(lambda: two.reader.stopped == [two.turn.id])


async def test_telling_costs_nothing_while_redis_is_away(two: Two) -> None:
    """F12, F14: nobody waits, nothing is raised, and what waits is bounded."""
    await two.redis.kill()
    line = two.owner.replica.line
    for _ in range(50_000):
        line.tell(Stop(two.turn.id))
    await two.redis.start()
    await two.until_live()
    await until(lambda: bool(two.reader.stopped))
    assert len(two.reader.stopped) <= 1_000


async def test_no_redis_is_a_silent_line() -> None:
    line = line_for(None)
    assert isinstance(line, SilentLine)
    line.listen(lambda note: None)
    line.tell(Stop(uuid4()))
    await line.run()
    assert not line.is_live
    await line.close()


async def test_a_listener_that_fails_does_not_end_the_line() -> None:
    async with private_redis() as redis:
        line = RedisLine(redis.url)
        heard: list[object] = []

        def fail(note: object) -> None:
            raise RuntimeError("not today")

        line.listen(fail)
        line.listen(heard.append)
        running = asyncio.create_task(line.run())
        await until(lambda: line.is_live)
        told = [Stop(uuid4()), Stop(uuid4())]
        for note in told:
            line.tell(note)
        await until(lambda: heard == told)
        running.cancel()
        await asyncio.wait([running])
        await line.close()
