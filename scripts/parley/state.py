"""What is running: one small file that every command reads, and that only one run can own."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from parley import env_file, say
from parley.processes import Known, stop_known
from parley.settings import Settings

LEFTOVER_GRACE_SECONDS = 10.0


@dataclass
class State:
    """One run of Parley: who supervises it, what it consists of, and how far it is."""

    supervisor: Known
    address: str
    phase: str = "preparing"
    children: list[Known] = field(default_factory=list)

    @property
    def is_alive(self) -> bool:
        return self.supervisor.is_running


def file_of(settings: Settings) -> Path:
    return settings.run / "parley.json"


def stop_request_of(settings: Settings) -> Path:
    """Windows has no signal that reaches a process in the background, so a file asks it to stop."""
    return settings.run / "stop"


def read(settings: Settings) -> State | None:
    try:
        stored = json.loads(file_of(settings).read_text(encoding="utf-8"))
        return State(
            supervisor=Known(**stored["supervisor"]),
            address=stored["address"],
            phase=stored["phase"],
            children=[Known(**child) for child in stored["children"]],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(settings: Settings, state: State) -> None:
    file = file_of(settings)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text(_as_text(state), encoding="utf-8")
    draft.replace(file)


def claim(settings: Settings) -> State | None:
    """Become the one run of this copy. Gives the run that there already is instead, if it lives."""
    settings.run.mkdir(parents=True, exist_ok=True)
    mine = State(supervisor=Known.of("supervisor", os.getpid()), address=settings.public_origin)
    # The file is made complete and only where there is none: of two commands started together one gets it.
    while not env_file.write_once(file_of(settings), _as_text(mine)):
        found = read(settings)
        if found is not None and found.is_alive:
            return found
        for name in clear_up(settings, found):
            say.line(f"Stopped {name}, left behind by a run that was killed.")
    stop_request_of(settings).unlink(missing_ok=True)
    return None


def clear_up(settings: Settings, found: State | None) -> list[str]:
    """Stop what a run has left behind whose supervisor was killed, and forget it. Gives the names of what still ran."""
    leftovers = [child for child in found.children if child.is_running] if found else []
    stop_known(leftovers, grace_seconds=LEFTOVER_GRACE_SECONDS)
    release(settings)
    return [child.name for child in leftovers]


def release(settings: Settings) -> None:
    file_of(settings).unlink(missing_ok=True)
    stop_request_of(settings).unlink(missing_ok=True)


def _as_text(state: State) -> str:
    return json.dumps(asdict(state), indent=1)
