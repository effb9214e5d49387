"""The turn log: the numbered events of a turn, written once and read by any number of followers from any position."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from chat_service.turns.events import CLOSING, fold
from service_kit.json_body import decode_json, encode_json

KEPT_BYTES: Final = 64 * 1_048_576
KEPT_LOGS: Final = 1_000

# Pieces of the reply that fold by being put one behind the other, and the field of the reply they belong to.
PIECES: Final = {"delta": "content", "reasoning": "reasoning"}

Listener = Callable[[], None]
Reply = dict[str, Any]


class Entry(NamedTuple):
    """One event, encoded once for all followers. `seq` counts from 1."""

    seq: int
    kind: str
    body: bytes


class MissingEvents(Exception):
    """Events came of which the ones before are not here."""


class TurnLog:
    """The events of one running or recently ended turn: made here, or taken over from the replica that runs it."""

    def __init__(self, turn_id: UUID, epoch: str) -> None:
        self.turn_id = turn_id
        self.epoch = epoch
        self.size_bytes = 0
        self.is_closed = False
        # Up to here the events come in a heap, as for somebody who joins late.
        self.replayed_seq = 0
        # What is the same in every event is encoded once.
        self._same = b'","turn_id":"%b","epoch":%b,"seq":' % (str(turn_id).encode(), encode_json(epoch))
        self._entries: list[Entry] = []
        self._bytes_before: list[int] = [0]
        self._listeners: list[Listener] = []
        self._folded: tuple[int, Reply | None] = (0, None)

    @property
    def last_seq(self) -> int:
        """The number of the newest event."""
        return len(self._entries)

    @property
    def has_ended(self) -> bool:
        """Whether the closing event is here."""
        return bool(self._entries) and self._entries[-1].kind in CLOSING

    @property
    def is_abandoned(self) -> bool:
        """Whether nothing more comes although the turn's end was not told: it is known to the database then."""
        return self.is_closed and not self.has_ended

    def append(self, kind: str, **facts: Any) -> int:
        """Add an event and tell who listens; returns its number."""
        seq = len(self._entries) + 1
        self._add(self.encode(seq, kind, facts))
        self.ring()
        return seq

    def encode(self, seq: int, kind: str, facts: dict[str, Any]) -> Entry:
        """Return an event of this turn without adding it; every kind of event has facts."""
        return Entry(seq, kind, b'{"kind":"%b%b%d,%b' % (kind.encode(), self._same, seq, encode_json(facts)[1:]))

    def take_over(self, entries: Sequence[Entry], *, replayed_seq: int) -> None:
        """Add events that another replica numbered; those that are here are passed over, a hole is refused.

        Up to `replayed_seq` they were said before they could be heard here.
        """
        self.replayed_seq = max(self.replayed_seq, replayed_seq)
        try:
            for entry in entries:
                if entry.seq > len(self._entries) + 1:
                    raise MissingEvents
                if entry.seq == len(self._entries) + 1:
                    self._add(entry)
        finally:
            self.ring()

    def close(self) -> None:
        """Tell followers that nothing more comes."""
        self.is_closed = True
        self.ring()

    def after(self, seq: int) -> list[Entry]:
        """Return the events after a position."""
        return self._entries[seq:]

    def bytes_after(self, seq: int) -> int:
        """Return how many bytes of events wait for a follower at this position."""
        return self.size_bytes - self._bytes_before[min(seq, len(self._entries))]

    def reply_at(self, seq: int) -> Reply | None:
        """Return the reply as it is after an event, to the letter what folding everything up to there gives."""
        folded_seq, reply = self._folded
        if folded_seq > seq:
            folded_seq, reply = 0, None
        reply = _folded(reply, self._entries[folded_seq:seq])
        # Kept, so that the next one who asks costs only what has been said since.
        self._folded = (min(seq, len(self._entries)), reply)
        return reply

    def listen(self, listener: Listener) -> None:
        """Call the listener at every change."""
        self._listeners.append(listener)

    def forget(self, listener: Listener) -> None:
        """Call the listener no more."""
        self._listeners.remove(listener)

    @property
    def listener_count(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def ring(self) -> None:
        """Tell who listens to look again."""
        for listener in self._listeners:
            listener()

    def _add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.size_bytes += len(entry.body)
        self._bytes_before.append(self.size_bytes)


def _folded(reply: Reply | None, entries: Sequence[Entry]) -> Reply | None:
    # Long replies are thousands of pieces: they are joined once instead of copying the text for each of them.
    said: dict[str, list[str]] = {field: [] for field in PIECES.values()}
    for entry in entries:
        event = decode_json(entry.body)
        field = PIECES.get(entry.kind)
        if field is not None:
            said[field].append(event["text"])
        else:
            reply = fold(_with_pieces(reply, said), event)
    return _with_pieces(reply, said)


def _with_pieces(reply: Reply | None, said: dict[str, list[str]]) -> Reply | None:
    if reply is not None and any(said.values()):
        reply = {**reply, **{field: reply[field] + "".join(pieces) for field, pieces in said.items()}}
    for pieces in said.values():
        pieces.clear()
    return reply


class TurnLogs:
    """The logs of the turns that this process runs, and of ended ones while there is room."""

    def __init__(self, *, kept_bytes: int = KEPT_BYTES, kept_logs: int = KEPT_LOGS) -> None:
        self._kept_bytes = kept_bytes
        self._kept_logs = kept_logs
        self._logs: OrderedDict[UUID, TurnLog] = OrderedDict()
        self._ended: OrderedDict[UUID, int] = OrderedDict()
        self._ended_bytes = 0
        self._on_open: list[Callable[[TurnLog], None]] = []

    def on_open(self, listener: Callable[[TurnLog], None]) -> None:
        """Call the listener with every log that is opened from now on."""
        self._on_open.append(listener)

    def open(self, turn_id: UUID, epoch: str) -> TurnLog:
        """Begin the log of a turn."""
        log = TurnLog(turn_id, epoch)
        self._logs[turn_id] = log
        for listener in self._on_open:
            listener(log)
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
