"""Processes that are started to fail at a fault point, and the traces they leave when they do."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import httpx2
from tests.system.processes import LOOK_SECONDS, START_SECONDS, HttpProcess
from tests.system.system import System

VARIABLE = "PARLEY_FAULT"


class ArmedProcess(HttpProcess):
    """A process of the system that may be told at its start where to fail."""

    @classmethod
    def instead_of(cls, system: System, name: str) -> "ArmedProcess":
        """Take the place of a process that is not running."""
        usual = system.processes[name]
        port = int(usual.address.rpartition(":")[2])
        armed = cls(usual.name, [], port=port, environment=dict(usual._environment), log=usual.log)
        armed._command = usual._command
        system.processes[name] = armed
        return armed

    def arm(self, faults: Iterable[str]) -> None:
        """Fail there, from the next start on."""
        self._environment[VARIABLE] = ",".join(faults)

    async def start_armed(self, *faults: str) -> None:
        """Start, and return when it is ready or has died already."""
        self.arm(faults)
        self._begins_at = self.log.stat().st_size if self.log.exists() else 0
        self.start()
        async with asyncio.timeout(START_SECONDS), httpx2.AsyncClient() as client:
            while not self.has_died:
                try:
                    if (await client.get(f"{self.address}/ready")).status_code == 200:
                        return
                except httpx2.TransportError:
                    pass
                await asyncio.sleep(LOOK_SECONDS)

    @property
    def has_died(self) -> bool:
        """Whether it has ended by itself since it was started."""
        return self._popen is not None and self._popen.poll() is not None

    def met(self) -> set[str]:
        """Return the faults it has met since it was started, as they were wished for."""
        return {f"{line['point']}:{line['mode']}" for line in self._lines() if line.get("event") == "fault_injected"}

    def crashed_jobs(self) -> list[str]:
        """Return the background jobs that have ended with an error since it was started."""
        return [str(line.get("job")) for line in self._lines() if line.get("event") == "background_job_crashed"]

    def _lines(self) -> list[dict[str, Any]]:
        with self.log.open("rb") as log:
            log.seek(self._begins_at)
            told = log.read().decode(errors="replace").splitlines()
        return [json.loads(line) for line in told if line.startswith("{") and line.endswith("}")]


async def until(is_so: Any, *, seconds: float) -> bool:
    """Return True as soon as it is so, False when it has not become so in time."""
    try:
        async with asyncio.timeout(seconds):
            while not is_so():  # noqa: ASYNC110 - another process has no event to await
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        return False
    return True
