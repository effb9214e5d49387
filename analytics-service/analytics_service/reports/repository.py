"""Reading roll-ups: every query begins with the caller's tenant and a period."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from analytics_service.models import LatencyBucket, RequestBucket, TenantTotal, UsageBucket, table_of
from analytics_service.reports.rules import Period
from service_kit.auth import Scope

USAGE = table_of(UsageBucket)
LATENCY = table_of(LatencyBucket)
REQUESTS = table_of(RequestBucket)
TOTALS = table_of(TenantTotal)

NUMBERS = [column for column in USAGE.columns if not column.primary_key]


class RollUps:
    """The roll-ups of one tenant."""

    def __init__(self, session: AsyncSession, scope: Scope) -> None:
        self._session = session
        self._tenant_id = scope.tenant_id

    async def of_all_time(self) -> tuple[int, int]:
        """Return how many users and conversations there ever were."""
        query = select(TOTALS.c.users, TOTALS.c.conversations).where(TOTALS.c.tenant_id == self._tenant_id)
        found = (await self._session.execute(query)).first()
        return (found.users, found.conversations) if found else (0, 0)

    async def usage(self, period: Period) -> dict[str, int]:
        """Return the sum of every number in a period."""
        found = await self._sums(period)
        return _numbers(found[0])

    async def usage_by_model(self, period: Period) -> dict[tuple[str, str], dict[str, int]]:
        """Return the sums in a period by provider and model."""
        rows = await self._sums(period, USAGE.c.provider, USAGE.c.model)
        return {(row.provider, row.model): _numbers(row) for row in rows}

    async def usage_by_quarter_and_user(self, period: Period) -> Sequence[Row[Any]]:
        """Return the sums in a period by quarter of an hour and user."""
        return await self._sums(period, USAGE.c.start, USAGE.c.user_id)

    async def active_users(self, period: Period) -> int:
        """Return how many users asked something in a period."""
        query = select(func.count(distinct(USAGE.c.user_id))).where(*self._within(USAGE, period), USAGE.c.questions > 0)
        return (await self._session.execute(query)).scalar_one()

    async def latencies(self, period: Period) -> list[tuple[bytes, bytes]]:
        """Return the sketches of durations and of first tokens in a period."""
        query = select(LATENCY.c.durations, LATENCY.c.first_tokens).where(*self._within(LATENCY, period))
        return [(row.durations, row.first_tokens) for row in await self._session.execute(query)]

    async def durations_by_quarter(self, period: Period) -> list[tuple[datetime, bytes]]:
        """Return the sketches of durations with their quarter of an hour."""
        query = select(LATENCY.c.start, LATENCY.c.durations).where(*self._within(LATENCY, period))
        return [(row.start, row.durations) for row in await self._session.execute(query)]

    async def durations_by_model(self, period: Period) -> dict[tuple[str, str], list[bytes]]:
        """Return the sketches of durations by provider and model."""
        query = select(LATENCY.c.provider, LATENCY.c.model, LATENCY.c.durations).where(*self._within(LATENCY, period))
        found: defaultdict[tuple[str, str], list[bytes]] = defaultdict(list)
        for row in await self._session.execute(query):
            found[(row.provider, row.model)].append(row.durations)
        return found

    async def requests(self, period: Period) -> Sequence[Row[Any]]:
        """Return the request roll-ups in a period."""
        return (await self._session.execute(select(REQUESTS).where(*self._within(REQUESTS, period)))).all()

    async def _sums(self, period: Period, *by: ColumnElement[Any]) -> Sequence[Row[Any]]:
        sums = [func.coalesce(func.sum(column), 0).label(column.name) for column in NUMBERS]
        query = select(*by, *sums).where(*self._within(USAGE, period)).group_by(*by)
        return (await self._session.execute(query)).all()

    def _within(self, table: Table, period: Period) -> tuple[ColumnElement[bool], ...]:
        return (
            table.c.tenant_id == self._tenant_id,
            table.c.start >= period.start,
            table.c.start < period.end,
        )


def _numbers(row: Row[Any]) -> dict[str, int]:
    # PostgreSQL sums 64-bit integers to decimals.
    return {column.name: int(getattr(row, column.name)) for column in NUMBERS}
