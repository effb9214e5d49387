"""T07: two hundred people at once, cut off at random moments, and never a word of one of them before another one.

Every word carries the tag of its owner, and the model says whose words it was sent. A real process serves them, with
a real Redis; afterwards its connections and files are what they were before.
"""

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from aiohttp import web
from sqlalchemy import select, text
from sqlmodel import col
from tests.conftest import postgres_url, run_on_postgres
from tests.doubles.openai_server import OpenAIServer
from tests.faults.tagged_people import DOINGS, TAG, TaggedPerson, Witness, tag_of
from tests.system.processes import PACKAGES, ROOT, HttpProcess, RedisProcess, free_port

from chat_service.models import Conversation, Message, Turn
from service_kit.db import POOL_SIZE, Database
from service_kit.testing import ISSUER, Issuer

pytestmark = pytest.mark.timeout(400)

PEOPLE = 200
# As behind a gateway, one connection serves several people, one request after another.
PEOPLE_A_CLIENT = 10
# The full minute where connections are shared over a network; a third of it where the database is a file.
SECONDS = {"postgresql": 60.0, "sqlite": 20.0}
WARM_UP_SECONDS = 5.0
SETTLING_SECONDS = 60.0
LOOK_SECONDS = 0.25


@dataclass
class Served:
    """A real process of chat-service and what it stands on."""

    process: HttpProcess
    database: Database
    issuer: Issuer
    upstream: OpenAIServer
    witness: Witness

    async def crowd(self, *, seconds: float) -> None:
        """Let everybody do as they like for a while."""
        # One for all: reading the certificates of this machine takes a tenth of a second each time.
        context = ssl.create_default_context()
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
            until = asyncio.get_running_loop().time() + seconds
            for number in range(PEOPLE):
                if number % PEOPLE_A_CLIENT == 0:
                    client = await stack.enter_async_context(httpx2.AsyncClient(timeout=20, verify=context))
                person = TaggedPerson(self.process.address, self.issuer, client, self.witness)
                group.create_task(person.keep_busy(until=until))

    async def settled(self) -> None:
        """Wait until no turn is open, no request is served and nothing is asked of a model."""

        async def is_quiet() -> bool:
            async with self.database.read() as session:
                open_turns = (await session.execute(select(col(Turn.id)).where(col(Turn.outcome).is_(None)))).all()
            return not open_turns and await self.open_requests() <= 1 and self.upstream.at_once == 0

        await becomes_true(is_quiet, what="turns, requests or calls stay open")

    async def open_requests(self) -> float:
        """How many requests are being served; the question itself is one of them."""
        async with httpx2.AsyncClient() as client:
            told = (await client.get(f"{self.process.address}/metrics")).text
        line = next(line for line in told.splitlines() if line.startswith("parley_open_requests{"))
        return float(line.rpartition(" ")[2])

    def held(self) -> int:
        """How many files and connections the process holds, without those that it keeps to the model's server."""
        process = psutil.Process(self.process.pid)
        upstream = int(self.upstream.url.rpartition(":")[2].partition("/")[0])
        kept = [each for each in process.net_connections("tcp") if each.raddr and each.raddr.port == upstream]
        return int(process.num_fds()) - len(kept)

    def threads(self) -> int:
        return int(psutil.Process(self.process.pid).num_threads())


async def becomes_true(look: Callable[[], Awaitable[bool]], *, what: str) -> None:
    for _ in range(round(SETTLING_SECONDS / LOOK_SECONDS)):
        if await look():
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError(what)


@asynccontextmanager
async def public_keys(issuer: Issuer) -> AsyncIterator[str]:
    """What auth-service does for the others."""

    async def tell(request: web.Request) -> web.Response:
        return web.json_response({"keys": [issuer.public_jwk]})

    app = web.Application()
    app.router.add_get("/.well-known/jwks.json", tell)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def database_of(engine: str, folder: Path) -> AsyncIterator[str]:
    if engine == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'chat.db'}"
        return
    name = f"parley_isolation_{secrets.token_hex(8)}"
    await run_on_postgres(f"CREATE DATABASE {name}")
    try:
        yield f"{postgres_url().rpartition('/')[0]}/{name}"
    finally:
        await run_on_postgres(f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def serving(engine: str, folder: Path) -> AsyncIterator[Served]:
    issuer, witness, port = Issuer(), Witness(), free_port()
    redis = RedisProcess(port=free_port(), log=folder / "redis.log")
    redis.start()
    async with OpenAIServer() as upstream, public_keys(issuer) as auth_url, database_of(engine, folder) as url:
        await redis.ready()
        upstream.will_answer_with(witness.echo)
        environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": ":".join(str(ROOT / package) for package in PACKAGES),
            "PARLEY_ENV_FILE": str(folder / "none.env"),
            "INTERNAL_API_TOKEN": secrets.token_urlsafe(32),
            "CHAT_DATABASE_URL": url,
            "CHAT_PORT": str(port),
            "AUTH_URL": auth_url,
            "PUBLIC_ORIGIN": ISSUER,
            "REDIS_URL": redis.url,
            "OPENAI_BASE_URL": upstream.url,
            "OPENAI_MODEL": "echo-1",
            "MESSAGES_PER_MINUTE": "100000",
        }
        command = ["chat_service", "serve"]
        process = HttpProcess("chat", command, port=port, environment=environment, log=folder / "chat.log")
        process.start()
        database = Database(url.replace("postgresql://", "postgresql+asyncpg://"))
        try:
            await process.ready()
            yield Served(process, database, issuer, upstream, witness)
        finally:
            await database.close()
            process.send(15)
            redis.kill()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_nobody_hears_a_word_of_anybody_else(tmp_path: Path, engine: str) -> None:
    async with serving(engine, tmp_path) as served:
        await served.crowd(seconds=WARM_UP_SECONDS)
        await served.settled()
        held, threads = served.held(), served.threads()
        await served.crowd(seconds=SECONDS[engine])
        await served.settled()
        witness = served.witness
        assert witness.foreign == []
        assert await foreign_rows(served.database) == []
        # Something was heard through every door, or nothing was shown here.
        assert len(witness.done) == DOINGS
        assert witness.heard > PEOPLE

        async def has_let_go() -> bool:
            return served.held() <= held + POOL_SIZE and served.threads() <= threads + POOL_SIZE

        await becomes_true(has_let_go, what=f"files: {served.held()} after {held}; threads: {threads}")
        if engine == "postgresql":
            assert await busy_connections(served.database) == 0
        served.process.ensure_alive()


async def foreign_rows(database: Database) -> list[str]:
    """Return what is stored for somebody and carries another one's tag."""
    found: list[str] = []
    async with database.read() as session:
        for kind in (Conversation, Message):
            rows: Any = (await session.execute(select(kind))).scalars()
            for row in rows:
                texts = [getattr(row, name, None) for name in ("title", "system_prompt", "content", "reasoning")]
                tags = set(TAG.findall(" ".join(filter(None, texts))))
                if tags - {tag_of(row.owner_id)}:
                    found.append(f"{kind.__name__} {row.id} of {row.owner_id}: {tags}")
    return found


async def busy_connections(database: Database) -> int:
    """How many connections of the service are in the middle of something although nobody asks for anything."""
    async with database.read() as session:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        )
        return int((await session.execute(text(query))).scalar_one())
