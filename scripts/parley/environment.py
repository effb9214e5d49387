"""The virtual environment: made once, filled with exactly what a lock names, and again only when the lock changes."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from parley import processes, say
from parley.say import Refusal
from parley.settings import Settings

RUNTIME = "requirements/runtime.txt"
# Everything of the runtime and what tests it.
DEVELOPMENT = "requirements/dev.txt"
STAMP = "parley.lock"


def python_of(settings: Settings) -> Path:
    return programs_of(settings) / ("python.exe" if os.name == "nt" else "python")


def programs_of(settings: Settings) -> Path:
    return settings.venv / ("Scripts" if os.name == "nt" else "bin")


def clean_environment(values: dict[str, str]) -> dict[str, str]:
    """The environment of our own processes: the user's Python variables would change what they import."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", **values}


def ensure(settings: Settings, lock: str = RUNTIME) -> None:
    """Have an environment that satisfies the lock. One made for development satisfies the runtime's too."""
    satisfying = {_digest(settings.root / name) for name in {lock, DEVELOPMENT}}
    stamp = settings.venv / STAMP
    if python_of(settings).exists() and stamp.is_file() and stamp.read_text(encoding="ascii") in satisfying:
        return
    is_new = not python_of(settings).exists()
    try:
        if is_new:
            _make_venv(settings)
        # Gone while pip works, so that whatever interrupts it, the next start does it again.
        stamp.unlink(missing_ok=True)
        install(settings, lock, title="Installing the Python packages")
        stamp.write_text(_digest(settings.root / lock), encoding="ascii")
    except BaseException:
        if is_new:
            shutil.rmtree(settings.venv, ignore_errors=True)
        raise


def install(settings: Settings, lock: str, *, title: str, options: Sequence[str] = ()) -> None:
    """`pip install` what a lock names, every file checked against its hash."""
    pip = [str(python_of(settings)), "-m", "pip", "install", "--require-hashes", "--no-input"]
    command = [*pip, "--disable-pip-version-check", *options, "-r", str(settings.root / lock)]
    total = sum("==" in line for line in (settings.root / lock).read_text(encoding="utf-8").splitlines())
    begun: set[str] = set()
    with say.step(title) as step, setup_log(settings).open("a", encoding="utf-8") as log:

        def show(line: str) -> None:
            if line.startswith("Collecting "):
                begun.add(line.split()[1])
                step.detail(f"{len(begun)} of up to {total}")
            elif line.startswith("Installing collected"):
                step.detail("unpacking")

        code, lines = processes.run(command, log=log, cwd=settings.root, env=clean_environment({}), on_line=show)
        if code != 0:
            reason = next((line for line in reversed(lines) if line.startswith("ERROR")), " ".join(lines[-1:]))
            raise Refusal(
                f"The Python packages could not be installed ({reason.removeprefix('ERROR:').strip()}): "
                f"check the network and start again; the whole story is in {setup_log(settings)}."
            )


def setup_log(settings: Settings) -> Path:
    settings.logs.mkdir(parents=True, exist_ok=True)
    return settings.logs / "setup.log"


def _make_venv(settings: Settings) -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise Refusal(
            "This Python cannot make virtual environments: install its venv package "
            f"(Debian and Ubuntu: apt install python3.{sys.version_info.minor}-venv) and start again."
        )
    shutil.rmtree(settings.venv, ignore_errors=True)
    with say.step("Making the virtual environment"), setup_log(settings).open("a", encoding="utf-8") as log:
        command = [sys.executable, "-m", "venv", str(settings.venv)]
        code, lines = processes.run(command, log=log, cwd=settings.root, env=clean_environment({}))
        if code != 0:
            raise Refusal(f"The virtual environment {settings.venv} could not be made: {' '.join(lines[-2:])}")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
