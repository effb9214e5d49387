"""The outbox: an event exists exactly when its transaction does, and numbers have no gaps under any concurrency."""

import asyncio

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from tests.service_kit.producer import Producer, registered

from service_kit.clock import utc_now
from service_kit.db import Database
from service_kit.events.bus import SilentBus
from service_kit.events.relay import Relay

WRITERS = 6
EVENTS_EACH = 30
RELAYS = 3


async def test_an_event_is_told_only_if_its_transaction_commits(producer: Producer) -> None:
    async def fail_after_recording() -> None:
        async with producer.database.write() as session:
            await producer.outbox.record(session, registered())
            raise LookupError

    with pytest.raises(LookupError):
        await fail_after_recording()
    assert await producer.relay.relay_once() == 0
    assert not producer.outbox.recorded.is_set()

    await producer.record(registered())
    assert producer.outbox.recorded.is_set()
    assert await producer.relay.relay_once() == 1


async def test_the_same_event_is_recorded_once(producer: Producer) -> None:
    event = registered()
    await producer.record(event)
    with pytest.raises(IntegrityError):
        await producer.record(event)


async def test_an_event_arrives_as_it_was_told(producer: Producer) -> None:
    event, before = registered(), utc_now()
    await producer.record(event)
    await producer.relay.relay_once()
    (letter,) = await producer.all_letters()
    assert letter.open() == event
    assert (letter.id, letter.type, letter.sequence) == (event.event_id, event.type, 1)
    assert before <= letter.time <= utc_now()


async def test_the_epoch_is_made_once(producer: Producer) -> None:
    async with producer.database.read() as session:
        before = await producer.outbox.position(session)
    await producer.outbox.ensure_head(producer.database)
    async with producer.database.read() as session:
        assert await producer.outbox.position(session) == before


async def test_concurrent_writers_and_relays_leave_no_gap(producer: Producer) -> None:
    """Several processes write, several relays stamp: each event gets one number, the numbers are 1, 2, 3..."""
    done = asyncio.Event()
    others = [Database(producer.database.url) for _ in range(WRITERS + RELAYS)]
    told: list[str] = []

    async def write(database: Database) -> None:
        for _ in range(EVENTS_EACH):
            event = registered()
            async with database.write() as session:
                await producer.outbox.record(session, event)
            told.append(str(event.event_id))

    async def relay(database: Database) -> int:
        stamped = 0
        own = Relay(database, producer.outbox, SilentBus())
        while (count := await own.relay_once()) or not done.is_set():
            stamped += count
            await asyncio.sleep(0)
        return stamped

    relays = [asyncio.create_task(relay(database)) for database in others[WRITERS:]]
    await asyncio.gather(*(write(database) for database in others[:WRITERS]))
    done.set()
    stamped = await asyncio.gather(*relays)
    for database in others:
        await database.close()

    letters = await producer.all_letters()
    assert [letter.sequence for letter in letters] == list(range(1, WRITERS * EVENTS_EACH + 1))
    assert sorted(str(letter.id) for letter in letters) == sorted(told)
    assert sum(stamped) == len(letters)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_transaction_that_commits_late_is_not_skipped(producer: Producer) -> None:
    """It took its row number early; relaying by row number would pass it by."""
    late, early = registered(), registered()
    async with producer.database.write() as session:
        await producer.outbox.record(session, late)
        await producer.record(early)
        assert await producer.relay.relay_once() == 1
    assert await producer.relay.relay_once() == 1
    assert [letter.open() for letter in await producer.all_letters()] == [early, late]


async def test_a_damaged_row_stops_nobody(producer: Producer) -> None:
    """Whatever is in a row, relay and letterbox hand it on; the reader puts it aside."""
    events = producer.outbox.events
    first, damaged, no_object, last = registered(), registered(), registered(), registered()
    await producer.record(first, damaged, no_object, last)
    for event, text in ((damaged, '{"cut o'), (no_object, "[1, 2]")):
        await producer.execute(update(events).where(events.c.event_id == event.event_id).values(data=text))
    assert await producer.relay.relay_once() == 4

    letters = await producer.all_letters()
    assert [letters[0].open(), letters[3].open()] == [first, last]
    for letter in letters[1:3]:
        with pytest.raises(ValueError):
            letter.open()


async def test_more_events_than_a_batch_are_stamped_in_order(producer: Producer) -> None:
    rows = [
        {"event_id": event.event_id, "type": event.type, "occurred_at": utc_now(), "data": event.model_dump_json()}
        for event in (registered() for _ in range(1_500))
    ]
    async with producer.database.write() as session:
        await session.execute(insert(producer.outbox.events), rows)
    assert [await producer.relay.relay_once() for _ in range(3)] == [1_000, 500, 0]
    assert await producer.sequence_numbers() == list(range(1, 1_501))
