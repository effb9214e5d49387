"""What every test shares: a fresh database on SQLite and on PostgreSQL, and the PostgreSQL it lives on."""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

DEFAULT_POSTGRES_URL = "postgresql://postgres@127.0.0.1:5432/postgres"


def postgres_url() -> str:
    """The PostgreSQL on which tests make databases of their own; the test command provides one."""
    return os.environ.get("TEST_POSTGRES_URL", DEFAULT_POSTGRES_URL)


async def run_on_postgres(statement: str, *, url: str | None = None) -> None:
    """Run statements outside of any transaction of ours."""
    connection = await asyncpg.connect(url or postgres_url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def run_aside(statement: str) -> None:
    """Run statements on a loop of their own: a session fixture may be made while a test's loop is running."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(run_on_postgres(statement))).result()


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """The URL of a database for the tests of this process; making one for each test would take half a second each."""
    name = f"parley_test_{uuid4().hex}"
    run_aside(f"CREATE DATABASE {name}")
    yield f"{postgres_url().rpartition('/')[0]}/{name}"
    run_aside(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_database")
    await run_on_postgres("DROP SCHEMA public CASCADE; CREATE SCHEMA public", url=url)
    return f"postgresql+asyncpg://{url.partition('://')[2]}"


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
