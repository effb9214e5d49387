"""The start command: set up what is missing, start everything, say where it is, and stay with it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from parley import env_file, environment, logs, page, ports, processes, programs, redis_server, say, settings, state
from parley.processes import Known
from parley.say import Refusal
from parley.settings import Settings
from parley.signals import Requests, StopAsked
from parley.supervisor import Supervisor

LAUNCHER = "launcher"
DOOR = Path(__file__).resolve().parents[1] / "run.py"
POLL_SECONDS = 0.1
REDIS_WITHIN_SECONDS = 5.0


def start(*, is_detached: bool) -> int:
    current = settings.read()
    running = state.read(current)
    if running is not None and running.is_alive:
        return _already(running)
    _ensure_writable(current)
    running = state.claim(current)
    if running is not None:
        return _already(running)
    requests = Requests(state.stop_request_of(current))
    requests.listen()
    try:
        with requests.interrupting():
            password = _set_up(current)
        current = settings.read()
        if is_detached:
            return _start_in_background(current, requests, password=password)
        return _run(current, requests, password=password)
    except StopAsked:
        say.line("Stopped before it was ready.")
        return 130
    finally:
        _release_own_claim(current)


def supervise() -> int:
    """What the background process of `start --detach` does; everything has been set up for it."""
    current = settings.read()
    requests = Requests(state.stop_request_of(current))
    requests.listen()
    try:
        return _run(current, requests, password=None)
    finally:
        _release_own_claim(current)


def _already(running: state.State) -> int:
    is_ready = running.phase == "ready"
    say.line(f"Parley is {'running' if is_ready else 'being started'} already: {running.address}")
    return 0


def _ensure_writable(current: Settings) -> None:
    for folder in (current.root, current.data):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                continue
        except OSError as error:
            raise Refusal(
                f"The folder {folder} cannot be written to: Parley keeps its data and settings there."
            ) from error


def _set_up(current: Settings) -> str | None:
    """Give the administrator's password if this run made it."""
    ports.ensure_free(current)
    current.logs.mkdir(parents=True, exist_ok=True)
    environment.ensure(current)
    page.ensure(current)
    is_new = env_file.make(current.env_file, example=current.root / ".env.example")
    made = settings.read()
    missing = [name for name in ("AUTH_SECRET_KEY", "INTERNAL_API_TOKEN") if not made.values.get(name)]
    if missing:
        raise Refusal(
            f"{current.env_file} has no value for {' and '.join(missing)}: "
            "move it away, start again to get a file with fresh secrets, and copy your own settings into that one."
        )
    return made.values["ADMIN_PASSWORD"] if is_new else None


def _run(current: Settings, requests: Requests, *, password: str | None) -> int:
    running = state.State(supervisor=Known.of("supervisor", os.getpid()), address=current.public_origin)
    running.phase = "starting"
    supervisor = Supervisor(current, running, requests=requests)
    try:
        redis_url = _start_redis(current, supervisor)
        with say.step("Starting") as step:
            parts = programs.services(current, redis_url=redis_url)
            for program in parts:
                supervisor.start(program)
            if not supervisor.wait_until_ready([program.name for program in parts], step=step):
                raise StopAsked
        supervisor.say_ready()
        _say_where(current, password=password)
        say.line("Ctrl-C stops it.")
        supervisor.watch()
        say.line("Stopping ...")
        return 0
    finally:
        supervisor.stop()
        state.release(current)


def _start_redis(current: Settings, supervisor: Supervisor) -> str:
    """The address for the live path, or none: without Redis everything works and is seen a second later."""
    named = current.values.get("REDIS_URL")
    if named:
        if not redis_server.answers(named):
            say.line(
                "WARNING: no Redis answers at REDIS_URL. Parley goes on without it; live figures come a second later."
            )
        return named
    for program in redis_server.programs(current):
        server = redis_server.private_server(program, current)
        supervisor.start(programs.redis(server))
        processes.wait_until(
            lambda: supervisor.is_ready(programs.REDIS) or supervisor.has_ended(programs.REDIS),
            seconds=REDIS_WITHIN_SECONDS,
        )
        if supervisor.is_ready(programs.REDIS):
            say.line(f"Redis: {program}, for Parley alone, on port {server.port}")
            return server.url
        supervisor.drop(programs.REDIS)
    say.line("Redis: none on this machine. Everything works; live figures come about a second later.")
    return ""


def _say_where(current: Settings, *, password: str | None) -> None:
    name = current.values.get("ADMIN_USERNAME") or "admin"
    say.line()
    say.line(f"Parley is ready: {current.public_origin}")
    if password is None:
        say.line(f"Administrator:   {name} (the first password is ADMIN_PASSWORD in {current.env_file})")
    else:
        say.line(f"Administrator:   {name}")
        say.line(f"Password:        {password}   (kept in {current.env_file})")


def _start_in_background(current: Settings, requests: Requests, *, password: str | None) -> int:
    log = logs.file_of(current, LAUNCHER)
    logs.rotate(log)
    with log.open("ab") as stream:
        written = stream.tell()
        background = subprocess.Popen(
            [sys.executable, str(DOOR), "supervise"],
            cwd=current.root,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            **processes.in_background(),
        )
    with say.step("Starting in the background") as step:
        while background.poll() is None:
            found = state.read(current)
            if found is not None and found.supervisor.pid == background.pid and found.phase == "ready":
                break
            if requests.is_asked:
                processes.ask_to_stop(background.pid)
                background.wait()
                raise StopAsked
            step.detail("waiting for everything to be ready")
            time.sleep(POLL_SECONDS)
    if background.poll() is not None:
        with log.open("rb") as stream:
            stream.seek(written)
            said = stream.read().decode("utf-8", errors="replace").strip().splitlines()
        raise Refusal(said[-1] if said else f"Parley could not be started: see {log}")
    _say_where(current, password=password)
    return 0


def _release_own_claim(current: Settings) -> None:
    found = state.read(current)
    if found is not None and found.supervisor.pid == os.getpid():
        state.release(current)
