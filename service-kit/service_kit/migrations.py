"""Schema migrations with Alembic on SQLite and PostgreSQL, started by the service when its schema is behind."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service_kit.db import Database

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, MetaData

ADVISORY_LOCK = 0x9A51E7


def newest_revision(folder: Path) -> str:
    """Return the newest revision of a versions folder; files are named `0001_what.py`, their revision is `0001`."""
    return max(path.name.partition("_")[0] for path in (folder / "versions").glob("[0-9]*.py"))


async def is_current(database: Database, folder: Path) -> bool:
    """Tell whether the schema is the newest, without loading the migration tool."""
    try:
        async with database.read() as session:
            found = (await session.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    except DBAPIError:
        return False
    return bool(found == newest_revision(folder))


async def ensure_current(database: Database, folder: Path, *, package: str) -> None:
    """Migrate when the schema is behind, in a process of its own, so that the tool's memory is given back."""
    if await is_current(database, folder):
        return
    await database.ping()
    await asyncio.to_thread(subprocess.run, [sys.executable, "-m", package, "migrate"], check=True)


def upgrade(url: str, folder: Path, metadata: "MetaData") -> None:
    """Bring the database to the newest revision; several processes may try at once."""
    from alembic import command

    async def migrate() -> None:
        database = Database(url)
        try:
            async with database.engine.begin() as connection:
                if not database.is_sqlite:
                    # Held until the end of this transaction: replicas that start together migrate one by one.
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
                await connection.run_sync(run)
        finally:
            await database.close()

    def run(connection: "Connection") -> None:
        config = alembic_config(folder)
        config.attributes["connection"] = connection
        config.attributes["metadata"] = metadata
        command.upgrade(config, "head")

    asyncio.run(migrate())


def alembic_config(folder: Path) -> "Config":
    """Return the tool's configuration for one service's migrations."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder))
    return config
