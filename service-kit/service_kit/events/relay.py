"""The relay: numbers what the outbox holds after it is committed, then rings the doorbell."""

import asyncio
import contextlib
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from service_kit.clock import utc_now
from service_kit.contracts.events import Envelope
from service_kit.db import Database
from service_kit.events.bus import RING_MAX_EVENTS, Bus, Ring
from service_kit.events.outbox import STAMP_BATCH, Outbox
from service_kit.fault_points import fault_point
from service_kit.logs import get_logger

LOOK_SECONDS = 1.0
# Events that come together are stamped together: one transaction for all of them, and none between a question's begin
# and its first delta.
GATHER_SECONDS = 0.05
RETENTION = timedelta(days=7)
PRUNE_SECONDS = 3_600.0
PRUNE_BATCH = 5_000

log = get_logger(__name__)


class Relay:
    """One relay of a service; several may run, they take turns on the head row."""

    def __init__(self, database: Database, outbox: Outbox, bus: Bus) -> None:
        self._database = database
        self._outbox = outbox
        self._bus = bus
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Relay until cancelled; a failing database or Redis is met with patience."""
        # The outbox lives as long as its module; the event it sets belongs to the loop that waits for it.
        self._outbox.recorded = asyncio.Event()
        next_prune = asyncio.get_running_loop().time() + PRUNE_SECONDS
        while True:
            # Cleared before looking: what is recorded while we look is found on the next round, at once.
            self._outbox.recorded.clear()
            try:
                # A batch that is not full was all there was.
                while await self.relay_once() == STAMP_BATCH:
                    pass
                if asyncio.get_running_loop().time() >= next_prune:
                    next_prune += PRUNE_SECONDS
                    await self.prune()
            except (SQLAlchemyError, OSError) as error:
                log.warning("relay_waits", error=type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)
            except Exception as error:
                # Whatever it is, events must not stay behind for as long as this process lives.
                log.error("relay_failed", exc_info=error)
                await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._outbox.recorded.wait()
                await asyncio.sleep(GATHER_SECONDS)

    async def relay_once(self) -> int:
        """Stamp one batch and ring; return how many events it had."""
        if not await self._has_waiting():
            return 0
        async with self._database.write() as session:
            epoch, events = await self._outbox.stamp(session)
            await fault_point("relay.stamp.before_commit")
        if events:
            await fault_point("relay.stamped")
            self._tell_pullers()
            await self._bus.publish(self._ring(epoch, events))
        return len(events)

    async def close(self) -> None:
        """Relay what is left and give the doorbell back."""
        with contextlib.suppress(SQLAlchemyError, OSError):
            await self.relay_once()
        await self._bus.close()

    @property
    def next_stamp(self) -> asyncio.Event:
        """Set as soon as this process stamps something from now on."""
        return self._news

    async def prune(self) -> int:
        """Delete letters that every reader acknowledged and that are older than RETENTION."""
        events, head, readers = self._outbox.events, self._outbox.head, self._outbox.readers
        async with self._database.write() as session:
            acknowledged = (await session.execute(select(func.min(readers.c.acknowledged_seq)))).scalar()
            if acknowledged is None:
                return 0
            old = (
                select(events.c.seq)
                .where(events.c.seq <= acknowledged, events.c.occurred_at < utc_now() - RETENTION)
                .order_by(events.c.seq)
                .limit(PRUNE_BATCH)
            )
            last = (await session.execute(select(func.max(old.subquery().c.seq)))).scalar()
            if last is None:
                return 0
            gone = await session.execute(delete(events).where(events.c.seq <= last).returning(events.c.seq))
            await session.execute(update(head).values(pruned_seq=last))
            return len(gone.all())

    async def _has_waiting(self) -> bool:
        events = self._outbox.events
        async with self._database.read() as session:
            return (
                await session.execute(select(events.c.id).where(events.c.seq.is_(None)).limit(1))
            ).first() is not None

    def _tell_pullers(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _ring(self, epoch: str, events: list[Envelope]) -> Ring:
        carried = tuple(events) if len(events) <= RING_MAX_EVENTS else ()
        return Ring(self._outbox.source, epoch, events[-1].sequence, carried)
