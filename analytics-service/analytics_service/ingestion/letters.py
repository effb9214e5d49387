"""Reading letters: an event this version understands and can store, or the reason why it goes to quarantine."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ddsketch import DDSketch
from pydantic import ValidationError
from sqlalchemy import Table

from analytics_service.models import ConversationFact, KnownUser, QuestionFact, RequestBatch, TurnFact, table_of
from analytics_service.sketches import decode_sketch
from service_kit.contracts.events import (
    ConversationCreated,
    Envelope,
    Event,
    RequestsCounted,
    TurnFinished,
    TurnStarted,
    UserRegistered,
)

# Sums of a million such numbers still fit into the database's 64 bits.
MAX_NUMBER = 10**12
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
METHOD_MAX_CHARS = 20
ROUTE_MAX_CHARS = 300
REASON_MAX_CHARS = 500

FACT_TABLES: dict[type[Event], Table] = {
    UserRegistered: table_of(KnownUser),
    ConversationCreated: table_of(ConversationFact),
    TurnStarted: table_of(QuestionFact),
    TurnFinished: table_of(TurnFact),
    RequestsCounted: table_of(RequestBatch),
}
ENVELOPE_COLUMNS = frozenset({"event_id", "seq", "occurred_at"})
EVENT_COLUMNS = {
    table.name: [
        (column.name, getattr(column.type, "length", None))
        for column in table.columns
        if column.name not in ENVELOPE_COLUMNS
    ]
    for table in FACT_TABLES.values()
}


@dataclass(frozen=True, slots=True)
class RouteTally:
    """Requests of one kind, with their decoded durations."""

    tenant_id: UUID | None
    method: str
    route: str
    status: int
    requests: int
    durations: DDSketch


@dataclass(frozen=True, slots=True)
class Letter:
    """An event that can be stored: its row, and for telemetry its decoded sketches."""

    event: Event
    at: datetime
    row: dict[str, Any]
    routes: tuple[RouteTally, ...] = ()

    @property
    def table(self) -> Table:
        """The table of this fact."""
        return FACT_TABLES[type(self.event)]


@dataclass(frozen=True, slots=True)
class UnreadableLetter:
    """An event that cannot be stored, and why."""

    envelope: Envelope
    reason: str


def read_letters(envelopes: Iterable[Envelope]) -> tuple[list[Letter], list[UnreadableLetter]]:
    """Tell the letters that can be stored from those that cannot."""
    letters, unreadable = [], []
    for envelope in envelopes:
        try:
            letters.append(read_letter(envelope.open(), envelope))
        except ValueError as error:
            unreadable.append(UnreadableLetter(envelope, _reason(error)))
    return letters, unreadable


def _reason(error: ValueError) -> str:
    """Say what is wrong without the refused values, which may be enormous."""
    if isinstance(error, ValidationError):
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        text = "; ".join(f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}" for problem in problems)
    else:
        text = str(error)
    return text.replace("\x00", "")[:REASON_MAX_CHARS]


def read_letter(event: Event, envelope: Envelope) -> Letter:
    """Prepare one event for storing, or raise ValueError when the database could not hold it."""
    if envelope.time.tzinfo is None or not EARLIEST <= envelope.time < LATEST:
        raise ValueError("the event happened at no plausible time")
    at = envelope.time.astimezone(UTC)
    columns = EVENT_COLUMNS[FACT_TABLES[type(event)].name]
    row = {name: _storable(name, getattr(event, name), max_chars) for name, max_chars in columns}
    row |= {"event_id": envelope.id, "seq": envelope.sequence, "occurred_at": at}
    return Letter(event, at, row, routes_of(event) if isinstance(event, RequestsCounted) else ())


def routes_of(event: RequestsCounted) -> tuple[RouteTally, ...]:
    """Decode the sketches of a telemetry batch, or raise ValueError."""
    tallies = []
    for count in event.routes:
        _storable("method", count.method, METHOD_MAX_CHARS)
        _storable("route", count.route, ROUTE_MAX_CHARS)
        _storable("requests", count.requests, None)
        if not 100 <= count.status <= 999:
            raise ValueError("status is none of HTTP")
        try:
            durations = decode_sketch(base64.b64decode(count.durations, validate=True))
        except binascii.Error as error:
            raise ValueError("durations is not base64") from error
        if round(durations.count) != count.requests:
            raise ValueError("durations does not hold as many values as there were requests")
        tallies.append(RouteTally(count.tenant_id, count.method, count.route, count.status, count.requests, durations))
    return tuple(tallies)


def newly_told(letters: Sequence[Letter], fresh_ids: set[UUID]) -> list[Letter]:
    """Return each letter that was stored just now, once, even if one batch holds it twice."""
    by_id = {letter.row["event_id"]: letter for letter in letters if letter.row["event_id"] in fresh_ids}
    return list(by_id.values())


def _storable(name: str, value: Any, max_chars: int | None) -> Any:
    if isinstance(value, str):
        if "\x00" in value or (max_chars is not None and len(value) > max_chars):
            raise ValueError(f"{name} cannot be stored")
    elif isinstance(value, int) and not 0 <= value <= MAX_NUMBER:
        raise ValueError(f"{name} is out of range")
    return value
