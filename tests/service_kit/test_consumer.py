"""The consumer: whatever the doorbell does, every event is applied in order, once, and soon."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.responses import Response
from tests.service_kit.mailroom import MemoryInbox, MemorySource
from tests.service_kit.patience import until
from tests.service_kit.producer import Producer, registered

from service_kit.app import background
from service_kit.events.bus import Ring, SilentBus
from service_kit.events.consumer import Consumer, HttpSource, Position, SourceRestarted, SourceUnreachable
from service_kit.testing import INTERNAL_TOKEN, MemoryBus, served

PATIENCE_SECONDS = 15


@pytest.fixture
def source() -> MemorySource:
    """A source in memory."""
    return MemorySource()


@pytest.fixture
def inbox() -> MemoryInbox:
    """An inbox in memory."""
    return MemoryInbox()


@asynccontextmanager
async def consuming(source: MemorySource, inbox: MemoryInbox, bus: MemoryBus | SilentBus) -> AsyncIterator[Consumer]:
    """Run a consumer that has reached the head."""
    consumer = Consumer(source, inbox, bus)
    async with asyncio.timeout(PATIENCE_SECONDS), background(consumer.run()):
        await inbox.reaches(Position(source.epoch, len(source.events)))
        yield consumer


async def test_what_waits_is_pulled_page_by_page(source: MemorySource, inbox: MemoryInbox) -> None:
    source.page = 7
    source.tell(50)
    consumer = Consumer(source, inbox, SilentBus())
    await consumer.pull_to_head()
    assert inbox.applied == source.events
    assert (consumer.is_caught_up, consumer.lag, source.pulls) == (True, 0, 8)


async def test_a_ring_that_continues_needs_no_pull(source: MemorySource, inbox: MemoryInbox) -> None:
    source.tell(2)
    consumer = Consumer(source, inbox, SilentBus())
    await consumer.pull_to_head()
    pulls = source.pulls
    await consumer.hear(source.ring(source.tell(3)))
    assert (inbox.applied, source.pulls) == (source.events, pulls)


async def test_a_ring_heard_again_or_late_changes_nothing(source: MemorySource, inbox: MemoryInbox) -> None:
    consumer = Consumer(source, inbox, SilentBus())
    await consumer.pull_to_head()
    first, second = source.ring(source.tell(2)), source.ring(source.tell(2))
    for ring in (first, second, first, second, first):
        await consumer.hear(ring)
    assert inbox.applied == source.events


async def test_a_ring_that_overlaps_gives_only_its_news(source: MemorySource, inbox: MemoryInbox) -> None:
    consumer = Consumer(source, inbox, SilentBus())
    await consumer.pull_to_head()
    await consumer.hear(source.ring(source.tell(2)))
    source.tell(2)
    await consumer.hear(source.ring(source.events[1:]))
    assert inbox.applied == source.events


async def test_a_missed_ring_is_noticed_by_the_next(source: MemorySource, inbox: MemoryInbox) -> None:
    consumer = Consumer(source, inbox, SilentBus())
    await consumer.pull_to_head()
    source.tell(3)
    await consumer.hear(source.ring(source.tell(1)))
    assert inbox.applied == source.events


@pytest.mark.parametrize("holes", [(2,), (1,), (2, 3)])
async def test_a_ring_with_a_hole_is_not_believed(
    source: MemorySource, inbox: MemoryInbox, holes: tuple[int, ...]
) -> None:
    consumer = Consumer(source, inbox, SilentBus())
    await consumer.pull_to_head()
    told = [event for event in source.tell(4) if event.sequence not in holes]
    await consumer.hear(Ring(source.name, source.epoch, 4, tuple(reversed(told))))
    assert inbox.applied == source.events


async def test_a_ring_without_letters_or_of_another_epoch_makes_it_pull(
    source: MemorySource, inbox: MemoryInbox
) -> None:
    consumer = Consumer(source, inbox, SilentBus())
    await consumer.pull_to_head()
    source.tell(500)
    await consumer.hear(Ring(source.name, source.epoch, 500, ()))
    assert inbox.applied == source.events
    forged = MemorySource(epoch="forged", events=list(source.events)).tell(1)
    await consumer.hear(Ring(source.name, "forged", 501, tuple(forged)))
    assert inbox.applied == source.events


async def test_a_storm_of_rings_duplicated_reordered_lost_delayed_and_replayed(
    source: MemorySource, inbox: MemoryInbox
) -> None:
    dice, bus = random.Random(1), MemoryBus()
    async with consuming(source, inbox, bus):
        rings: list[Ring] = []
        for _ in range(300):
            rings.append(source.ring(source.tell(dice.randint(1, 4))))
            for ring in dice.choices(rings[-50:], k=dice.randrange(4)):
                await bus.publish(ring)
            await asyncio.sleep(0)
        await inbox.reaches(Position(source.epoch, len(source.events)))
    assert inbox.applied == source.events


async def test_a_lost_ring_is_made_up_for_while_others_ring_all_the_time(
    source: MemorySource, inbox: MemoryInbox
) -> None:
    """A busy neighbour on the same channel must not keep a quiet source from being looked at."""
    bus, neighbour = MemoryBus(), MemorySource(name="busy-service")

    async def ring_all_the_time() -> None:
        while True:
            await bus.publish(neighbour.ring(neighbour.tell(1)))
            await asyncio.sleep(0.01)

    async with consuming(source, inbox, bus), background(ring_all_the_time()):
        source.tell(1)
        await inbox.reaches(Position(source.epoch, 1))


async def test_it_can_be_ended_while_it_rings(source: MemorySource, inbox: MemoryInbox) -> None:
    """A cancellation that comes together with a ring must not be forgotten: the service could not stop."""
    bus = MemoryBus()
    for _ in range(20):
        async with consuming(source, inbox, bus):
            await bus.publish(source.ring(source.tell(1)))
    assert bus.is_live is False


async def test_without_a_doorbell_the_letterbox_is_watched(source: MemorySource, inbox: MemoryInbox) -> None:
    async with consuming(source, inbox, SilentBus()):
        source.tell(5)
        await inbox.reaches(Position(source.epoch, 5))
    assert inbox.applied == source.events


async def test_a_new_epoch_is_consumed_from_its_beginning(source: MemorySource, inbox: MemoryInbox) -> None:
    source.tell(3)
    async with consuming(source, inbox, SilentBus()):
        before = list(inbox.applied)
        source.epoch, source.events = "two", []
        source.tell(2)
        await inbox.reaches(Position("two", 2))
    assert inbox.applied == before + source.events


async def test_a_pruned_range_is_left_behind(source: MemorySource, inbox: MemoryInbox) -> None:
    source.tell(5)
    source.pruned = 3
    consumer = Consumer(source, inbox, SilentBus())
    await consumer.pull_to_head()
    assert [event.sequence for event in inbox.applied] == [4, 5]
    assert inbox.at == Position("one", 5)


async def test_a_letterbox_that_leaves_out_events_is_asked_again(source: MemorySource, inbox: MemoryInbox) -> None:
    source.tell(5)
    source.left_out = {3}
    consumer = Consumer(source, inbox, SilentBus())
    with pytest.raises(SourceUnreachable):
        await consumer.pull_to_head()
    assert inbox.applied == []
    source.left_out = set()
    async with consuming(source, inbox, SilentBus()):
        pass
    assert inbox.applied == source.events


async def test_it_knows_whether_it_is_current(source: MemorySource, inbox: MemoryInbox) -> None:
    source.is_down = True
    consumer = Consumer(source, inbox, SilentBus())
    async with asyncio.timeout(PATIENCE_SECONDS), background(consumer.run()):
        await until(lambda: source.pulls > 0)
        assert (consumer.is_caught_up, consumer.answered_at) == (False, None)
        source.tell(1)
        source.is_down = False
        await inbox.reaches(Position(source.epoch, 1))
        await until(lambda: consumer.is_caught_up)
        assert consumer.answered_at is not None
        source.is_down = True
        await until(lambda: not consumer.is_caught_up)


async def test_a_failing_inbox_is_tried_again(source: MemorySource, inbox: MemoryInbox) -> None:
    inbox.failures = [OperationalError("UPDATE", {}, OSError("gone")), ConnectionResetError()]
    source.tell(4)
    async with consuming(source, inbox, SilentBus()):
        assert inbox.applied == source.events
    assert inbox.failures == []


async def test_when_another_replica_was_faster_it_goes_on_from_there(source: MemorySource, inbox: MemoryInbox) -> None:
    """Two consumers share an inbox; what one has applied the other neither repeats nor misses."""
    bus = MemoryBus()
    async with consuming(source, inbox, bus), background(Consumer(source, inbox, bus).run()):
        for _ in range(50):
            await bus.publish(source.ring(source.tell(2)))
            await asyncio.sleep(0)
        await inbox.reaches(Position(source.epoch, 100))
    assert inbox.applied == source.events


def source_at(url: str, client: httpx2.AsyncClient, *, token: str = INTERNAL_TOKEN) -> HttpSource:
    """A source over HTTP."""
    return HttpSource("auth-service", url, reader="analytics-service", token=token, client=client)


async def test_letters_are_pulled_over_http(producer: Producer) -> None:
    events = [registered() for _ in range(3)]
    await producer.record(*events)
    await producer.relay.relay_once()
    async with served(producer.app(with_relay=False)) as url, httpx2.AsyncClient(trust_env=False) as client:
        source = source_at(url, client)
        letters = await source.pull(Position(None, 0), wait=0)
        assert [letter.open() for letter in letters.events] == events
        assert (await source.pull(Position(letters.epoch, 2), wait=0)).events == letters.events[2:]
        with pytest.raises(SourceRestarted) as restarted:
            await source.pull(Position("another", 2), wait=0)
        assert (restarted.value.epoch, restarted.value.pruned) == (letters.epoch, 0)
        with pytest.raises(SourceUnreachable):
            await source_at(url, client, token="x" * 40).pull(Position(None, 0), wait=0)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"epoch": "e", "head": "many", "pruned": 0, "events": []}'),
        (200, b'{"epoch": "e", "head": 1, "pruned": 0, "events": [7]}'),
        (302, b"{}"),
        (401, b"{}"),
        (409, b"{}"),
        (409, b"[]"),
        (410, b'{"epoch": "e", "pruned": "x"}'),
        (500, b"oops"),
        (503, b'{"code": "database_unavailable"}'),
    ],
)
async def test_a_wrong_answer_is_an_unreachable_source(status: int, body: bytes) -> None:
    app = FastAPI()

    @app.get("/internal/v1/events")
    async def answer() -> Response:
        return Response(body, status)

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as client:
        with pytest.raises(SourceUnreachable):
            await source_at("http://auth", client).pull(Position(None, 0), wait=0)


async def test_nobody_at_the_address_is_an_unreachable_source() -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(SourceUnreachable):
            await source_at("http://127.0.0.1:9", client).pull(Position(None, 0), wait=0)
