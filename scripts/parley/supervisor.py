"""Starts the programs, sees them become ready, starts again what crashes, and stops all of them in order."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass

from parley import logs, processes, say, state
from parley.processes import Known
from parley.programs import GATEWAY, REDIS, Program
from parley.say import Refusal
from parley.settings import Settings
from parley.signals import Requests

POLL_SECONDS = 0.05
WATCH_SECONDS = 0.2
READY_WITHIN_SECONDS = 120.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# A program that ran this long was well; its next crash is a new story with a short pause again.
WELL_AFTER_SECONDS = 60.0
SECONDS_BETWEEN_ROTATIONS = 60.0
SHOWN_LINES = 3


@dataclass
class Running:
    """A program and its present process."""

    program: Program
    process: subprocess.Popen[bytes]
    begun_at: float
    pause_seconds: float = FIRST_PAUSE_SECONDS
    again_at: float | None = None


class Supervisor:
    """Everything that runs on behalf of one start command."""

    def __init__(self, settings: Settings, current: state.State, *, requests: Requests) -> None:
        self._settings = settings
        self._state = current
        self._requests = requests
        self._running: dict[str, Running] = {}
        self._rotated_at = time.monotonic()

    def start(self, program: Program) -> None:
        logs.rotate(logs.file_of(self._settings, program.name))
        self._running[program.name] = Running(program, self._spawn(program), begun_at=time.monotonic())
        self._write_down()

    def wait_until_ready(self, names: list[str], *, step: say.Step) -> bool:
        """Wait for all of them. Gives False when a stop was asked for meanwhile; refuses when one of them ends."""
        waiting = list(names)
        while waiting:
            if self._requests.is_asked:
                return False
            for name in list(waiting):
                self._refuse_if_ended(name)
                if self._running[name].program.is_ready():
                    waiting.remove(name)
            if step.seconds > READY_WITHIN_SECONDS:
                raise Refusal(f"{waiting[0]} did not become ready in time: {self._log_hint(waiting[0])}")
            if waiting:
                step.detail(f"waiting for {', '.join(waiting)}")
                time.sleep(POLL_SECONDS)
        return True

    def drop(self, name: str) -> None:
        """Give up on a program that cannot run here."""
        self._stop([name])
        del self._running[name]
        self._write_down()

    def is_ready(self, name: str) -> bool:
        running = self._running[name]
        return running.process.poll() is None and running.program.is_ready()

    def has_ended(self, name: str) -> bool:
        return self._running[name].process.poll() is not None

    def say_ready(self) -> None:
        self._state.phase = "ready"
        self._write_down()

    def watch(self) -> None:
        """Until a stop is asked for: whatever crashes is started again, and the logs stay small."""
        while not self._requests.is_asked:
            for running in self._running.values():
                self._look_after(running)
            if time.monotonic() - self._rotated_at > SECONDS_BETWEEN_ROTATIONS:
                self._rotated_at = time.monotonic()
                for name in self._running:
                    logs.rotate(logs.file_of(self._settings, name))
            time.sleep(WATCH_SECONDS)

    def stop(self) -> None:
        """The door first, then the services together, and Redis when nobody needs it any more."""
        services = [name for name in self._running if name not in {GATEWAY, REDIS}]
        for names in ([GATEWAY], services, [REDIS]):
            self._stop([name for name in names if name in self._running])

    def _stop(self, names: list[str]) -> None:
        stopping = [self._running[name] for name in names if not self.has_ended(name)]
        for running in stopping:
            processes.ask_to_stop(running.process.pid)
        for running in stopping:
            self._wait_for_end(running)

    def _wait_for_end(self, running: Running) -> None:
        grace = running.program.grace_seconds
        processes.wait_until(lambda: running.process.poll() is not None or self._requests.is_urgent, seconds=grace)
        if running.process.poll() is None:
            say.line(f"{running.program.name} was killed before it had finished.")
            processes.kill(running.process.pid)
        running.process.wait()

    def _look_after(self, running: Running) -> None:
        name, now = running.program.name, time.monotonic()
        if running.again_at is not None:
            if now >= running.again_at:
                running.again_at = None
                running.process, running.begun_at = self._spawn(running.program), now
                self._write_down()
            return
        code = running.process.poll()
        if code is None:
            return
        if now - running.begun_at > WELL_AFTER_SECONDS:
            running.pause_seconds = FIRST_PAUSE_SECONDS
        pause = f"is started again in {running.pause_seconds:g} s"
        say.line(f"{name} ended ({_ending(code)}) and {pause}: {self._log_hint(name)}")
        running.again_at = now + running.pause_seconds
        running.pause_seconds = min(running.pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        return processes.spawn(
            program.command,
            log=logs.file_of(self._settings, program.name),
            cwd=self._settings.root,
            env=program.env,
            stdin=program.stdin,
        )

    def _refuse_if_ended(self, name: str) -> None:
        code = self._running[name].process.poll()
        if code is not None:
            said = " ".join(logs.last_lines(logs.file_of(self._settings, name), SHOWN_LINES)[-1:])
            raise Refusal(f"{name} ended while it was starting ({_ending(code)}): {said or self._log_hint(name)}")

    def _log_hint(self, name: str) -> str:
        return f"see {logs.file_of(self._settings, name)}"

    def _write_down(self) -> None:
        self._state.children = [
            Known.of(name, running.process.pid)
            for name, running in self._running.items()
            if running.process.poll() is None
        ]
        state.write(self._settings, self._state)


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
