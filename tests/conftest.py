"""What every test shares: a fresh database on SQLite and on PostgreSQL, and the PostgreSQL it lives on."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

DEFAULT_POSTGRES_URL = "postgresql://postgres@127.0.0.1:5432/postgres"


def postgres_url() -> str:
    """The PostgreSQL on which tests make databases of their own; the test command provides one."""
    return os.environ.get("TEST_POSTGRES_URL", DEFAULT_POSTGRES_URL)


async def run_on_postgres(statement: str) -> None:
    """Run one statement outside of any transaction."""
    connection = await asyncpg.connect(postgres_url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty database, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    name = f"parley_test_{uuid4().hex}"
    await run_on_postgres(f"CREATE DATABASE {name}")
    try:
        yield f"postgresql+asyncpg://{postgres_url().partition('://')[2].rpartition('/')[0]}/{name}"
    finally:
        await run_on_postgres(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session", autouse=True)
def no_env_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the developer's own .env out of the tests."""
    before = os.environ.get("PARLEY_ENV_FILE")
    os.environ["PARLEY_ENV_FILE"] = str(tmp_path_factory.mktemp("env") / "none.env")
    yield
    if before is None:
        del os.environ["PARLEY_ENV_FILE"]
    else:
        os.environ["PARLEY_ENV_FILE"] = before
