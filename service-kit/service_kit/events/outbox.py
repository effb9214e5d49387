"""The outbox: what happened is written in the transaction that makes it true, and numbered without gaps afterwards."""

import asyncio
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    func,
    insert,
    select,
    update,
)
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.clock import new_id, utc_now
from service_kit.contracts.events import Envelope, Event
from service_kit.db import Database, UtcDateTime
from service_kit.json_body import decode_json, encode_json

STAMP_BATCH = 1_000

# SQLite numbers rows by itself only when the key is exactly INTEGER.
RowNumber = BigInteger().with_variant(Integer(), "sqlite")


class Outbox:
    """The outbox tables of one service and what is done with them."""

    def __init__(self, metadata: MetaData, *, source: str) -> None:
        self.source = source
        self.events = Table(
            "outbox_event",
            metadata,
            Column("id", RowNumber, primary_key=True, autoincrement=True),
            Column("seq", BigInteger, nullable=True, unique=True),
            Column("event_id", Uuid, nullable=False, unique=True),
            Column("type", String(100), nullable=False),
            Column("occurred_at", UtcDateTime, nullable=False),
            Column("data", Text, nullable=False),
        )
        unstamped = self.events.c.seq.is_(None)
        Index("ix_outbox_event_unstamped", self.events.c.id, sqlite_where=unstamped, postgresql_where=unstamped)
        self.head = Table(
            "outbox_head",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("epoch", String(36), nullable=False),
            Column("last_seq", BigInteger, nullable=False),
            Column("pruned_seq", BigInteger, nullable=False),
        )
        self.readers = Table(
            "outbox_reader",
            metadata,
            Column("name", String(100), primary_key=True),
            Column("acknowledged_seq", BigInteger, nullable=False),
            Column("seen_at", UtcDateTime, nullable=False),
        )
        self.recorded = asyncio.Event()
        # Made once: composing a statement costs more than running it.
        self._insert = insert(self.events)

    async def record(self, session: AsyncSession, event: Event, *, occurred_at: datetime | None = None) -> None:
        """Write the event in the caller's transaction; the relay hears of it when that commits."""
        await session.execute(
            self._insert,
            {
                "event_id": event.event_id,
                "type": event.type,
                "occurred_at": occurred_at or utc_now(),
                "data": encode_json(event.model_dump(mode="json")).decode(),
            },
        )
        sqlalchemy_event.listen(session.sync_session, "after_commit", self._wake, once=True)

    def _wake(self, _session: Any) -> None:
        self.recorded.set()

    async def ensure_head(self, database: Database) -> None:
        """Create the head row, and with it the epoch, on the very first start."""
        async with database.write() as session:
            if (await session.execute(select(self.head.c.id))).first() is None:
                await session.execute(insert(self.head).values(id=1, epoch=str(new_id()), last_seq=0, pruned_seq=0))

    async def stamp(self, session: AsyncSession) -> tuple[str, list[Envelope]]:
        """Number the rows that wait, at most STAMP_BATCH, and return the epoch and the events in order.

        The head row is locked first, so relays take turns. Rows are numbered only after their own commit: reading
        `id > last` would skip rows whose transaction commits late.
        """
        head = (await session.execute(select(self.head).with_for_update())).one()
        waiting = (
            select(self.events.c.id, func.row_number().over(order_by=self.events.c.id).label("place"))
            .where(self.events.c.seq.is_(None))
            .order_by(self.events.c.id)
            .limit(STAMP_BATCH)
            .subquery()
        )
        numbered = await session.execute(
            update(self.events)
            .values(seq=head.last_seq + waiting.c.place)
            .where(self.events.c.id == waiting.c.id, self.events.c.seq.is_(None))
            .returning(*self.events.c)
        )
        rows = sorted(numbered.all(), key=lambda row: row.seq)
        if rows:
            await session.execute(update(self.head).values(last_seq=rows[-1].seq))
        return head.epoch, [self._envelope(row) for row in rows]

    async def position(self, session: AsyncSession) -> tuple[str, int, int]:
        """Return the epoch, the last number given and the last number already pruned."""
        head = (await session.execute(select(self.head))).one()
        return head.epoch, head.last_seq, head.pruned_seq

    async def read(self, session: AsyncSession, *, after: int, limit: int) -> list[Envelope]:
        """Return the stamped events after a position, in order."""
        rows = await session.execute(
            select(self.events).where(self.events.c.seq > after).order_by(self.events.c.seq).limit(limit)
        )
        return [self._envelope(row) for row in rows]

    def _envelope(self, row: Any) -> Envelope:
        return Envelope.model_construct(
            specversion="1.0",
            id=row.event_id,
            source=self.source,
            type=row.type,
            time=row.occurred_at,
            sequence=row.seq,
            data=_readable(row.data),
        )


def _readable(text: str) -> dict[str, Any]:
    """Return the data of an event; a damaged row must not stop all others, so readers get it to put aside."""
    try:
        data = decode_json(text)
    except ValueError:
        data = None
    return data if isinstance(data, dict) else {"unreadable": text}
