"""SQLite without a thread between: statements run in the event loop, commits beside it.

The usual driver hands every step of every statement to a thread and waits for the answer: four journeys a statement,
seventy for one turn of a conversation, each dearer than the statement itself. A statement that finds its row by a key
takes some ten microseconds, so here it is simply run. What may take long does not hold up the loop: a commit, which
waits for the disk, goes to a thread, and a lock that somebody else holds is asked for again a little later.

For databases whose statements are all short; one that reads through a whole table blocks everybody meanwhile.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import URL
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool
from sqlalchemy.util.concurrency import await_

DRIVER: Final = "sqlite+in_loop"
BUSY_SECONDS: Final = 5.0
FIRST_PAUSE_SECONDS: Final = 0.002
LONGEST_PAUSE_SECONDS: Final = 0.05
# The lower byte of an error code is the error, the rest says more about it.
PRIMARY_CODE: Final = 0xFF

T = TypeVar("T")


class InLoopCursor(sqlite3.Cursor):
    """Runs its statements at once; a locked database is asked again until its time is over."""

    def execute(self, sql: str, parameters: Any = (), /) -> "InLoopCursor":
        """Run a statement."""
        _patiently(partial(super().execute, sql, parameters))
        return self

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> "InLoopCursor":
        """Run a statement with each of several parameters."""
        _patiently(partial(super().executemany, sql, list(parameters)))
        return self

    async def _async_soft_close(self) -> None:
        # What SQLAlchemy asks of every cursor whose rows are still read when it is done with it: nothing to wait for.
        return


class InLoopConnection(sqlite3.Connection):
    """A connection that waits for the disk in a thread."""

    def cursor(self, *_: Any) -> InLoopCursor:  # type: ignore[override]  # There is one kind of cursor here.
        """Return a cursor."""
        return super().cursor(InLoopCursor)

    def commit(self) -> None:
        """Commit, if there is something to commit."""
        if self.in_transaction:
            await_(_to_its_end(super().commit))

    def terminate(self) -> None:
        """Close without waiting for anything."""
        self.close()


class InLoopDialect(SQLiteDialect_pysqlite):
    """The dialect of SQLAlchemy's own SQLite driver, told that its connections may wait."""

    driver = "in_loop"
    supports_statement_cache = True
    is_async = True
    has_terminate = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003 - SQLAlchemy asks with the address
        """Return the pool that waits without blocking."""
        return AsyncAdaptedQueuePool

    def create_connect_args(self, url: URL) -> Any:
        """Connect with our connection, which any thread may use, and which never waits for a lock by itself."""
        arguments, options = super().create_connect_args(url)
        return arguments, {**options, "factory": InLoopConnection, "check_same_thread": False, "timeout": 0}

    def get_driver_connection(self, connection: Any) -> Any:
        """Return the connection itself; nothing is wrapped."""
        return connection

    def do_terminate(self, dbapi_connection: Any) -> None:
        """Close a connection that nobody can wait for any more."""
        dbapi_connection.terminate()


def _patiently(run: Callable[[], Any]) -> None:
    deadline: float | None = None
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            run()
            # SQLAlchemy takes a driver that never waits for one that was not made for it.
            await_(_nothing())
            return
        except sqlite3.OperationalError as error:
            now = time.monotonic()
            deadline = deadline or now + BUSY_SECONDS
            if error.sqlite_errorcode & PRIMARY_CODE != sqlite3.SQLITE_BUSY or now >= deadline:
                raise
        await_(asyncio.sleep(pause))
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


async def _nothing() -> None:
    return


async def _to_its_end(work: Callable[[], T]) -> T:
    """Run something in a thread; whoever is cancelled meanwhile learns of it after its end, never beside it."""
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            try:
                await asyncio.shield(running)
            except asyncio.CancelledError:
                continue
        raise


registry.register("sqlite.in_loop", __name__, "InLoopDialect")
