"""Adding up: what a batch of new facts adds to the roll-ups, a few statements for a whole batch."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ddsketch import DDSketch
from sqlalchemy import LargeBinary, Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from analytics_service.bulk import add_up, put
from analytics_service.ingestion.letters import Letter
from analytics_service.models import NO_TENANT, LatencyBucket, RequestBucket, TenantTotal, UsageBucket, table_of
from analytics_service.quarters import quarter_of
from analytics_service.sketches import decode_sketch, new_sketch
from service_kit.contracts.events import ConversationCreated, Purpose, TurnFinished, TurnStarted, UserRegistered
from service_kit.telemetry import encode_sketch

ROWS_READ_AT_ONCE = 1_000

Key = tuple[Any, ...]


@dataclass(slots=True)
class Addition:
    """What a batch adds to one bucket of latencies."""

    count: int = 0
    sketches: dict[str, DDSketch] = field(default_factory=lambda: defaultdict(new_sketch))


async def add_to_rollups(session: AsyncSession, letters: Sequence[Letter]) -> None:
    """Add new facts to every roll-up, in the caller's transaction, which holds the lock of their source."""
    await add_up(session, table_of(TenantTotal), tenant_totals(letters))
    await add_up(session, table_of(UsageBucket), usage(letters))
    await _merge(session, table_of(LatencyBucket), "turns", latencies(letters))
    await _merge(session, table_of(RequestBucket), "requests", requests(letters))


def tenant_totals(letters: Sequence[Letter]) -> list[dict[str, Any]]:
    """Count new users and conversations by tenant."""
    totals: defaultdict[Any, Counter[str]] = defaultdict(Counter)
    for letter in letters:
        match letter.event:
            case UserRegistered(tenant_id=tenant_id):
                totals[tenant_id]["users"] += 1
            case ConversationCreated(tenant_id=tenant_id):
                totals[tenant_id]["conversations"] += 1
    return _rows(table_of(TenantTotal), {(tenant_id,): counts for tenant_id, counts in totals.items()})


def usage(letters: Sequence[Letter]) -> list[dict[str, Any]]:
    """Count questions and what turns used, by everything a report may group by."""
    totals: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    for letter in letters:
        event = letter.event
        if not isinstance(event, TurnStarted | TurnFinished):
            continue
        dimensions = event.user_id, event.provider, event.model, event.purpose, event.transport
        counts = totals[(event.tenant_id, quarter_of(letter.at), *dimensions)]
        is_reply = event.purpose == Purpose.REPLY
        if isinstance(event, TurnStarted):
            counts["questions"] += is_reply
        else:
            counts["replies"] += is_reply
            _count_turn(counts, event)
    return _rows(table_of(UsageBucket), totals)


def _count_turn(counts: Counter[str], event: TurnFinished) -> None:
    counts["turns"] += 1
    counts[event.outcome] += 1
    counts["input_tokens"] += event.input_tokens
    counts["output_tokens"] += event.output_tokens
    counts["cached_tokens"] += event.cached_tokens
    counts["cost_micro_usd"] += event.cost_micro_usd
    counts["duration_ms"] += event.duration_ms
    if event.usage_source == "estimated":
        counts["estimated_tokens"] += event.input_tokens + event.output_tokens


def latencies(letters: Sequence[Letter]) -> dict[Key, Addition]:
    """Collect how long turns took and how long their first token, by model and purpose."""
    additions: defaultdict[Key, Addition] = defaultdict(Addition)
    for letter in letters:
        event = letter.event
        if not isinstance(event, TurnFinished):
            continue
        addition = additions[(event.tenant_id, quarter_of(letter.at), event.provider, event.model, event.purpose)]
        addition.count += 1
        addition.sketches["durations"].add(event.duration_ms)
        if event.time_to_first_token_ms is not None:
            addition.sketches["first_tokens"].add(event.time_to_first_token_ms)
    return additions


def requests(letters: Sequence[Letter]) -> dict[Key, Addition]:
    """Collect request telemetry by service, route and status."""
    additions: defaultdict[Key, Addition] = defaultdict(Addition)
    for letter in letters:
        for tally in letter.routes:
            dimensions = letter.row["service"], tally.method, tally.route, tally.status
            addition = additions[(tally.tenant_id or NO_TENANT, quarter_of(letter.at), *dimensions)]
            addition.count += tally.requests
            addition.sketches["durations"].merge(tally.durations)
    return additions


def _rows(table: Table, totals: dict[Key, Counter[str]]) -> list[dict[str, Any]]:
    keys = [column.name for column in table.primary_key.columns]
    numbers = [column.name for column in table.columns if column.name not in keys]
    return [
        {**dict(zip(keys, key, strict=True)), **{name: counts[name] for name in numbers}}
        for key, counts in totals.items()
    ]


async def _merge(session: AsyncSession, table: Table, count: str, additions: dict[Key, Addition]) -> None:
    keys = [column.name for column in table.primary_key.columns]
    blobs = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    known = await _read(session, table, sorted(additions))
    rows = []
    for key, addition in additions.items():
        row = dict(zip(keys, key, strict=True)) | {count: addition.count}
        before = known.get(key)
        if before is not None:
            row[count] += getattr(before, count)
            for blob in blobs:
                addition.sketches[blob].merge(decode_sketch(getattr(before, blob)))
        rows.append(row | {blob: encode_sketch(addition.sketches[blob]) for blob in blobs})
    await put(session, table, rows)


async def _read(session: AsyncSession, table: Table, keys: list[Key]) -> dict[Key, Any]:
    columns = list(table.primary_key.columns)
    found: dict[Key, Any] = {}
    for begin in range(0, len(keys), ROWS_READ_AT_ONCE):
        some = keys[begin : begin + ROWS_READ_AT_ONCE]
        rows = await session.execute(select(table).where(tuple_(*columns).in_(some)))
        found |= {tuple(row[: len(columns)]): row for row in rows}
    return found
