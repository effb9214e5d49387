"""A migrated database is the one the models describe, on both engines, and the way back is open."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

import chat_service
from chat_service.models import ChatTable
from service_kit.db import Database
from service_kit.migrations import is_current, upgrade

FOLDER = Path(str(chat_service.__file__)).parent / "migrations"


@pytest.mark.usefixtures("no_env_file")
def test_a_migrated_database_equals_the_models(migrated_url: str) -> None:
    import asyncio

    async def differences() -> tuple[bool, list[object]]:
        database = Database(migrated_url)
        try:
            async with database.engine.connect() as connection:
                found = await connection.run_sync(_compare)
            return await is_current(database, FOLDER), found
        finally:
            await database.close()

    current, found = asyncio.run(differences())
    assert (current, found) == (True, [])


def _compare(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), ChatTable.metadata))


@pytest.fixture
def migrated_url(database_url: str) -> str:
    upgrade(database_url, FOLDER, ChatTable.metadata)
    # A second process that starts at the same time finds nothing left to do.
    upgrade(database_url, FOLDER, ChatTable.metadata)
    return database_url
