"""Databases: SQLite (WAL) and PostgreSQL behind short read and write transactions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, event, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import registry

from service_kit.logs import get_logger
from service_kit.sqlite_in_loop import DRIVER, InLoopConnection

BUSY_TIMEOUT_MS = 5_000
POOL_SIZE = 10
POOL_WAIT_SECONDS = 2
STATEMENT_TIMEOUT_MS = 5_000
CONNECT_TIMEOUT_SECONDS = 5
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.5

log = get_logger(__name__)

T = TypeVar("T")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def table_registry() -> registry:
    """A registry of its own for one service's tables, so that several services can live in one test process."""
    return registry(metadata=MetaData(naming_convention=NAMING))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time on both databases; SQLite alone would hand back naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Mark what SQLite returns as the UTC it is."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One database of one service. `read` and `write` are short transactions: never await a model inside.

    `reads_much` is for databases in which a statement may take long; on SQLite theirs run in threads.
    """

    def __init__(self, url: str, *, reads_much: bool = False) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _create_engine(url, is_sqlite=self.is_sqlite, reads_much=reads_much)
        # SQLite has one writer at a time: queueing here is fair, its own busy handler is not.
        self._one_writer = asyncio.Lock() if self.is_sqlite else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a read transaction; nothing is written."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a write transaction, committed at the end of the block, rolled back when it raises."""
        if self._one_writer is None:
            async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        async with self._one_writer, AsyncSession(self.engine, expire_on_commit=False) as session:
            # Taking the write lock at once avoids the upgrade from a read lock, which SQLite refuses when another
            # process has written in between.
            await session.execute(text("BEGIN IMMEDIATE"))
            try:
                yield session
                await session.commit()
            except BaseException:
                await session.rollback()
                raise

    async def ping(self) -> None:
        """Raise when the database cannot be reached."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def patiently(work: Callable[[], Awaitable[T]], *, seconds: float = PATIENCE_SECONDS) -> T:
    """Do short work on a database, again while it is away, and give up after a while with what went wrong last.

    For work of our own that nobody can be asked to repeat; a request is answered with 503 instead.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await work()
        except IntegrityError:
            raise
        except (SQLAlchemyError, OSError):
            if asyncio.get_running_loop().time() >= deadline:
                raise
        await asyncio.sleep(PAUSE_SECONDS)


async def undisturbed(work: Coroutine[Any, Any, T]) -> T:
    """Do something that uses a database to its end, even if whoever asked for it goes away meanwhile.

    A statement that is cut in the middle costs its connection, and many who leave at once would cost all of them.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_note_failure)
        raise


def _note_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.info("failed_after_its_asker_left", error=type(error).__name__)


def _create_engine(url: str, *, is_sqlite: bool, reads_much: bool) -> AsyncEngine:
    if is_sqlite:
        if not reads_much:
            url = f"{DRIVER}:{url.partition(':')[2]}"
        path = url.partition(":///")[2]
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            url, pool_size=POOL_SIZE, max_overflow=0, pool_timeout=POOL_WAIT_SECONDS, hide_parameters=True
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        return engine
    return create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_pre_ping=True,
        # Parameters are what people wrote; an error must not carry them into the log.
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_TIMEOUT_SECONDS,
            "server_settings": {"statement_timeout": str(STATEMENT_TIMEOUT_MS), "timezone": "UTC"},
        },
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is switched off: `write` begins explicitly, reads need no BEGIN.
    connection.isolation_level = None
    cursor = connection.cursor()
    if not isinstance(connection, InLoopConnection):
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: with NORMAL a power loss may roll back transactions whose success was already told.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
