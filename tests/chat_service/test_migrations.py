"""A migrated database is the one the models describe, on both engines."""

import asyncio
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

import chat_service
from chat_service.models import ChatTable
from service_kit.db import Database
from service_kit.migrations import is_current, upgrade

MIGRATIONS = Path(str(chat_service.__file__)).parent / "migrations"


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), ChatTable.metadata))


def partial_indexes(connection: Connection) -> set[str]:
    """The indexes with a condition, which the comparison does not look into."""
    option = f"{connection.dialect.name}_where"
    return {
        str(index["name"])
        for table in inspect(connection).get_table_names()
        for index in inspect(connection).get_indexes(table)
        if index.get("dialect_options", {}).get(option) is not None
    }


async def test_migrating_gives_what_the_models_describe(database_url: str) -> None:
    database = Database(database_url)
    assert not await is_current(database, MIGRATIONS)
    # The second one is a process that starts at the same time and finds nothing left to do.
    for _ in range(2):
        await asyncio.to_thread(upgrade, database_url, MIGRATIONS, ChatTable.metadata)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(partial_indexes) == {
            "ix_outbox_event_unstamped",
            "ix_turn_lease",
            "ix_turn_queue",
            "ix_turn_running",
        }
    assert await is_current(database, MIGRATIONS)
    await database.close()
