"""The migrated database is the one the models describe."""

import asyncio
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

import auth_service
from auth_service.models import AuthTable
from service_kit.db import Database
from service_kit.migrations import alembic_config, is_current, newest_revision, upgrade

MIGRATIONS = Path(str(auth_service.__file__)).parent / "migrations"


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), AuthTable.metadata))


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
    await asyncio.to_thread(upgrade, database_url, MIGRATIONS, AuthTable.metadata)
    await asyncio.to_thread(upgrade, database_url, MIGRATIONS, AuthTable.metadata)

    database = Database(database_url)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(partial_indexes) == {"ix_outbox_event_unstamped", "ix_signing_key_active"}
    assert await is_current(database, MIGRATIONS)
    await database.close()


async def test_migrations_can_be_taken_back(database_url: str) -> None:
    await asyncio.to_thread(upgrade, database_url, MIGRATIONS, AuthTable.metadata)

    def take_back(connection: Connection) -> list[str]:
        config = alembic_config(MIGRATIONS)
        config.attributes.update(connection=connection, metadata=AuthTable.metadata)
        command.downgrade(config, "base")
        return inspect(connection).get_table_names()

    database = Database(database_url)
    async with database.engine.begin() as connection:
        assert await connection.run_sync(take_back) == ["alembic_version"]
    assert not await is_current(database, MIGRATIONS)
    await database.close()


def test_the_newest_revision_is_found_by_its_name() -> None:
    assert newest_revision(MIGRATIONS) == "0001"
