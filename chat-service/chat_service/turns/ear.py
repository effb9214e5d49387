"""An ear on a turn log: what a follower has heard, and its way to wait for more at next to no cost."""

import asyncio
from types import TracebackType
from typing import Any, Final

from chat_service.turns.log import Entry, TurnLog

SLOW_FOLLOWER_BYTES: Final = 1_048_576


class SlowFollower(Exception):
    """A follower has not taken what waits for it; it is let go and may come back at its position."""


class Ear:
    """The position of one follower; `seq` is empty while it does not fit the log and a snapshot is due."""

    def __init__(self, log: TurnLog, seq: int | None, *, quiet_seconds: float) -> None:
        self.seq = seq
        self._log = log
        # What a new follower has not heard yet is a replay, not slowness: the measure starts where it joins.
        self._joined_seq = log.last_seq
        self._quiet_seconds = quiet_seconds
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Future[bool] | None = None
        self._waiting_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> "Ear":
        """Begin to listen."""
        self._log.listen(self._ring)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave nothing behind."""
        self._log.forget(self._ring)
        if self._timer is not None:
            self._timer.cancel()

    def take(self) -> list[Entry]:
        """Return what was not heard yet; raises SlowFollower when that has become too much."""
        log = self._log
        if self.seq is None:
            return self._snapshot()
        entries = log.after(self.seq)
        if entries:
            is_replay = self.seq < max(self._joined_seq, log.replayed_seq)
            if not is_replay and log.bytes_after(self.seq) > SLOW_FOLLOWER_BYTES:
                raise SlowFollower
            self.seq = entries[-1].seq
        return entries

    async def hear(self) -> bool:
        """Return True when there may be something new, False when it was quiet for long."""
        self._waiting = self._loop.create_future()
        self._waiting_since = self._loop.time()
        # One timer for the whole time: setting one for every event would cost as much as sending it.
        if self._timer is None:
            self._timer = self._loop.call_at(self._waiting_since + self._quiet_seconds, self._note_quiet)
        try:
            return await self._waiting
        finally:
            self._waiting = None

    def _snapshot(self) -> list[Entry]:
        # The closing event is told by itself: a snapshot alone would not say that nothing more comes.
        seq = self._log.last_seq - self._log.has_ended
        reply = self._log.reply_at(seq)
        if reply is None:
            return []
        self.seq = seq
        return [snapshot(self._log, seq, reply)]

    def _ring(self) -> None:
        waiting = self._waiting
        if waiting is not None and not waiting.done():
            waiting.set_result(True)

    def _note_quiet(self) -> None:
        self._timer = None
        waiting = self._waiting
        if waiting is None or waiting.done():
            return
        quiet_at = self._waiting_since + self._quiet_seconds
        if self._loop.time() < quiet_at:
            self._timer = self._loop.call_at(quiet_at, self._note_quiet)
        else:
            waiting.set_result(False)


def snapshot(log: TurnLog, seq: int, reply: Any) -> Entry:
    """Return the event that replaces everything up to a position by the reply as it is there."""
    return log.encode(seq, "snapshot", {"recovered": False, "reply": reply})


async def closed(log: TurnLog) -> None:
    """Return when a log is closed; nothing is done for the events before."""
    if log.is_closed:
        return
    waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look() -> None:
        if log.is_closed and not waiting.done():
            waiting.set_result(None)

    log.listen(look)
    try:
        await waiting
    finally:
        log.forget(look)
