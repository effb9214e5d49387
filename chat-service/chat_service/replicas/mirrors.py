"""Mirrors: turns that run elsewhere, as this process knows them: live through Redis, else from their checkpoints."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from chat_service.models import Message, Turn
from chat_service.replicas.line import Began, Follow, Line, Note
from chat_service.replicas.repository import turns_with_replies
from chat_service.replicas.streams import Failure, Key, News, TurnStreams, key_of
from chat_service.turns.log import MissingEvents, TurnLog, TurnLogs
from service_kit.db import Database
from service_kit.logs import get_logger

LOOK_SECONDS: Final = 0.5
# While the way through Redis works, silence mostly means that the model thinks.
CALM_LOOK_SECONDS: Final = 2.0
QUIET_SECONDS: Final = 1.0
GATHER_SECONDS: Final = 0.02
REST_SECONDS: Final = 0.5
LINGER_SECONDS: Final = 3.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """A turn and its reply as the database has them; the reply is what the events up to `turn.last_seq` say."""

    turn: Turn
    reply: Message


@dataclass(slots=True)
class Mirror:
    """One turn that is followed here and runs elsewhere, shared by everybody who follows it."""

    log: TurnLog
    moved_at: float
    stored: Stored | None = None
    followers: int = 0
    left_at: float = field(default=float("-inf"))
    is_catching_up: bool = True
    looked_at: float = field(default=float("-inf"))
    torn_until: float = field(default=float("-inf"))

    @property
    def is_behind(self) -> bool:
        """Whether the database is known to have more than came through Redis."""
        return self.stored is not None and self.stored.turn.last_seq > self.log.last_seq

    def show(self, stored: Stored) -> None:
        """Let the followers see what the database has."""
        self.stored = stored
        self.log.ring()


class Mirrors:
    """Every turn that is followed here and runs elsewhere: one reader for all streams, one look for all rows."""

    def __init__(self, database: Database, logs: TurnLogs, line: Line, streams: TurnStreams | None) -> None:
        self._database = database
        self._line = line
        self._streams = streams
        self._mirrors: dict[UUID, Mirror] = {}
        self._has_mirrors = asyncio.Event()
        self._is_wanted = asyncio.Event()
        # As long as nothing failed it is taken for working; the line tells when Redis is away.
        self._is_reading = streams is not None
        logs.on_open(self._begins_here)

    @property
    def count(self) -> int:
        """How many turns are mirrored."""
        return len(self._mirrors)

    def has(self, turn_id: UUID) -> bool:
        """Whether a turn is mirrored."""
        return turn_id in self._mirrors

    @contextmanager
    def joined(self, turn: Turn) -> Iterator[Mirror]:
        """Share the mirror of a turn. It stays a moment when the last one has left: who polls comes back at once."""
        mirror = self._mirrors.get(turn.id)
        if mirror is None:
            mirror = self._mirrors[turn.id] = Mirror(TurnLog(turn.id, turn.epoch), time.monotonic())
            self._has_mirrors.set()
            self._is_wanted.set()
        mirror.followers += 1
        try:
            yield mirror
        finally:
            mirror.followers -= 1
            mirror.left_at = time.monotonic()

    def hear(self, note: Note) -> None:
        """Ask for a turn again at once when it begins: until then nobody could answer."""
        if isinstance(note, Began) and note.turn_id in self._mirrors:
            self._line.tell(Follow(note.turn_id))

    async def run(self) -> None:
        """Keep the mirrors up to date until cancelled."""
        async with asyncio.TaskGroup() as jobs:
            jobs.create_task(self._keep_looking())
            if self._streams is not None:
                jobs.create_task(self._keep_reading(self._streams))

    def _begins_here(self, turn_log: TurnLog) -> None:
        mirror = self._mirrors.get(turn_log.turn_id)
        if mirror is not None:
            mirror.log.ring()

    async def _keep_reading(self, streams: TurnStreams) -> None:
        is_down = False
        while True:
            await self._has_mirrors.wait()
            try:
                await self._read(streams)
            except Failure as error:
                if not is_down:
                    log.warning("turn_mirrors_stand_still", error=type(error).__name__)
                is_down = True
                self._is_reading = False
                self._is_wanted.set()
                await asyncio.sleep(REST_SECONDS)
            else:
                self._is_reading, is_down = True, False

    async def _read(self, streams: TurnStreams) -> None:
        now = time.monotonic()
        wanted = {
            key_of(mirror.log): mirror
            for mirror in self._mirrors.values()
            if not mirror.log.is_closed and mirror.torn_until <= now
        }
        if not wanted:
            await asyncio.sleep(GATHER_SECONDS)
            return
        after: dict[Key, int] = {key: mirror.log.last_seq for key, mirror in wanted.items()}
        for news in await streams.read(after):
            self._take(wanted[news.key], news)
        # Streams that speak at the same time are read together, however many there are.
        await asyncio.sleep(GATHER_SECONDS)

    def _take(self, mirror: Mirror, news: News) -> None:
        now = time.monotonic()
        mirror.is_catching_up = mirror.is_catching_up or now >= mirror.moved_at + QUIET_SECONDS
        try:
            mirror.log.take_over(news.entries, replayed_seq=news.head if mirror.is_catching_up else 0)
            if news.is_torn:
                raise MissingEvents
        except MissingEvents:
            log.warning("turn_copy_torn", turn_id=str(mirror.log.turn_id), last_seq=mirror.log.last_seq)
            mirror.torn_until = now + LOOK_SECONDS
            self._line.tell(Follow(mirror.log.turn_id, is_torn=True))
            return
        mirror.moved_at = now
        mirror.is_catching_up &= news.has_more or mirror.log.last_seq < news.head
        if mirror.log.has_ended:
            mirror.log.close()

    async def _keep_looking(self) -> None:
        while True:
            await self._has_mirrors.wait()
            self._is_wanted.clear()
            self._forget_unfollowed()
            try:
                await self._look()
            except (SQLAlchemyError, OSError) as error:
                log.warning("mirrors_not_looked_up", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._is_wanted.wait()

    def _forget_unfollowed(self) -> None:
        long_ago = time.monotonic() - LINGER_SECONDS
        for turn_id, mirror in list(self._mirrors.items()):
            if mirror.followers == 0 and mirror.left_at <= long_ago:
                del self._mirrors[turn_id]
        if not self._mirrors:
            self._has_mirrors.clear()
            self._is_reading = self._streams is not None

    async def _look(self) -> None:
        """Ask for the streams that say nothing, and look up how far those turns are."""
        now = time.monotonic()
        quiet = {turn_id: mirror for turn_id, mirror in self._mirrors.items() if self._is_due(mirror, now)}
        for turn_id, mirror in quiet.items():
            mirror.looked_at = now
            self._line.tell(Follow(turn_id))
        silent = [turn_id for turn_id, mirror in quiet.items() if self._is_silent(mirror, now)]
        if not silent:
            return
        async with self._database.read() as session:
            found = await turns_with_replies(session, silent)
        for turn, reply in found:
            mirror_now = self._mirrors.get(turn.id)
            if mirror_now is not None:
                mirror_now.show(Stored(turn, reply))

    def _is_due(self, mirror: Mirror, now: float) -> bool:
        if mirror.log.is_closed or mirror.followers == 0:
            return False
        if not self._is_reading or mirror.is_behind or mirror.log.last_seq == 0:
            return True
        return now >= max(mirror.moved_at + QUIET_SECONDS, mirror.looked_at + CALM_LOOK_SECONDS)

    def _is_silent(self, mirror: Mirror, now: float) -> bool:
        # A stream that cannot come is not waited for.
        cannot_come = not self._is_reading or (mirror.log.last_seq == 0 and not self._line.is_live)
        return cannot_come or now >= mirror.moved_at + QUIET_SECONDS
