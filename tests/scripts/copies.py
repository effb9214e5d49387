"""A copy of Parley in a folder of its own: the real launcher, with small programs in place of the services."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from parley import page

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = {
    "auth-service": ("auth_service", "AUTH_PORT"),
    "chat-service": ("chat_service", "CHAT_PORT"),
    "analytics-service": ("analytics_service", "ANALYTICS_PORT"),
    "frontend/gateway": ("parley_gateway", "FRONTEND_PORT"),
}
WAIT_SECONDS = 20.0
# Answers /ready, writes down that it was asked to stop, and ends at once when the file `broken` lies in its folder.
SMALL_SERVICE = """
import http.server, os, pathlib, signal, sys
here = pathlib.Path(__file__).parent
if (here / "broken").exists():
    sys.exit("this service is broken on purpose")
(here / "environment").write_text("\\n".join(f"{{k}}={{v}}" for k, v in os.environ.items()))
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
def stop(*_):
    with open(os.environ["DATA_DIR"] + "/stopped", "a") as file:
        file.write("{name}\\n")
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["{port}"])), Answer).serve_forever()
"""


class Copy:
    """One installation that is set up already, so that starting it takes no longer than its programs do."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ports = {port: str(_free_port()) for _, port in PACKAGES.values()}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        self.env = {**kept, **self.ports}
        self._started: list[subprocess.Popen[str]] = []
        shutil.copytree(REPOSITORY / "scripts", root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(REPOSITORY / ".env.example", root)
        for folder, (package, port) in PACKAGES.items():
            (root / folder / package).mkdir(parents=True)
            (root / folder / package / "__main__.py").write_text(SMALL_SERVICE.format(name=package, port=port))
        self._pretend_to_be_set_up()

    def _pretend_to_be_set_up(self) -> None:
        (self.root / "requirements").mkdir()
        for name in ("runtime.txt", "dev.txt"):
            (self.root / "requirements" / name).write_text(f"# {name}: nothing to install\n")
        programs = self.root / ".venv" / "bin"
        programs.mkdir(parents=True)
        (programs / "python").symlink_to(sys.executable)
        digest = hashlib.sha256((self.root / "requirements" / "runtime.txt").read_bytes()).hexdigest()
        (self.root / ".venv" / "parley.lock").write_text(digest)
        (self.root / "frontend" / "index.html").write_text("<!doctype html>")
        dist = self.root / "frontend" / "dist"
        dist.mkdir()
        (dist / "index.html").write_text("<!doctype html>")
        (dist / page.FINGERPRINT).write_text(page.fingerprint_of(self.root / "frontend"))

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def state(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.data / "run" / "parley.json").read_text())
        return found

    def children(self) -> dict[str, int]:
        children = self.state["children"]
        assert isinstance(children, list)
        return {child["name"]: child["pid"] for child in children}

    def package(self, folder: str) -> Path:
        return self.root / folder / PACKAGES[folder][0]

    def told(self, folder: str) -> dict[str, str]:
        """The environment that a service was started with."""
        lines = (self.package(folder) / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(self.root / "scripts" / "run.py"), *words]
        # No pipe: what is started in the background would keep it open.
        output = self.root / "output"
        with output.open("w") as stream:
            code = subprocess.run(
                command, env={**self.env, **env}, stdout=stream, stderr=subprocess.STDOUT, timeout=60, check=False
            ).returncode
        return subprocess.CompletedProcess(command, code, stdout=output.read_text())

    def start(self, **env: str) -> subprocess.Popen[str]:
        """Start in the foreground and wait until it says that it is ready."""
        with (self.root / "foreground").open("w") as stream:
            started = subprocess.Popen(
                [sys.executable, str(self.root / "scripts" / "run.py"), "start"],
                env={**self.env, **env},
                stdout=stream,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        self._started.append(started)
        eventually(lambda: "Parley is ready" in self.said() or started.poll() is not None)
        assert started.poll() is None, self.said()
        return started

    def said(self) -> str:
        return (self.root / "foreground").read_text()

    def clear_up(self) -> None:
        self.run("stop")
        for started in self._started:
            if started.poll() is None:
                started.send_signal(signal.SIGKILL)
            started.wait()


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
