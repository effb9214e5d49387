"""Migrations: they make exactly the tables of the models, on both engines, and can be taken back."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

import analytics_service
from analytics_service.models import AnalyticsTable
from service_kit.db import Database
from service_kit.migrations import alembic_config, is_current, upgrade

MIGRATIONS = Path(analytics_service.__file__).parent / "migrations"


def differences(connection: Connection) -> list[object]:
    """What a database has differently from the models, types and indexes included."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, AnalyticsTable.metadata))


def take_back(connection: Connection) -> None:
    """Undo every migration."""
    config = alembic_config(MIGRATIONS)
    config.attributes["connection"] = connection
    config.attributes["metadata"] = AnalyticsTable.metadata
    command.downgrade(config, "base")


async def test_a_migrated_database_equals_the_models(database_url: str) -> None:
    database = Database(database_url)
    assert not await is_current(database, MIGRATIONS)
    for _ in range(2):
        await asyncio.to_thread(upgrade, database_url, MIGRATIONS, AnalyticsTable.metadata)
    assert await is_current(database, MIGRATIONS)
    async with database.engine.begin() as connection:
        assert await connection.run_sync(differences) == []
        await connection.run_sync(take_back)
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == ["alembic_version"]
    await database.close()
