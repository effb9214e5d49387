"""The inbox: applies letters and moves the cursor in one transaction, so that every event counts exactly once."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from analytics_service.bulk import insert_into, insert_new
from analytics_service.ingestion.letters import Letter, UnreadableLetter, newly_told, read_letter, read_letters
from analytics_service.ingestion.metrics import EVENTS_APPLIED, EVENTS_QUARANTINED
from analytics_service.ingestion.rollups import add_to_rollups
from analytics_service.models import Quarantine, SourceCursor, table_of
from service_kit.clock import utc_now
from service_kit.contracts.events import Envelope, RequestsCounted
from service_kit.db import Database
from service_kit.events.consumer import Position
from service_kit.fault_points import fault_point
from service_kit.json_body import encode_json
from service_kit.logs import get_logger

OWN_SOURCE = "analytics-service"
TYPE_MAX_CHARS = 100

CURSOR = table_of(SourceCursor)
QUARANTINE = table_of(Quarantine)

Tell = Callable[[Sequence[Letter]], None]

log = get_logger(__name__)


class DatabaseInbox:
    """The inbox over the service's database. Several replicas may compete for a source; one of them wins each batch.

    `tell` is called after each commit with what is new; with nothing when another replica applied something.
    """

    def __init__(self, database: Database, *, tell: Tell) -> None:
        self._database = database
        self._tell = tell
        self._seen: dict[str, Position] = {}

    async def position(self, source: str) -> Position:
        """Return how far this source was applied."""
        async with self._database.read() as session:
            found = (
                await session.execute(select(CURSOR.c.epoch, CURSOR.c.seq).where(CURSOR.c.source == source))
            ).first()
        position = Position(found.epoch, found.seq) if found else Position(None, 0)
        if self._seen.setdefault(source, position) != position:
            self._seen[source] = position
            self._tell(())
        return position

    async def apply(self, source: str, *, since: Position, epoch: str, events: list[Envelope]) -> bool:
        """Apply consecutive events and move the cursor in one transaction; False when somebody else moved it."""
        letters, unreadable = read_letters(events)
        reached = Position(epoch, events[-1].sequence if events else since.seq)
        async with self._database.write() as session:
            if not await self._advance(session, source, since=since, reached=reached):
                return False
            fresh = await _store(session, letters)
            await _quarantine(session, source, epoch, unreadable)
            await fault_point("inbox.apply.before_commit")
        self._seen[source] = reached
        EVENTS_APPLIED.labels(source).inc(len(fresh))
        EVENTS_QUARANTINED.labels(source).inc(len(unreadable))
        self._tell(fresh)
        return True

    async def start_over(self, source: str, *, epoch: str, pruned: int) -> None:
        """Accept a new epoch, or the loss of a pruned range, and continue from `pruned`."""
        moved = {"epoch": epoch, "seq": pruned, "updated_at": utc_now()}
        async with self._database.write() as session:
            statement = insert_into(session, CURSOR).values(source=source, **moved)
            await session.execute(statement.on_conflict_do_update(index_elements=["source"], set_=moved))
        log.warning("cursor_moved", source=source, epoch=epoch, seq=pruned)

    async def count_own(self, counted: RequestsCounted) -> None:
        """Count this service's own requests; they need no way through an outbox."""
        at = utc_now()
        told = Envelope(id=counted.event_id, source=OWN_SOURCE, type=counted.type, time=at, data={})
        letter = read_letter(counted, told)
        async with self._database.write() as session:
            # Replicas that count their requests at the same moment take turns on this row.
            first = insert_into(session, CURSOR).values(source=OWN_SOURCE, epoch="own", seq=1, updated_at=at)
            again = {"seq": CURSOR.c.seq + 1, "updated_at": at}
            await session.execute(first.on_conflict_do_update(index_elements=["source"], set_=again))
            await _store(session, [letter])

    async def _advance(self, session: AsyncSession, source: str, *, since: Position, reached: Position) -> bool:
        moved: dict[str, Any] = {"epoch": reached.epoch, "seq": reached.seq, "updated_at": utc_now()}
        if since.epoch is None:
            begun = insert_into(session, CURSOR).values(source=source, **moved).on_conflict_do_nothing()
            found = await session.execute(begun.returning(CURSOR.c.seq))
        else:
            here = CURSOR.c.source == source, CURSOR.c.epoch == since.epoch, CURSOR.c.seq == since.seq
            found = await session.execute(update(CURSOR).where(*here).values(moved).returning(CURSOR.c.seq))
        return found.first() is not None


async def _store(session: AsyncSession, letters: list[Letter]) -> list[Letter]:
    by_table: defaultdict[Any, list[Letter]] = defaultdict(list)
    for letter in letters:
        by_table[letter.table].append(letter)
    fresh: list[Letter] = []
    for table, told in by_table.items():
        ids = await insert_new(session, table, [letter.row for letter in told], key="event_id")
        fresh += newly_told(told, ids)
    await add_to_rollups(session, fresh)
    return fresh


async def _quarantine(session: AsyncSession, source: str, epoch: str, letters: list[UnreadableLetter]) -> None:
    for letter in letters:
        log.error("event_quarantined", source=source, seq=letter.envelope.sequence, reason=letter.reason)
    at = utc_now()
    rows = [
        {
            "source": source,
            "epoch": epoch,
            "seq": letter.envelope.sequence,
            "event_id": letter.envelope.id,
            "type": letter.envelope.type.replace("\x00", "")[:TYPE_MAX_CHARS],
            "reason": letter.reason,
            "payload": encode_json(letter.envelope.model_dump()).decode(),
            "at": at,
        }
        for letter in letters
    ]
    if rows:
        await session.execute(insert_into(session, QUARANTINE).on_conflict_do_nothing(), rows)
