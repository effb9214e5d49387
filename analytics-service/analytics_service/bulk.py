"""Statements over many rows that SQLite and PostgreSQL both understand."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

Insert = postgresql.Insert | sqlite.Insert


def insert_into(session: AsyncSession, table: Table) -> Insert:
    """Begin an insert that knows ON CONFLICT, in the dialect of the session's database."""
    return sqlite.insert(table) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(table)


async def insert_new(session: AsyncSession, table: Table, rows: Sequence[dict[str, Any]], *, key: str) -> set[Any]:
    """Insert the rows that are not there yet and return the keys of those."""
    statement = insert_into(session, table).on_conflict_do_nothing().returning(table.columns[key])
    return set((await session.execute(statement, rows)).scalars())


async def add_up(session: AsyncSession, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; where a row with the same key is there, add the numbers to it."""
    await _upsert(session, table, rows, is_sum=True)


async def put(session: AsyncSession, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, replacing those with the same key."""
    await _upsert(session, table, rows, is_sum=False)


async def _upsert(session: AsyncSession, table: Table, rows: Iterable[dict[str, Any]], *, is_sum: bool) -> None:
    keys = [column.name for column in table.primary_key.columns]
    # The same order everywhere, so that transactions which meet on several rows wait for each other, never in a ring.
    ordered = sorted(rows, key=lambda row: tuple(row[key] for key in keys))
    if not ordered:
        return
    statement = insert_into(session, table)
    changes: dict[str, ColumnElement[Any]] = {}
    for column in table.columns:
        if column.name not in keys:
            told = statement.excluded[column.name]
            changes[column.name] = column + told if is_sum else told
    await session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), ordered)
