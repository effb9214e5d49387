"""The relay: rings when something is stamped, lives through failures, forgets only what every reader holds."""

import asyncio
from datetime import timedelta

from sqlalchemy import delete, insert, update
from tests.service_kit.producer import Producer, registered

from service_kit.app import background
from service_kit.clock import utc_now
from service_kit.events.bus import RING_MAX_EVENTS
from service_kit.events.relay import RETENTION
from service_kit.testing import MemoryBus

PATIENCE_SECONDS = 15


async def test_a_recorded_event_rings_at_once(producer: Producer, bus: MemoryBus) -> None:
    event = registered()
    async with asyncio.timeout(PATIENCE_SECONDS), bus.listen() as rings, background(producer.relay.run()):
        await producer.record(event)
        ring = await rings.next(timeout=PATIENCE_SECONDS)
    assert ring is not None
    assert (ring.source, ring.head, [letter.open() for letter in ring.events]) == ("auth-service", 1, [event])


async def test_many_events_ring_without_being_carried(producer: Producer, bus: MemoryBus) -> None:
    await producer.record(*(registered() for _ in range(RING_MAX_EVENTS + 1)))
    await producer.relay.relay_once()
    await producer.record(registered())
    await producer.relay.relay_once()
    assert [(ring.head, len(ring.events)) for ring in bus.rings] == [(101, 0), (102, 1)]


async def test_nothing_to_tell_does_not_ring(producer: Producer, bus: MemoryBus) -> None:
    assert await producer.relay.relay_once() == 0
    assert bus.rings == []


async def test_the_relay_survives_a_database_that_fails(producer: Producer, bus: MemoryBus) -> None:
    head = producer.outbox.head
    async with producer.database.read() as session:
        epoch, _, _ = await producer.outbox.position(session)
    await producer.execute(delete(head))
    async with producer.database.engine.begin() as connection:
        await connection.run_sync(head.drop)
    async with asyncio.timeout(PATIENCE_SECONDS), bus.listen() as rings, background(producer.relay.run()):
        await producer.record(registered())
        assert await rings.next(timeout=0.2) is None
        async with producer.database.engine.begin() as connection:
            await connection.run_sync(head.create)
            await connection.execute(insert(head).values(id=1, epoch=epoch, last_seq=0, pruned_seq=0))
        ring = await rings.next(timeout=PATIENCE_SECONDS)
    assert ring is not None
    assert ring.head == 1


async def test_only_old_letters_that_every_reader_holds_are_pruned(producer: Producer) -> None:
    events, old = producer.outbox.events, utc_now() - RETENTION - timedelta(hours=1)
    await producer.record(*(registered() for _ in range(10)))
    await producer.relay.relay_once()
    await producer.execute(update(events).where(events.c.seq <= 8).values(occurred_at=old))
    assert await producer.relay.prune() == 0, "nobody has read anything yet"

    await producer.letterbox.acknowledge("analytics-service", seq=9, at=utc_now())
    await producer.letterbox.acknowledge("auditor", seq=5, at=utc_now())
    assert await producer.relay.prune() == 5
    await producer.letterbox.acknowledge("auditor", seq=10, at=utc_now())
    assert await producer.relay.prune() == 3
    assert await producer.relay.prune() == 0

    assert [letter.sequence for letter in await producer.all_letters()] == [9, 10]
    async with producer.database.read() as session:
        _, head, pruned = await producer.outbox.position(session)
    assert (head, pruned) == (10, 8)


async def test_numbers_go_on_after_everything_was_pruned(producer: Producer) -> None:
    events, old = producer.outbox.events, utc_now() - RETENTION - timedelta(hours=1)
    await producer.record(registered(), registered())
    await producer.relay.relay_once()
    await producer.execute(update(events).values(occurred_at=old))
    await producer.letterbox.acknowledge("analytics-service", seq=2, at=utc_now())
    assert await producer.relay.prune() == 2
    await producer.record(registered())
    await producer.relay.relay_once()
    assert [letter.sequence for letter in await producer.all_letters()] == [3]
