"""The started system: auth, chat, analytics and the gateway, with a private Redis, on SQLite or PostgreSQL."""

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.conftest import postgres_url, run_on_postgres
from tests.system.processes import PACKAGES, ROOT, HttpProcess, Process, RedisProcess, free_port

from service_kit.db import Database

SERVICES = ("auth", "chat", "analytics")


class System:
    """The processes and what they were told."""

    def __init__(self, folder: Path, *, engine: str, settings: dict[str, str], more_chats: int = 0) -> None:
        self.folder = folder
        self.engine = engine
        self.admin_password = secrets.token_urlsafe(16)
        self.ports = {name: free_port() for name in (*SERVICES, "frontend", "redis")}
        # Further processes of chat-service on the same database; the gateway knows the first one only.
        self.more_chats = {f"chat-{number}": free_port() for number in range(2, 2 + more_chats)}
        self.redis = RedisProcess(port=self.ports["redis"], log=folder / "redis.log")
        self.origin = f"http://localhost:{self.ports['frontend']}"
        self._databases: dict[str, str] = {}
        self._settings = settings
        self.processes: dict[str, HttpProcess] = {}

    @property
    def gateway(self) -> str:
        """The address people use."""
        return self.origin

    @property
    def chat_database(self) -> Database:
        """A connection to what chat-service holds: the truth."""
        url = self._databases.get("chat", f"sqlite+aiosqlite:///{self.folder / 'data' / 'chat.db'}")
        return Database(url.replace("postgresql://", "postgresql+asyncpg://"))

    async def prepare(self) -> None:
        """Make databases and describe the processes."""
        if self.engine == "postgresql":
            for name in SERVICES:
                database = f"parley_system_{name}_{uuid4().hex}"
                await run_on_postgres(f"CREATE DATABASE {database}")
                self._databases[name] = f"{postgres_url().rpartition('/')[0]}/{database}"
        environment = self._environment()
        for name in SERVICES:
            self.processes[name] = HttpProcess(
                f"{name}-service",
                [f"{name}_service", "serve"],
                port=self.ports[name],
                environment=environment,
                log=self.folder / f"{name}.log",
            )
        for name, port in self.more_chats.items():
            self.processes[name] = HttpProcess(
                name,
                ["chat_service", "serve"],
                port=port,
                environment={**environment, "CHAT_PORT": str(port)},
                log=self.folder / f"{name}.log",
            )
        self.processes["gateway"] = HttpProcess(
            "gateway",
            ["parley_gateway"],
            port=self.ports["frontend"],
            environment=environment,
            log=self.folder / "gateway.log",
        )

    async def start(self, *names: str) -> None:
        """Start processes, all of them without names, and wait until they are ready."""
        chosen = names or tuple(self.processes)
        for name in chosen:
            self.processes[name].start()
        await asyncio.gather(*(self.processes[name].ready() for name in chosen))

    async def start_redis(self) -> None:
        """Start the private Redis."""
        self.redis.start()
        await self.redis.ready()

    async def restart_after_kill(self, name: str) -> None:
        """Kill a process in the middle of whatever it does and start it again."""
        self.processes[name].kill()
        await self.start(name)

    async def end(self) -> dict[str, int]:
        """End everything as an operator would and return the exit codes."""
        everything: list[Process] = [self.processes[name] for name in reversed(self.processes)]
        codes = {each.name: await asyncio.to_thread(each.send, signal.SIGTERM) for each in everything}
        self.redis.send(signal.SIGTERM)
        for url in self._databases.values():
            await run_on_postgres(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")
        return codes

    def logs(self) -> str:
        """Everything the processes printed."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def _environment(self) -> dict[str, str]:
        told = {
            "PYTHONPATH": os.pathsep.join(str(ROOT / package) for package in PACKAGES),
            "PARLEY_ENV_FILE": str(self.folder / "none.env"),
            "AUTH_SECRET_KEY": secrets.token_urlsafe(32),
            "INTERNAL_API_TOKEN": secrets.token_urlsafe(32),
            "ADMIN_USERNAME": "admin",
            "ADMIN_PASSWORD": self.admin_password,
            "DATA_DIR": str(self.folder / "data"),
            "REDIS_URL": self.redis.url,
            "PUBLIC_ORIGIN": self.origin,
            "MESSAGES_PER_MINUTE": "100000",
            **{f"{name.upper()}_PORT": str(port) for name, port in self.ports.items() if name != "redis"},
            **{f"{name.upper()}_URL": f"http://127.0.0.1:{self.ports[name]}" for name in SERVICES},
            **{f"{name.upper()}_DATABASE_URL": url for name, url in self._databases.items()},
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "PARLEY_"))}
        return {**inherited, **told, **self._settings}


@asynccontextmanager
async def started_system(
    folder: Path,
    *,
    engine: str = "sqlite",
    redis: bool = True,
    settings: dict[str, str] | None = None,
    more_chats: int = 0,
) -> AsyncIterator[System]:
    """Start the system in a folder and end it afterwards, whatever happened."""
    system = System(folder, engine=engine, settings=settings or {}, more_chats=more_chats)
    await system.prepare()
    try:
        if redis:
            await system.start_redis()
        await system.start()
        yield system
    finally:
        await system.end()


async def truth(system: System) -> dict[str, Any]:
    """Return what the chat database holds, in the words of the analytics summary."""
    from sqlalchemy import text

    database = system.chat_database
    try:
        async with database.read() as session:
            row = (
                await session.execute(
                    text(
                        "SELECT (SELECT count(*) FROM conversation) AS total_conversations,"
                        " (SELECT count(*) FROM message WHERE role = 'user') AS questions,"
                        " (SELECT count(*) FROM message WHERE role = 'assistant' AND outcome IS NOT NULL) AS replies,"
                        " (SELECT coalesce(sum(input_tokens), 0) FROM message) AS input_tokens,"
                        " (SELECT coalesce(sum(output_tokens), 0) FROM message) AS output_tokens,"
                        " (SELECT count(*) FROM turn WHERE outcome = 'stopped') AS stopped_turns"
                    )
                )
            ).one()
            waiting = (await session.execute(text("SELECT count(*) FROM turn WHERE outcome IS NULL"))).scalar()
    finally:
        await database.close()
    counted = {name: int(value) for name, value in row._mapping.items()}
    counted["total_messages"] = counted["questions"] + counted["replies"]
    counted["total_tokens_used"] = counted["input_tokens"] + counted["output_tokens"]
    return {**counted, "running": int(waiting or 0)}
