"""Looking into the analytics database from tests."""

from typing import Any

from sqlalchemy import func, select

from analytics_service.models import AnalyticsTable, table_of
from service_kit.db import Database


async def rows_of(database: Database, model: type[AnalyticsTable]) -> list[dict[str, Any]]:
    """Return every row of a table, ordered by its key."""
    table = table_of(model)
    async with database.read() as session:
        rows = await session.execute(select(table).order_by(*table.primary_key.columns))
        return [dict(row._mapping) for row in rows]


async def count_of(database: Database, model: type[AnalyticsTable]) -> int:
    """Return how many rows a table has."""
    async with database.read() as session:
        return (await session.execute(select(func.count()).select_from(table_of(model)))).scalar_one()


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return facts and roll-ups, without cursors and what only says when something was written."""
    models = [model for model in _all_models(AnalyticsTable) if hasattr(model, "__table__")]
    told = {str(model.__tablename__): await rows_of(database, model) for model in models}
    del told["source_cursor"]
    return {name: [{key: row[key] for key in row if key != "at"} for row in rows] for name, rows in told.items()}


def _all_models(model: type[AnalyticsTable]) -> list[type[AnalyticsTable]]:
    below = [leaf for child in model.__subclasses__() for leaf in _all_models(child)]
    return [model, *below]
