"""Start, recognise and stop processes, on every system, without ever touching one that is not ours."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

POLL_SECONDS = 0.05
REMEMBERED_LINES = 40


@dataclass(frozen=True)
class Known:
    """A process that was written down. Its number alone would not do: numbers are given out again."""

    name: str
    pid: int
    started: str

    @property
    def is_running(self) -> bool:
        return started_at(self.pid) == self.started

    @classmethod
    def of(cls, name: str, pid: int) -> Known:
        return cls(name, pid, started_at(pid) or "")


def started_at(pid: int) -> str | None:
    """When the process began, in whatever words the system has for it; nothing when it is not (or no longer) there."""
    if sys.platform == "win32":
        from parley.windows import creation_time

        return creation_time(pid)
    if sys.platform == "linux":
        return _started_at_of_linux(pid)
    found = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = found.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()


def _started_at_of_linux(pid: int) -> str | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    state, ticks_since_boot = fields[0], fields[19]
    return None if state in "ZX" else f"{ticks_since_boot}@{boot}"


def own_group() -> dict[str, Any]:
    """Popen arguments that keep a Ctrl-C of the terminal away from a process: we stop ours ourselves, in order."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def in_background() -> dict[str, Any]:
    """Popen arguments for a process that outlives the terminal it was started from."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def spawn(
    command: Sequence[str], *, log: Path, cwd: Path, env: Mapping[str, str], stdin: str = ""
) -> subprocess.Popen[bytes]:
    """Start a process that writes into its log by itself, so that it does not depend on us for that."""
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            **own_group(),
        )
    if process.stdin is not None:
        with contextlib.suppress(OSError), process.stdin:
            process.stdin.write(stdin.encode())
    return process


def run(
    command: Sequence[str],
    *,
    log: IO[str],
    cwd: Path,
    env: Mapping[str, str],
    on_line: Callable[[str], None] = lambda _: None,
) -> tuple[int, list[str]]:
    """Run a command to its end, into the log. Gives its exit code and last lines; leaves no child behind."""
    last_lines: deque[str] = deque(maxlen=REMEMBERED_LINES)
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        **own_group(),
    )
    try:
        for text in process.stdout or ():
            log.write(text)
            last_lines.append(text.rstrip())
            on_line(text.rstrip())
        return process.wait(), list(last_lines)
    finally:
        log.flush()
        if process.poll() is None:
            kill(process.pid)
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def ask_to_stop(pid: int) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            os.kill(pid, signal.CTRL_BREAK_EVENT)
        else:
            os.kill(pid, signal.SIGTERM)


def kill(pid: int) -> None:
    """End a process that we started, with what it started itself."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/PID", str(pid), "/T", "/F"], capture_output=True, check=False)
        return
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def stop_known(known: Sequence[Known], *, grace_seconds: float) -> None:
    """Stop processes of a run whose supervisor is gone; those that do not go in time are killed."""
    for process in known:
        if process.is_running:
            ask_to_stop(process.pid)
    if not wait_until(lambda: not any(process.is_running for process in known), seconds=grace_seconds):
        for process in known:
            if process.is_running:
                kill(process.pid)
        wait_until(lambda: not any(process.is_running for process in known), seconds=5)


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
