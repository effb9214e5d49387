"""One contract for every doorbell, and what the one over Redis does when Redis is gone."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from tests.contracts.redis_server import PrivateRedis, private_redis
from tests.service_kit.patience import until

from service_kit.clock import new_id, utc_now
from service_kit.contracts.events import CHANNEL, Envelope, UserRegistered
from service_kit.events.bus import WAITING_RINGS, Bus, RedisBus, Ring, Rings, SilentBus, bus_for
from service_kit.testing import MemoryBus

PATIENCE_SECONDS = 15


@pytest.fixture
async def redis() -> AsyncIterator[PrivateRedis]:
    """A Redis of this test's own."""
    async with private_redis() as redis:
        yield redis


@pytest.fixture(params=["memory", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    """Each doorbell."""
    if request.param == "memory":
        yield MemoryBus()
        return
    async with private_redis() as redis:
        bus = RedisBus(redis.url)
        yield bus
        await bus.close()


def ring(head: int = 1, *, events: int = 1) -> Ring:
    """A ring with letters."""
    letters = []
    for sequence in range(head - events + 1, head + 1):
        event = UserRegistered(tenant_id=new_id(), user_id=new_id(), role="user")
        letters.append(
            Envelope(
                id=event.event_id,
                source="auth-service",
                type=event.type,
                time=utc_now(),
                sequence=sequence,
                data=event.model_dump(mode="json"),
            )
        )
    return Ring("auth-service", "epoch", head, tuple(letters))


async def until_live(bus: Bus, *, is_so: bool = True) -> None:
    """Return when rings are heard, or are no more."""
    await until(lambda: bus.is_live is is_so)


async def heard(rings: Rings, count: int) -> list[Ring]:
    """Return so many rings."""
    told = [await rings.next(timeout=PATIENCE_SECONDS) for _ in range(count)]
    return [ring for ring in told if ring is not None]


async def test_a_ring_is_heard_as_it_was_rung(bus: Bus) -> None:
    told = ring(3, events=3)
    async with bus.listen() as rings:
        await until_live(bus)
        await bus.publish(told)
        assert await heard(rings, 1) == [told]


async def test_rings_keep_their_order(bus: Bus) -> None:
    told = [ring(head) for head in range(1, 41)]
    async with bus.listen() as rings:
        await until_live(bus)
        for one in told:
            await bus.publish(one)
        assert await heard(rings, len(told)) == told


async def test_nothing_rings(bus: Bus) -> None:
    async with bus.listen() as rings:
        await until_live(bus)
        assert await rings.next(timeout=0.05) is None
        assert await rings.next(timeout=0) is None


async def test_every_listener_hears(bus: Bus) -> None:
    told = ring()
    async with bus.listen() as one, bus.listen() as two:
        await until_live(bus)
        # A subscription takes a moment to stand, so it rings until both have heard.
        async with asyncio.timeout(PATIENCE_SECONDS):
            missing = {one, two}
            while missing:
                await bus.publish(told)
                missing -= {rings for rings in missing if await rings.next(timeout=0.05) == told}


async def test_nobody_listens(bus: Bus) -> None:
    await bus.publish(ring())
    assert not bus.is_live


async def test_a_listener_that_does_not_listen_costs_bounded_memory(bus: Bus) -> None:
    """The oldest rings are forgotten; the newest say where the letters end."""
    async with bus.listen() as rings:
        await until_live(bus)
        for head in range(1, WAITING_RINGS * 3 + 1):
            await bus.publish(ring(head))
        last = 0
        async with asyncio.timeout(PATIENCE_SECONDS):
            while last < WAITING_RINGS * 3:
                (told,) = await heard(rings, 1)
                assert told.head > last
                last = told.head


async def test_no_redis_is_a_silent_doorbell() -> None:
    bus = bus_for(None)
    assert isinstance(bus, SilentBus)
    async with bus.listen() as rings:
        await bus.publish(ring())
        assert await rings.next(timeout=0.05) is None
    assert not bus.is_live
    await bus.close()


GARBLED = [
    b"",
    b"\xff",
    b"7",
    b'"text"',
    b"{}",
    b'{"source": "a", "epoch": "e", "head": "many", "events": []}',
    b'{"source": "a", "epoch": "e", "head": 1, "events": [1]}',
    b'{"source": "a", "epoch": "e", "head": 1, "events": null}',
    b"[" * 5_000,
]


@pytest.mark.parametrize("raw", GARBLED)
def test_what_is_no_ring_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):
        Ring.decode(raw)


async def test_garbage_on_the_channel_is_passed_over(redis: PrivateRedis) -> None:
    bus, stranger = RedisBus(redis.url), Redis.from_url(redis.url)
    told = ring()
    async with bus.listen() as rings:
        await until_live(bus)
        for raw in GARBLED:
            await stranger.publish(CHANNEL, raw)
        await bus.publish(told)
        assert await heard(rings, 1) == [told]
    await stranger.aclose()
    await bus.close()


async def test_a_redis_that_was_never_there_is_not_waited_for(redis: PrivateRedis) -> None:
    """Publishing neither raises nor tries again while it rests; it rings as soon as Redis came and the rest is over."""
    await redis.kill()
    now = 0.0
    bus = RedisBus(redis.url, now=lambda: now)
    async with asyncio.timeout(PATIENCE_SECONDS), bus.listen() as rings:
        for _ in range(1_000):
            await bus.publish(ring())
        assert not bus.is_live

        await redis.start()
        await until_live(bus)
        await bus.publish(ring(7))
        assert await rings.next(timeout=0.05) is None
        now += 10
        await bus.publish(ring(8))
        assert [told.head for told in await heard(rings, 1)] == [8]
    await bus.close()


async def test_a_redis_that_dies_and_returns_is_heard_again(redis: PrivateRedis) -> None:
    now = 0.0
    bus = RedisBus(redis.url, now=lambda: now)
    async with asyncio.timeout(PATIENCE_SECONDS * 2), bus.listen() as rings:
        for head in range(1, 4):
            await until_live(bus)
            await bus.publish(ring(head))
            assert [told.head for told in await heard(rings, 1)] == [head]
            await redis.kill()
            await until_live(bus, is_so=False)
            await bus.publish(ring(99))
            now += 10
            await redis.start()
    await bus.close()


async def test_a_dropped_subscription_is_renewed(redis: PrivateRedis) -> None:
    bus, operator = RedisBus(redis.url), Redis.from_url(redis.url)
    async with asyncio.timeout(PATIENCE_SECONDS), bus.listen() as rings:
        await until_live(bus)
        await operator.client_kill_filter(_type="pubsub")
        await until_live(bus, is_so=False)
        await until_live(bus)
        await bus.publish(ring(5))
        assert [told.head for told in await heard(rings, 1)] == [5]
    await operator.aclose()
    await bus.close()


async def test_a_redis_that_does_not_answer_is_given_up() -> None:
    """It takes connections and says nothing: publishing ends by itself, and the next one does not even try."""
    connections = 0

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while await reader.read(1_000):
            pass
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    bus = RedisBus(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0", now=lambda: 0.0)
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _ in range(100):
            await bus.publish(ring())
    assert connections == 1
    await bus.close()
    server.close()
    await server.wait_closed()
