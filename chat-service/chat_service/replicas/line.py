"""The line between replicas: short notes over Redis pub/sub. Telling never waits; a note that is lost costs time only.

Whatever is told here is found without it too, in the database and a little later.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Final, Literal, Protocol
from uuid import UUID, uuid4

from pydantic import Field, TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from service_kit.json_body import encode_json
from service_kit.logs import get_logger

CHANNEL: Final = "parley.chat.replicas.v1"
CONNECT_TIMEOUT_SECONDS: Final = 0.25
COMMAND_TIMEOUT_SECONDS: Final = 0.5
REST_SECONDS: Final = 1.0
WAITING_NOTES: Final = 1_000
NOTES_AT_ONCE: Final = 100
# Every replica hears its own pulse; silence says that the line is cut, however healthy the connection looks.
PULSE_SECONDS: Final = 0.5
SILENCE_SECONDS: Final = 1.5

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Began:
    """A turn was begun, or queued, in a conversation."""

    conversation_id: UUID
    turn_id: UUID
    owner_id: UUID
    kind: Literal["began"] = "began"


@dataclass(frozen=True, slots=True)
class Follow:
    """Somebody elsewhere follows a turn: who runs it copies its log. A torn copy is to be written anew."""

    turn_id: UUID
    is_torn: bool = False
    kind: Literal["follow"] = "follow"


@dataclass(frozen=True, slots=True)
class Stop:
    """A turn is to be stopped by who runs it."""

    turn_id: UUID
    kind: Literal["stop"] = "stop"


@dataclass(frozen=True, slots=True)
class Pulse:
    """A replica listens for its own voice."""

    replica_id: UUID
    kind: Literal["pulse"] = "pulse"


Note = Began | Follow | Stop
Listener = Callable[[Note], None]

_NOTES: TypeAdapter[Note | Pulse] = TypeAdapter(Annotated[Note | Pulse, Field(discriminator="kind")])


class Line(Protocol):
    """Notes to all replicas, this one included."""

    def tell(self, note: Note) -> None:
        """Send a note soon. Never raises, never waits."""
        ...

    def listen(self, listener: Listener) -> None:
        """Call the listener with every note."""
        ...

    @property
    def is_live(self) -> bool:
        """Whether notes arrive at the moment."""
        ...

    async def run(self) -> None:
        """Carry notes until cancelled."""
        ...

    async def close(self) -> None:
        """Give back what is held."""
        ...


class SilentLine:
    """No Redis: nobody is told, everybody looks into the database."""

    is_live = False

    def tell(self, note: Note) -> None:
        """Do nothing."""

    def listen(self, listener: Listener) -> None:
        """Hear nothing."""

    async def run(self) -> None:
        """Nothing is carried."""

    async def close(self) -> None:
        """Nothing is held."""


class RedisLine:
    """Notes over one pub/sub channel. After a failure it rests a moment; only so many notes wait meanwhile."""

    def __init__(self, url: str) -> None:
        # The client's own retries would block for seconds.
        self._redis: Redis = Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
            socket_timeout=COMMAND_TIMEOUT_SECONDS,
        )
        self._replica_id = uuid4()
        self._waiting: asyncio.Queue[Note | Pulse] = asyncio.Queue(WAITING_NOTES)
        self._listeners: list[Listener] = []
        self._heard_at = float("-inf")
        self._down: set[str] = set()

    @property
    def is_live(self) -> bool:
        """Whether this replica has heard itself lately."""
        return time.monotonic() - self._heard_at < SILENCE_SECONDS

    def tell(self, note: Note) -> None:
        """Send a note soon; when too many wait, the oldest is forgotten."""
        self._put(note)

    def listen(self, listener: Listener) -> None:
        """Call the listener with every note."""
        self._listeners.append(listener)

    async def run(self) -> None:
        """Carry notes until cancelled."""
        async with asyncio.TaskGroup() as jobs:
            jobs.create_task(self._keep_sending())
            jobs.create_task(self._keep_listening())
            jobs.create_task(self._keep_pulsing())

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    def _put(self, note: Note | Pulse) -> None:
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(note)

    async def _keep_pulsing(self) -> None:
        while True:
            self._put(Pulse(self._replica_id))
            await asyncio.sleep(PULSE_SECONDS)

    async def _keep_sending(self) -> None:
        while True:
            notes = [await self._waiting.get()]
            while not self._waiting.empty() and len(notes) < NOTES_AT_ONCE:
                notes.append(self._waiting.get_nowait())
            try:
                pipeline = self._redis.pipeline(transaction=False)
                for note in notes:
                    pipeline.publish(CHANNEL, encode_json(asdict(note)))
                await pipeline.execute()
            except (RedisError, OSError, TimeoutError) as error:
                self._note_failure("line_not_told", error)
                await asyncio.sleep(REST_SECONDS)
            else:
                self._down.discard("line_not_told")

    async def _keep_listening(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    await self._hear(pubsub)
            except (RedisError, OSError, TimeoutError) as error:
                self._note_failure("line_not_heard", error)
            self._heard_at = float("-inf")
            await asyncio.sleep(REST_SECONDS)

    async def _hear(self, pubsub: PubSub) -> None:
        silent_since = time.monotonic()
        while time.monotonic() - silent_since < SILENCE_SECONDS:
            message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=PULSE_SECONDS)
            if message is None:
                continue
            try:
                note = _NOTES.validate_json(message["data"])
            except ValidationError:
                log.warning("line_garbled")
                continue
            if not isinstance(note, Pulse):
                self._pass_on(note)
            elif note.replica_id == self._replica_id:
                self._heard_at = silent_since = time.monotonic()
                self._down.discard("line_not_heard")
        raise TimeoutError("nothing was heard, not even the own pulse")

    def _pass_on(self, note: Note) -> None:
        for listener in self._listeners:
            try:
                listener(note)
            except Exception as error:
                log.error("note_failed", note=note.kind, exc_info=error)

    def _note_failure(self, what: str, error: Exception) -> None:
        # Once an outage: it is known then, and a line a second would bury everything else.
        if what not in self._down:
            self._down.add(what)
            log.warning(what, error=type(error).__name__)


def line_for(redis_url: str | None) -> Line:
    """Return the line over the configured Redis, or the silent one."""
    return RedisLine(redis_url) if redis_url else SilentLine()
