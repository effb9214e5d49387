"""Copies: the logs of turns that run here, written into Redis while somebody elsewhere follows them."""

import asyncio
import contextlib
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from chat_service.replicas.line import Follow, Note
from chat_service.replicas.streams import Failure, Portion, TurnStreams, key_of
from chat_service.turns.log import Entry, Listener, TurnLog, TurnLogs
from service_kit.logs import get_logger

# Events that wait so long go together; nobody in this process waits for them.
GATHER_SECONDS: Final = 0.02
REST_SECONDS: Final = 1.0
LAST_WORDS_SECONDS: Final = 0.5
PORTION_MAX_BYTES: Final = 1_048_576
PORTIONS_AT_ONCE: Final = 200

log = get_logger(__name__)


@dataclass(slots=True)
class Copy:
    """How far the copy of one log is. `is_begun` tells that its stream was made and must be there."""

    log: TurnLog
    listener: Listener
    acknowledged: int = 0
    is_begun: bool = False
    is_torn: bool = False
    is_asked_for: bool = True
    is_ended: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be written, now or later."""
        return self.is_ended and self.acknowledged == self.log.last_seq and not self.is_torn and not self.is_asked_for

    def portion(self) -> Portion:
        """Return what is to be written next."""
        entries = self._waiting()
        up_to = entries[-1].seq if entries else self.acknowledged
        return Portion(
            key_of(self.log),
            entries,
            self.log.last_seq,
            is_beginning=not self.is_begun,
            is_replacing=self.is_torn,
            is_closing=self.log.is_closed and up_to == self.log.last_seq,
        )

    def note(self, portion: Portion, *, has_arrived: bool) -> None:
        """Note what became of a portion; a stream that is gone is written anew from the first event on."""
        if not has_arrived:
            self.acknowledged, self.is_begun = 0, False
            return
        if portion.entries:
            self.acknowledged, self.is_begun = portion.entries[-1].seq, True
        if portion.is_replacing:
            self.is_torn = False
        self.is_asked_for = False
        self.is_ended = portion.is_closing

    def _waiting(self) -> list[Entry]:
        if self.is_torn:
            self.acknowledged = 0
        entries: list[Entry] = []
        size_bytes = 0
        for entry in self.log.after(self.acknowledged):
            if entries and size_bytes + len(entry.body) > PORTION_MAX_BYTES:
                break
            entries.append(entry)
            size_bytes += len(entry.body)
        return entries


class Copies:
    """Every copy that this process writes, all of them in one round trip at a time."""

    def __init__(self, logs: TurnLogs, streams: TurnStreams) -> None:
        self._logs = logs
        self._streams = streams
        self._copies: dict[UUID, Copy] = {}
        self._changed: dict[UUID, None] = {}
        self._has_changed = asyncio.Event()
        self._is_down = False

    def hear(self, note: Note) -> None:
        """Begin a copy when somebody asks for a turn that runs here."""
        if not isinstance(note, Follow):
            return
        turn_log = self._logs.find(note.turn_id)
        if turn_log is None:
            return
        copy = self._copies.get(note.turn_id)
        if copy is None:
            copy = self._copies[note.turn_id] = Copy(turn_log, lambda: self._mark(note.turn_id))
            turn_log.listen(copy.listener)
        copy.is_asked_for = True
        # An empty log has no copy yet that could be torn.
        copy.is_torn = copy.is_torn or (note.is_torn and turn_log.last_seq > 0)
        self._mark(note.turn_id)

    async def run(self) -> None:
        """Write until cancelled, and then what is left."""
        try:
            while True:
                await self._has_changed.wait()
                await asyncio.sleep(GATHER_SECONDS)
                await self._write_or_rest()
        finally:
            # The last words of turns that end with this process; who does not get them asks the database.
            with contextlib.suppress(*Failure):
                async with asyncio.timeout(LAST_WORDS_SECONDS):
                    while self._has_changed.is_set():
                        await self._write()

    async def _write_or_rest(self) -> None:
        try:
            await self._write()
        except Failure as error:
            if not self._is_down:
                log.warning("turn_copies_wait", error=type(error).__name__)
            self._is_down = True
            await asyncio.sleep(REST_SECONDS)
        else:
            self._is_down = False

    async def _write(self) -> None:
        chosen = [self._copies[turn_id] for turn_id in islice(self._changed, PORTIONS_AT_ONCE)]
        portions = [copy.portion() for copy in chosen]
        arrived = await self._streams.write(portions)
        for copy, portion, has_arrived in zip(chosen, portions, arrived, strict=True):
            copy.note(portion, has_arrived=has_arrived)
            self._settle(copy)
        if not self._changed:
            self._has_changed.clear()

    def _settle(self, copy: Copy) -> None:
        # What is not done goes to the end of the row, so that a long log does not hold up the others.
        turn_id = copy.log.turn_id
        del self._changed[turn_id]
        if copy.is_complete:
            del self._copies[turn_id]
            copy.log.forget(copy.listener)
        elif copy.acknowledged < copy.log.last_seq or copy.is_torn or copy.log.is_closed:
            self._changed[turn_id] = None

    def _mark(self, turn_id: UUID) -> None:
        self._changed[turn_id] = None
        self._has_changed.set()
