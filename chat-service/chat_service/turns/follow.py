"""Following a turn: the same numbered events for every transport, from any position, without a silent hole."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chat_service.conversations.views import message_view
from chat_service.models import Message, Turn
from chat_service.replicas.mirrors import Mirror, Mirrors, Stored
from chat_service.turns.ear import Ear, closed, snapshot
from chat_service.turns.events import CLOSING
from chat_service.turns.log import Entry, TurnLog, TurnLogs
from chat_service.turns.repository import TurnRepository
from chat_service.turns.views import ending_event
from service_kit.auth import Scope
from service_kit.db import Database

KEEP_ALIVE_SECONDS: Final = 15.0
# A position that is ahead of what its turn has said so long was never reached.
AHEAD_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a follower has got: nothing yet, or after event `seq` of an epoch."""

    epoch: str | None = None
    seq: int = 0

    @classmethod
    def parse(cls, last_event_id: str | None) -> "Place":
        """Read a Last-Event-ID; what was not made here is a place that cannot be continued."""
        if not last_event_id:
            return cls()
        epoch, _, seq = last_event_id.rpartition(":")
        is_number = seq.isascii() and seq.isdigit() and len(seq) < 16
        return cls(epoch or "unknown", int(seq) if is_number else 0)


class Followers:
    """The way to follow turns: those of this process, those of other replicas, and those that ended."""

    def __init__(self, database: Database, logs: TurnLogs, mirrors: Mirrors) -> None:
        self._database = database
        self._logs = logs
        self._mirrors = mirrors

    async def follow(self, scope: Scope, turn: Turn, place: Place) -> AsyncGenerator[list[Entry], None]:
        """Yield events in order until the turn has ended; an empty list says that nothing came for a while."""
        while True:
            log = self._living_log(turn.id)
            if log is not None:
                batches = _follow_here(log, place)
            elif turn.outcome is not None and not self._mirrors.has(turn.id):
                batches = self._tell_the_end(scope, turn)
            else:
                batches = self._follow_elsewhere(turn, place)
            last: Entry | None = None
            async with aclosing(batches):
                async for entries in batches:
                    if entries:
                        last = entries[-1]
                    yield entries
            if log is not None and log.has_ended:
                return
            if last is not None:
                if last.kind in CLOSING:
                    return
                place = Place(turn.epoch, last.seq)

    async def poll(
        self, scope: Scope, turn: Turn, place: Place, wait_seconds: float
    ) -> tuple[list[Entry], Place, bool]:
        """Return what comes after a place, waiting for it; with the place to ask for next, and whether it is over."""
        async with aclosing(self.follow(scope, turn, place)) as batches:
            try:
                async with asyncio.timeout(wait_seconds):
                    async for entries in batches:
                        if entries:
                            last = entries[-1]
                            return entries, Place(turn.epoch, last.seq), last.kind in CLOSING
            except TimeoutError:
                return [], place, False
        # Whoever asks has heard the end already.
        return [], place, True

    async def until_ended(self, scope: Scope, turn: Turn) -> None:
        """Wait for the end of a turn."""
        log = self._living_log(turn.id)
        if log is not None:
            await closed(log)
        if log is None or log.is_abandoned:
            async for _ in self.follow(scope, turn, Place()):
                pass

    async def read(self, scope: Scope, turn_id: UUID) -> tuple[Turn, Message, Message]:
        """Return a turn with its question and its reply as stored now."""
        async with self._database.read() as session:
            turns = TurnRepository(session, scope)
            turn = await turns.owned(turn_id)
            question, reply = await turns.question_and_reply(turn)
        return turn, question, reply

    def _living_log(self, turn_id: UUID) -> TurnLog | None:
        log = self._logs.find(turn_id)
        return None if log is None or log.is_abandoned else log

    async def _tell_the_end(self, scope: Scope, turn: Turn) -> AsyncGenerator[list[Entry], None]:
        turn, _, reply = await self.read(scope, turn.id)
        yield _end_of(TurnLog(turn.id, turn.epoch), Stored(turn, reply), heard=0)

    async def _follow_elsewhere(self, turn: Turn, place: Place) -> AsyncGenerator[list[Entry], None]:
        with self._mirrors.joined(turn) as mirror, _ear(mirror.log, place) as ear:
            joined_at, has_heard = time.monotonic(), False
            while self._living_log(turn.id) is None:
                if not has_heard and _was_never_reached(ear, mirror, joined_at):
                    ear.seq = None
                entries = ear.take() or _from_rows(mirror, ear)
                if entries:
                    has_heard = True
                    yield entries
                    if entries[-1].kind in CLOSING:
                        return
                elif not await ear.hear():
                    yield []


async def _follow_here(log: TurnLog, place: Place) -> AsyncGenerator[list[Entry], None]:
    with _ear(log, place) as ear:
        if ear.seq is not None and ear.seq > log.last_seq:
            ear.seq = None
        while True:
            entries = ear.take()
            if entries:
                yield entries
            elif log.is_closed:
                return
            elif not await ear.hear():
                yield []


def _was_never_reached(ear: Ear, mirror: Mirror, joined_at: float) -> bool:
    # The owner may have said more than its copy holds, but what comes so late was said after the follower came.
    is_new = mirror.moved_at > joined_at + AHEAD_SECONDS and not mirror.is_catching_up
    return is_new and ear.seq is not None and ear.seq > mirror.log.last_seq


def _ear(log: TurnLog, place: Place) -> Ear:
    seq = place.seq if place.epoch == log.epoch else 0 if place.epoch is None else None
    return Ear(log, seq, quiet_seconds=KEEP_ALIVE_SECONDS)


def _from_rows(mirror: Mirror, ear: Ear) -> list[Entry]:
    stored = mirror.stored
    if stored is None:
        return []
    if stored.turn.outcome is not None:
        return _end_of(mirror.log, stored, heard=ear.seq or 0)
    # What is older than what was heard is not shown: a reply never shrinks before the eyes of its reader.
    if ear.seq is not None and stored.turn.last_seq <= ear.seq:
        return []
    ear.seq = stored.turn.last_seq
    return [snapshot(mirror.log, ear.seq, message_view(stored.reply).model_dump())]


def _end_of(log: TurnLog, stored: Stored, *, heard: int) -> list[Entry]:
    # Who died may have said more than it saved: numbers go up for every follower all the same.
    seq = max(stored.turn.last_seq, heard + 1)
    kind, facts = ending_event(stored.reply)
    return [snapshot(log, seq - 1, message_view(stored.reply).model_dump()), log.encode(seq, kind, facts)]
