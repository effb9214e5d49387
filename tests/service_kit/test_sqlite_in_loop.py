"""SQLite in the event loop: locks are waited for without blocking, and a commit is never cut in two."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from service_kit.db import Database


@pytest.fixture
async def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'here.db'}")
    async with database.write() as session:
        await session.execute(text("CREATE TABLE word (said TEXT UNIQUE)"))
    return database


async def say(database: Database, word: str) -> None:
    async with database.write() as session:
        await session.execute(text("INSERT INTO word VALUES (:said)"), {"said": word})


async def words(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(text("SELECT said FROM word ORDER BY rowid"))).scalars())


async def test_a_lock_of_another_process_is_waited_for_while_the_loop_goes_on(
    database: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "here.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO word VALUES ('first')")
    waiting = asyncio.create_task(say(database, "second"))
    # Every one of these is a round of the loop, which a blocking wait for the lock would not let happen.
    for _ in range(100):
        await asyncio.sleep(0)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await words(database) == ["first", "second"]
    await database.close()


async def test_whoever_is_cancelled_while_committing_leaves_a_whole_transaction_or_none(database: Database) -> None:
    for number in range(50):
        writing = asyncio.create_task(say(database, f"word {number}"))
        for _ in range(number):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    said = await words(database)
    # Who was cut off can say it again: nothing is locked, and nothing stands there half.
    for number in range(50):
        if f"word {number}" not in said:
            await say(database, f"word {number}")
    assert sorted(await words(database)) == sorted(f"word {number}" for number in range(50))
    await database.close()


async def test_readers_read_while_somebody_writes(database: Database) -> None:
    await say(database, "before")
    async with database.write() as session:
        await session.execute(text("INSERT INTO word VALUES ('not yet')"))
        assert await words(database) == ["before"]
    assert await words(database) == ["before", "not yet"]
    await database.close()


async def test_a_broken_rule_of_the_schema_rolls_back(database: Database) -> None:
    await say(database, "once")
    with pytest.raises(Exception, match="UNIQUE"):
        await say(database, "once")
    await say(database, "twice")
    assert await words(database) == ["once", "twice"]
    await database.close()
