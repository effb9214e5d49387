"""Copies of turn logs in Redis: one stream a turn, whose ids are the numbers of its events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from chat_service.turns.log import Entry, TurnLog

CONNECT_TIMEOUT_SECONDS: Final = 0.25
WRITE_TIMEOUT_SECONDS: Final = 0.5
BLOCK_MS: Final = 100
READ_TIMEOUT_SECONDS: Final = 1.0
RUNNING_SECONDS: Final = 3_600
ENDED_SECONDS: Final = 600
RECORDS_AT_ONCE: Final = 50
RECORD_MAX_BYTES: Final = 65_536

Key = bytes

# What goes wrong when Redis is away, slow, full or somebody else.
Failure = RedisError, OSError, TimeoutError


@dataclass(frozen=True, slots=True)
class Portion:
    """What a stream is to get. Without entries it is only asked whether the stream still stands.

    `head` is how far the log itself is: what comes before it is no news to who runs the turn.
    """

    key: Key
    entries: Sequence[Entry]
    head: int
    is_beginning: bool
    is_replacing: bool
    is_closing: bool


@dataclass(frozen=True, slots=True)
class News:
    """What a stream has more, and whether there is still more; `is_torn` tells that some of it could not be read."""

    key: Key
    entries: Sequence[Entry]
    head: int
    has_more: bool
    is_torn: bool


def key_of(log: TurnLog) -> Key:
    """Return where the copy of a log stands. Another epoch is another stream, so that they never mix."""
    return f"parley.turn.{log.turn_id}.{log.epoch}".encode()


class TurnStreams:
    """The streams, over one connection that writes and one that waits for news."""

    def __init__(self, url: str) -> None:
        # The client's own retries would block for seconds.
        self._writing: Redis = Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
            socket_timeout=WRITE_TIMEOUT_SECONDS,
        )
        self._reading: Redis = Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
            socket_timeout=READ_TIMEOUT_SECONDS,
        )

    async def write(self, portions: Sequence[Portion]) -> list[bool]:
        """Add every portion to its stream in one round trip; False for a stream that is gone. Raises `Failure`."""
        pipeline = self._writing.pipeline(transaction=False)
        ends: list[int] = []
        for portion in portions:
            _queue(pipeline, portion)
            ends.append(len(pipeline))
        answers = await pipeline.execute(raise_on_error=False)
        starts = [0, *ends]
        return [_has_arrived(answers[start:end]) for start, end in zip(starts, ends, strict=False)]

    async def read(self, wanted: dict[Key, int]) -> list[News]:
        """Return what comes after these numbers, waiting a moment for it. Raises `Failure`."""
        after: dict[Any, Any] = {key: f"{seq}-0" for key, seq in wanted.items()}
        found: Any = await self._reading.xread(after, count=RECORDS_AT_ONCE, block=BLOCK_MS)
        return [_news(key, records) for key, records in (found.items() if isinstance(found, dict) else found)]

    async def close(self) -> None:
        """Close the connections."""
        await self._writing.aclose()
        await self._reading.aclose()


def _queue(pipeline: Any, portion: Portion) -> None:
    if portion.is_replacing:
        pipeline.delete(portion.key)
    if not portion.entries:
        pipeline.exists(portion.key)
    # Only the first record may make the stream: one that vanished is noticed instead of beginning with a hole.
    makes_stream = portion.is_beginning or portion.is_replacing
    for entries in _records(portion.entries):
        fields = {
            b"kinds": b",".join(entry.kind.encode() for entry in entries),
            b"events": b"\n".join(entry.body for entry in entries),
            b"head": portion.head,
        }
        pipeline.xadd(portion.key, fields, id=f"{entries[-1].seq}-0", nomkstream=not makes_stream)
    if makes_stream or portion.is_closing:
        pipeline.expire(portion.key, ENDED_SECONDS if portion.is_closing else RUNNING_SECONDS)


def _records(entries: Sequence[Entry]) -> list[list[Entry]]:
    records: list[list[Entry]] = []
    size_bytes = RECORD_MAX_BYTES
    for entry in entries:
        if size_bytes + len(entry.body) > RECORD_MAX_BYTES:
            records.append([])
            size_bytes = 0
        records[-1].append(entry)
        size_bytes += len(entry.body)
    return records


def _has_arrived(answers: Sequence[Any]) -> bool:
    for answer in answers:
        # That number is there already: an earlier try arrived, and only its answer was lost.
        if isinstance(answer, Exception) and not (isinstance(answer, ResponseError) and "smaller" in str(answer)):
            raise answer
    # Nothing, or zero: the stream was not there to be added to, to be asked about, or to be given a time.
    return bool(answers[-1])


def _news(key: Key, records: Sequence[tuple[bytes, dict[bytes, bytes]]]) -> News:
    entries: list[Entry] = []
    head, is_torn = 0, False
    try:
        for record_id, fields in records:
            entries.extend(_decoded(record_id, fields))
            head = int(fields[b"head"])
    except (KeyError, ValueError):
        is_torn = True
    return News(key, entries, head, has_more=len(records) == RECORDS_AT_ONCE, is_torn=is_torn)


def _decoded(record_id: bytes, fields: dict[bytes, bytes]) -> list[Entry]:
    kinds = fields[b"kinds"].decode().split(",")
    bodies = fields[b"events"].split(b"\n")
    first = int(record_id.partition(b"-")[0]) - len(bodies) + 1
    return [Entry(first + place, kind, body) for place, (kind, body) in enumerate(zip(kinds, bodies, strict=True))]
