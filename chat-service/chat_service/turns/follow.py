"""Following a turn: the same numbered events for every transport, from any position, without a silent hole."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from chat_service.conversations.schemas import MessageView
from chat_service.conversations.views import message_view
from chat_service.models import Message, Turn
from chat_service.turns.engine import ending_event
from chat_service.turns.log import Entry, TurnLog, TurnLogs, encode_event
from chat_service.turns.repository import TurnRepository
from service_kit.auth import Scope
from service_kit.db import Database

KEEP_ALIVE_SECONDS = 15.0
LOOK_SECONDS = 0.5
SLOW_FOLLOWER_BYTES = 1_048_576


class SlowFollower(Exception):
    """A follower has not taken what waits for it; it is let go and may come back at its position."""


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
    """The way to follow turns of this process, and through the database those of another one."""

    def __init__(self, database: Database, logs: TurnLogs) -> None:
        self._database = database
        self._logs = logs

    async def follow(self, scope: Scope, turn: Turn, place: Place) -> AsyncIterator[list[Entry]]:
        """Yield events in order until the turn has ended; an empty list says that nothing came for a while."""
        log = self._logs.find(turn.id)
        if log is not None and _continues(log, place):
            async for entries in _follow_log(log, place.seq):
                yield entries
        elif log is not None:
            snapshot, seq = await self._snapshot(scope, turn.id, log)
            yield [snapshot]
            async for entries in _follow_log(log, seq):
                yield entries
        else:
            async for entries in self._follow_rows(scope, turn.id):
                yield entries

    async def ended(self, scope: Scope, turn: Turn) -> tuple[Turn, Message, Message]:
        """Wait for the end of a turn and return it with its question and its reply."""
        async for _ in self.follow(scope, turn, Place()):
            pass
        return await self.read(scope, turn.id)

    async def read(self, scope: Scope, turn_id: UUID) -> tuple[Turn, Message, Message]:
        """Return a turn with its question and its reply as stored now."""
        async with self._database.read() as session:
            turns = TurnRepository(session, scope)
            turn = await turns.owned(turn_id)
            question, reply = await turns.question_and_reply(turn)
        return turn, question, reply

    async def _snapshot(self, scope: Scope, turn_id: UUID, log: TurnLog) -> tuple[Entry, int]:
        # The text is taken from the log itself, so that it fits the sequence number to the letter.
        _, _, reply = await self.read(scope, turn_id)
        seq = log.last_seq
        view = message_view(reply)
        view.content = log.text_until(seq)
        return _snapshot_entry(log.turn_id, log.epoch, seq, view), seq

    async def _follow_rows(self, scope: Scope, turn_id: UUID) -> AsyncIterator[list[Entry]]:
        shown: str | None = None
        quiet_looks = 0
        while True:
            turn, _, reply = await self.read(scope, turn_id)
            entries: list[Entry] = []
            if shown is None or reply.content != shown:
                shown = reply.content
                entries.append(_snapshot_entry(turn.id, turn.epoch, turn.last_seq, message_view(reply)))
            if turn.outcome is not None:
                yield [*entries, _ending_entry(turn, reply)]
                return
            quiet_looks = 0 if entries else quiet_looks + 1
            if entries or quiet_looks * LOOK_SECONDS >= KEEP_ALIVE_SECONDS:
                quiet_looks = 0
                yield entries
            await asyncio.sleep(LOOK_SECONDS)


def _continues(log: TurnLog, place: Place) -> bool:
    return place.epoch is None or (place.epoch == log.epoch and place.seq <= log.last_seq)


async def _follow_log(log: TurnLog, seq: int) -> AsyncIterator[list[Entry]]:
    # What a new follower has not heard yet is a replay, not slowness: the measure starts where it joins.
    caught_up_to = log.last_seq
    while True:
        entries = log.after(seq)
        if entries:
            if seq >= caught_up_to and log.bytes_after(seq) > SLOW_FOLLOWER_BYTES:
                raise SlowFollower
            seq = entries[-1].seq
            yield entries
        elif log.is_closed:
            return
        else:
            await log.changed(seq, timeout=KEEP_ALIVE_SECONDS)
            if log.last_seq == seq and not log.is_closed:
                yield []


def _snapshot_entry(turn_id: UUID, epoch: str, seq: int, reply: MessageView) -> Entry:
    return encode_event(turn_id, epoch, seq, "snapshot", {"recovered": False, "reply": reply.model_dump()})


def _ending_entry(turn: Turn, reply: Message) -> Entry:
    kind, facts = ending_event(reply)
    return encode_event(turn.id, turn.epoch, turn.last_seq, kind, facts)
