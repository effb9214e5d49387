"""What the measurements share: the provider, the product on a core of its own, and what a process has spent."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from tests.system.people import Person, signed_in
from tests.system.processes import LOOK_SECONDS, PACKAGES, ROOT, Process, free_port
from tests.system.system import System, started_system

SERVICE_CORE, LOAD_CORE = 0, 1


@dataclass(frozen=True)
class Workbench:
    """The product, somebody signed in, the process that is measured, and where the provider listens."""

    system: System
    person: Person
    chat: psutil.Process
    upstream_url: str

    @property
    def chat_url(self) -> str:
        """The address of the measured chat-service."""
        return self.system.processes["chat"].address

    def headers(self, accept: str) -> dict[str, str]:
        """The headers of a request that accepts this."""
        return {**self.person.bearer, "Accept": accept, "Content-Type": "application/json"}


def spawn(folder: Path, name: str, *arguments: str, core: int) -> Process:
    """Start one of our own small servers on a core."""
    paths = os.pathsep.join([*(str(ROOT / package) for package in PACKAGES), str(ROOT)])
    process = Process(
        name,
        [sys.executable, "-m", f"tests.performance.{name}", *arguments],
        environment={**os.environ, "PYTHONPATH": paths},
        log=folder / f"{name}.log",
    )
    process.start()
    psutil.Process(process.pid).cpu_affinity([core])
    return process


async def listening(port: int) -> None:
    """Wait until somebody listens on a port."""
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(LOOK_SECONDS)
                continue
            writer.close()
            return


@asynccontextmanager
async def workbench(engine: str, *, chunks: int, chunks_per_second: float) -> AsyncIterator[Workbench]:
    """Start the provider and the product; the chat-service has the first core, everything else the second."""
    psutil.Process().cpu_affinity([LOAD_CORE])
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        upstream_url = f"http://127.0.0.1:{port}"
        upstream = spawn(folder, "upstream", str(port), str(chunks), str(chunks_per_second), core=LOAD_CORE)
        settings = {"OPENAI_BASE_URL": f"{upstream_url}/v1", "OPENAI_MODEL": "measured"}
        try:
            async with started_system(folder, engine=engine, settings=settings) as system, signed_in(system) as person:
                chat = psutil.Process(system.processes["chat"].pid)
                chat.cpu_affinity([SERVICE_CORE])
                yield Workbench(system, person, chat, upstream_url)
        finally:
            upstream.kill()


def spent_seconds(process: psutil.Process) -> float:
    """The CPU time of a process so far, user and system."""
    times = process.cpu_times()
    return float(times.user + times.system)
