"""The turn log: the numbered events of a turn, written once and read by any number of followers from any position."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service_kit.json_body import decode_json, encode_json

KEPT_BYTES = 64 * 1_048_576
KEPT_LOGS = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, encoded once for all followers. `seq` counts from 1."""

    seq: int
    kind: str
    body: bytes


def encode_event(turn_id: UUID, epoch: str, seq: int, kind: str, facts: dict[str, Any]) -> Entry:
    """Encode one event of a turn."""
    body = {"kind": kind, "turn_id": str(turn_id), "epoch": epoch, "seq": seq, **facts}
    return Entry(seq, kind, encode_json(body))


class TurnLog:
    """The events of one running or recently ended turn."""

    def __init__(self, turn_id: UUID, epoch: str) -> None:
        self.turn_id = turn_id
        self.epoch = epoch
        self.size_bytes = 0
        self.is_closed = False
        self._entries: list[Entry] = []
        self._bytes_before: list[int] = [0]
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def last_seq(self) -> int:
        """The number of the newest event."""
        return len(self._entries)

    def append(self, kind: str, **facts: Any) -> int:
        """Add an event and wake who waits for it; returns its number."""
        entry = encode_event(self.turn_id, self.epoch, len(self._entries) + 1, kind, facts)
        self._entries.append(entry)
        self.size_bytes += len(entry.body)
        self._bytes_before.append(self.size_bytes)
        self._wake()
        return entry.seq

    def close(self) -> None:
        """Tell followers that nothing more comes."""
        self.is_closed = True
        self._wake()

    def after(self, seq: int) -> list[Entry]:
        """Return the events after a position."""
        return self._entries[seq:]

    def text_until(self, seq: int) -> str:
        """Return what was said up to an event."""
        return "".join(decode_json(entry.body)["text"] for entry in self._entries[:seq] if entry.kind == "delta")

    def bytes_after(self, seq: int) -> int:
        """Return how many bytes of events wait for a follower at this position."""
        return self.size_bytes - self._bytes_before[min(seq, len(self._entries))]

    async def changed(self, seq: int, *, timeout: float) -> None:
        """Return when there are events after a position, when the log is closed, or after `timeout` seconds."""
        if len(self._entries) > seq or self.is_closed:
            return
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.add(future)
        # A plain timer: a timeout block around every delta would cost as much as sending it.
        timer = loop.call_later(timeout, _resolve, future)
        try:
            await future
        finally:
            timer.cancel()
            self._waiting.discard(future)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            _resolve(future)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class TurnLogs:
    """The logs of this process: all running ones, and ended ones while there is room."""

    def __init__(self, *, kept_bytes: int = KEPT_BYTES, kept_logs: int = KEPT_LOGS) -> None:
        self._kept_bytes = kept_bytes
        self._kept_logs = kept_logs
        self._logs: OrderedDict[UUID, TurnLog] = OrderedDict()
        self._ended: OrderedDict[UUID, int] = OrderedDict()
        self._ended_bytes = 0

    def open(self, turn_id: UUID, epoch: str) -> TurnLog:
        """Begin the log of a turn."""
        log = TurnLog(turn_id, epoch)
        self._logs[turn_id] = log
        return log

    def find(self, turn_id: UUID) -> TurnLog | None:
        """Return the log of a turn, when this process has it."""
        return self._logs.get(turn_id)

    def close(self, log: TurnLog) -> None:
        """End a log and forget the oldest ended ones when too many are kept."""
        log.close()
        self._ended[log.turn_id] = log.size_bytes
        self._ended_bytes += log.size_bytes
        while self._ended and (self._ended_bytes > self._kept_bytes or len(self._ended) > self._kept_logs):
            turn_id, size_bytes = self._ended.popitem(last=False)
            self._ended_bytes -= size_bytes
            del self._logs[turn_id]
