"""The doorbell: Redis pub/sub tells consumers at once that letters wait. It may lose rings; nothing is lost by it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from service_kit.contracts.events import CHANNEL, Envelope
from service_kit.json_body import decode_json, encode_json
from service_kit.logs import get_logger

CONNECT_TIMEOUT_SECONDS = 0.25
COMMAND_TIMEOUT_SECONDS = 0.5
REST_SECONDS = 1.0
LISTEN_SECONDS = 5.0
WAITING_RINGS = 100
RING_MAX_EVENTS = 100

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring of the doorbell: whose letterbox has something, up to where, and the letters themselves when few."""

    source: str
    epoch: str
    head: int
    events: tuple[Envelope, ...]

    def encode(self) -> bytes:
        """Encode for the wire."""
        events = [envelope.model_dump() for envelope in self.events]
        return encode_json({"source": self.source, "epoch": self.epoch, "head": self.head, "events": events})

    @classmethod
    def decode(cls, raw: bytes) -> "Ring":
        """Decode, or raise ValueError when this is no ring."""
        body = decode_json(raw)
        try:
            events = tuple(Envelope.model_validate(event) for event in body["events"])
            return cls(str(body["source"]), str(body["epoch"]), int(body["head"]), events)
        except (KeyError, TypeError) as error:
            raise ValueError("not a ring") from error


class Rings(Protocol):
    """What a listener hears."""

    async def next(self, *, timeout: float) -> Ring | None:
        """Return the next ring, or None when nothing rang within `timeout` seconds."""
        ...


class Bus(Protocol):
    """The doorbell. Publishing never raises and never waits long; listening never ends by itself."""

    async def publish(self, ring: Ring) -> None:
        """Ring; whoever does not hear it finds the letters on the next round."""
        ...

    def listen(self) -> AbstractAsyncContextManager[Rings]:
        """Hear the rings from now on."""
        ...

    @property
    def is_live(self) -> bool:
        """Whether rings are being heard at the moment."""
        ...

    async def close(self) -> None:
        """Give back what is held."""
        ...


class QueuedRings:
    """Rings that wait for their listener; when too many wait, the oldest is forgotten, as a doorbell may."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Ring] = asyncio.Queue(WAITING_RINGS)

    def put(self, ring: Ring) -> None:
        """Add a ring."""
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(ring)

    async def next(self, *, timeout: float) -> Ring | None:
        """Return the next ring in time, or None."""
        try:
            # Not wait_for: before Python 3.12 it forgets a cancellation that comes together with a ring.
            async with asyncio.timeout(timeout):
                return await self._queue.get()
        except TimeoutError:
            return None


class SilentBus:
    """No Redis: nothing rings, consumers look into the letterbox by themselves."""

    is_live = False

    async def publish(self, ring: Ring) -> None:
        """Do nothing."""

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[QueuedRings]:
        """Hear nothing."""
        yield QueuedRings()

    async def close(self) -> None:
        """Nothing is held."""


class RedisBus:
    """The doorbell over Redis. After a failure it rests a moment, so that nobody waits for a dead server."""

    def __init__(self, url: str, *, now: Callable[[], float] = time.monotonic) -> None:
        # The client's own retries would block for seconds; the letterbox makes them needless.
        self._redis: Redis = Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
            socket_timeout=COMMAND_TIMEOUT_SECONDS,
        )
        # Listening waits for long; its connection must not give up after a command's time.
        self._listening: Redis = Redis.from_url(
            url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=CONNECT_TIMEOUT_SECONDS, health_check_interval=5
        )
        self._now = now
        self._resting_until = float("-inf")
        self._is_subscribed = False
        self._down: set[str] = set()

    @property
    def is_live(self) -> bool:
        """Whether the subscription stands."""
        return self._is_subscribed

    async def publish(self, ring: Ring) -> None:
        """Ring, unless Redis failed a moment ago."""
        if self._now() < self._resting_until:
            return
        try:
            await self._redis.publish(CHANNEL, ring.encode())
        except (RedisError, OSError, TimeoutError) as error:
            self._resting_until = self._now() + REST_SECONDS
            self._note("doorbell_not_rung", error)
        else:
            self._down.discard("doorbell_not_rung")

    def _note(self, what: str, error: Exception) -> None:
        # Once an outage: it is known then, and a line a second would bury everything else.
        if what not in self._down:
            self._down.add(what)
            log.warning(what, error=type(error).__name__)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[QueuedRings]:
        """Hear the rings; lost subscriptions are renewed in the background."""
        rings = QueuedRings()
        task = asyncio.create_task(self._keep_subscribed(rings))
        try:
            yield rings
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._is_subscribed = False

    async def _keep_subscribed(self, rings: QueuedRings) -> None:
        while True:
            try:
                await self._subscribe(rings)
            except (RedisError, OSError, TimeoutError) as error:
                self._note("doorbell_not_heard", error)
            self._is_subscribed = False
            await asyncio.sleep(REST_SECONDS)

    async def _subscribe(self, rings: QueuedRings) -> None:
        async with self._listening.pubsub() as pubsub:
            await pubsub.subscribe(CHANNEL)
            self._is_subscribed = True
            self._down.discard("doorbell_not_heard")
            while True:
                message = await pubsub.get_message(timeout=LISTEN_SECONDS)
                if message is None or message["type"] != "message":
                    continue
                try:
                    rings.put(Ring.decode(message["data"]))
                except ValueError:
                    log.warning("doorbell_garbled")

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()
        await self._listening.aclose()


def bus_for(redis_url: str | None) -> Bus:
    """Return the doorbell for the configured Redis, or the silent one."""
    return RedisBus(redis_url) if redis_url else SilentBus()
