"""Replicas on one database and one Redis: what followers and listeners notice when Redis, an owner or a note is lost.

F13, F14, F15 of the fault catalogue.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from tests.chat_service.replica_pair import Heard, Two, dark_alley, two_replicas
from tests.contracts.replicas import end, folded, running_process, save, stored_turn, write
from tests.service_kit.patience import until

from chat_service.models import ChatTable
from chat_service.replicas.line import Began
from chat_service.replicas.streams import key_of
from chat_service.turns.follow import Place
from service_kit.db import Database
from service_kit.json_body import decode_json
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


async def test_nothing_is_written_to_redis_while_nobody_follows_elsewhere(two: Two) -> None:
    log = two.begin()
    here = Heard(two.owner.follow(two.turn))
    log.append("delta", text="for us alone")
    end(log)
    two.owner.logs.close(log)
    await here.task
    async with Redis.from_url(two.redis.url) as redis:
        assert await redis.keys("parley.*") == []


async def test_a_copy_is_given_up_in_time(two: Two) -> None:
    log = two.begin()
    there = Heard(two.reader.follow(two.turn))
    await there.until(bool)
    async with Redis.from_url(two.redis.url) as redis:
        assert 600 < await redis.ttl(key_of(log)) <= 3_600
        end(log)
        two.owner.logs.close(log)
        await there.task
        await until(lambda: log.listener_count == 0)
        assert 0 < await redis.ttl(key_of(log)) <= 600
    assert there.entries == log.after(0)


async def test_redis_dies_in_mid_turn_and_followers_go_on_from_checkpoints(two: Two) -> None:
    """F13: killed, restarted empty; live again afterwards, with nothing missing."""
    log = two.begin()
    log.append("delta", text="one ")
    there = Heard(two.reader.follow(two.turn))
    await there.until_text("one ")
    await two.redis.kill()
    log.append("delta", text="two ")
    log.append("reasoning", text="hm")
    await save(two.database, two.turn, log)
    await there.until_text("one two ")
    assert there.kinds == ["started", "delta", "snapshot"]
    assert (there.entries[-1].seq, decode_json(there.entries[-1].body)["reply"]["reasoning"]) == (4, "hm")
    await two.redis.start()
    await two.until_live()
    log.append("delta", text="three ")
    await there.until_text("one two three ")
    log.append("delta", text="four")
    await there.until_text("one two three four")
    # No checkpoint said so: these came live.
    assert there.kinds[3:] == ["delta", "delta"]
    end(log)
    two.owner.logs.close(log)
    await there.task
    assert folded(there.entries) == folded(log.after(0))
    there.never_went_back()


async def test_redis_loses_its_memory_between_two_words(two: Two) -> None:
    """F13: a restart that nobody noticed in time; the copy is written anew from its first event on."""
    log = two.begin()
    log.append("delta", text="one ")
    there = Heard(two.reader.follow(two.turn))
    await there.until_text("one ")
    async with Redis.from_url(two.redis.url) as redis:
        await redis.flushall()
        log.append("delta", text="two ")
        await there.until_text("one two ")
        late = Heard(two.reader.follow(two.turn))
        await late.until_text("one two ")
        await redis.flushall()
        end(log)
        two.owner.logs.close(log)
        await asyncio.wait([there.task, late.task])
    assert there.entries == late.entries == log.after(0)


async def test_a_torn_copy_is_noticed_and_written_anew(two: Two, database: Database) -> None:
    """A Redis that comes back as an older self may lack events in the middle."""
    log = two.begin()
    there = Heard(two.reader.follow(two.turn))
    for word in ("one ", "two ", "three "):
        log.append("delta", text=word)
        await there.until(lambda entries: len(entries) == log.last_seq)
    async with Redis.from_url(two.redis.url) as redis, running_process(database, two.redis.url) as third:
        await until(lambda: third.replica.line.is_live)
        assert await redis.xdel(key_of(log), "2-0") == 1
        late = Heard(third.follow(two.turn))
        await late.until_text("one two three ")
        await redis.xadd(key_of(log), {"kinds": "delta", "events": "no\nhow", "head": "x"}, id="5-0")
        log.append("delta", text="four")
        end(log)
        two.owner.logs.close(log)
        await asyncio.wait([there.task, late.task])
    assert there.entries == late.entries == log.after(0)


async def test_a_dropped_subscription_is_renewed_and_disturbs_no_follower(two: Two) -> None:
    """F15."""
    log = two.begin()
    there = Heard(two.reader.follow(two.turn))
    await there.until(bool)
    async with Redis.from_url(two.redis.url) as redis:
        await redis.client_kill_filter(_type="pubsub")
    await two.until_live(is_so=False)
    log.append("delta", text="still ")
    await there.until_text("still ")
    await two.until_live()
    end(log)
    two.owner.logs.close(log)
    await there.task
    assert there.entries == log.after(0)


async def test_a_redis_that_swallows_everything_is_noticed(two: Two, database: Database) -> None:
    """F14: connections stand, and nothing comes; as good as dead for who is behind it."""
    async with dark_alley(two.redis.port) as (url, lamp), running_process(database, url) as afar:
        await until(lambda: afar.replica.line.is_live)
        log = two.begin()
        log.append("delta", text="one ")
        there = Heard(afar.follow(two.turn))
        await there.until_text("one ")
        lamp.clear()
        log.append("delta", text="two ")
        await save(database, two.turn, log)
        await there.until_text("one two ")
        assert there.kinds[-1] == "snapshot"
        await until(lambda: not afar.replica.line.is_live)
        lamp.set()
        await until(lambda: afar.replica.line.is_live)
        log.append("delta", text="three")
        await there.until_text("one two three")
        assert there.kinds[-1] == "delta"
        end(log)
        two.owner.logs.close(log)
        await there.task
        there.never_went_back()


async def test_an_owner_that_cannot_write_to_redis_is_followed_by_its_checkpoints(two: Two, database: Database) -> None:
    async with dark_alley(two.redis.port) as (url, lamp), running_process(database, url) as owner:
        await until(lambda: owner.replica.line.is_live)
        log = owner.begin(two.turn, two.question, two.reply)
        there = Heard(two.reader.follow(two.turn))
        await there.until(bool)
        lamp.clear()
        log.append("delta", text="unheard ")
        await save(database, two.turn, log)
        await there.until_text("unheard ")
        lamp.set()
        log.append("delta", text="heard")
        await there.until_text("unheard heard")
        assert there.kinds == ["started", "snapshot", "delta"]
        end(log)
        owner.logs.close(log)
        await there.task


async def test_the_end_of_a_turn_whose_owner_died_is_told_once(two: Two) -> None:
    """F02: what the follower heard beyond the last checkpoint is gone; the end says what is kept."""
    log = two.begin()
    log.append("delta", text="saved ")
    await save(two.database, two.turn, log)
    there = Heard(two.reader.follow(two.turn))
    log.append("delta", text="not saved")
    await there.until_text("saved not saved")
    facts = {"content": "saved ", "error_code": "interrupted"}
    await write(two.database, two.turn, 2, outcome="interrupted", **facts)
    await there.task
    assert there.kinds == ["started", "delta", "delta", "snapshot", "failed"]
    assert [entry.seq for entry in there.entries] == sorted(entry.seq for entry in there.entries)
    reply = folded(there.entries)
    assert reply is not None
    assert (reply["content"], reply["outcome"]) == ("saved ", "interrupted")


async def test_a_turn_that_was_given_up_here_is_ended_by_what_the_database_says(two: Two) -> None:
    """Its task broke: the log is closed without an end, and the reaper writes the end."""
    log = two.begin()
    followers = [Heard(process.follow(two.turn)) for process in (two.owner, two.reader)]
    for each in followers:
        await each.until(bool)
    two.owner.logs.close(log)
    await write(two.database, two.turn, 1, outcome="interrupted", error_code="interrupted")
    for each in followers:
        await each.task
        assert each.kinds[0] == "started"
        assert each.kinds.count("failed") == 1
        assert each.kinds[-1] == "failed"


async def test_a_turn_that_ended_long_ago_is_told_from_the_database(two: Two) -> None:
    await write(two.database, two.turn, 9, outcome="finished", content="done")
    two.turn.outcome = "finished"
    for place in (Place(), Place(two.turn.epoch, 4), Place("other", 4)):
        entries = await two.reader.all(two.turn, place)
        assert [entry.kind for entry in entries] == ["snapshot", "done"]
        assert (folded(entries) or {})["content"] == "done"


async def test_a_checkpoint_that_is_older_than_what_was_heard_is_not_shown(two: Two) -> None:
    log = two.begin()
    log.append("delta", text="a")
    await save(two.database, two.turn, log)
    for word in "bcdef":
        log.append("delta", text=word)
    # It heard up to the fifth event from the owner itself, and comes back elsewhere while Redis is away.
    await two.redis.kill()
    await two.until_live(is_so=False)
    there = Heard(two.reader.follow(two.turn, Place(two.turn.epoch, 5)))
    await until(lambda: two.reader.replica.mirrors.count == 1)
    await save(two.database, two.turn, log)
    await there.until(bool)
    first = there.entries[0]
    assert (first.kind, first.seq) == ("snapshot", 7)
    there.task.cancel()
    await asyncio.wait([there.task])


async def test_without_redis_followers_elsewhere_read_checkpoints_to_the_end(database: Database) -> None:
    turn, question, reply = await stored_turn(database)
    async with running_process(database, None) as owner, running_process(database, None) as reader:
        log = owner.begin(turn, question, reply)
        there = Heard(reader.follow(turn))
        log.append("delta", text="one ")
        await save(database, turn, log)
        await there.until_text("one ")
        log.append("delta", text="two")
        await save(database, turn, log)
        await there.until_text("one two")
        await write(database, turn, log.last_seq + 2, outcome="finished")
        await there.task
        assert there.kinds[-1] == "done"
        assert set(there.kinds[:-1]) == {"snapshot"}
        there.never_went_back()


async def test_who_follows_a_queued_turn_hears_it_begin_wherever_that_is(two: Two) -> None:
    turn, question, reply = await stored_turn(two.database, is_queued=True)
    followers = [Heard(process.follow(turn)) for process in (two.owner, two.reader)]
    await until(lambda: two.owner.replica.mirrors.count == two.reader.replica.mirrors.count == 1)
    log = two.owner.begin(turn, question, reply)
    two.owner.replica.line.tell(Began(turn.conversation_id, turn.id, turn.owner_id))
    log.append("delta", text="at last")
    end(log)
    two.owner.logs.close(log)
    for each in followers:
        await each.task
        assert each.entries == log.after(0)
