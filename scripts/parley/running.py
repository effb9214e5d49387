"""The commands about a run that there is: stop it, and say how it is."""

from __future__ import annotations

import os
import signal
import sys

from parley import processes, programs, say, settings, state

# Longer than all the graces that the supervisor gives one after the other.
STOPPED_WITHIN_SECONDS = 60.0
NOT_RUNNING = 3


def stop() -> int:
    current = settings.read()
    found = state.read(current)
    if found is None:
        say.line("Parley is not running.")
        return 0
    if not found.is_alive:
        names = state.clear_up(current, found)
        say.line(
            f"Stopped {', '.join(names)}, left behind by a run that was killed." if names else "Parley is not running."
        )
        return 0
    with say.step("Stopping") as step:
        _ask(current, found)
        while not processes.wait_until(lambda: not found.supervisor.is_running, seconds=1):
            step.detail("waiting for what is being finished")
            if step.seconds > STOPPED_WITHIN_SECONDS:
                processes.kill(found.supervisor.pid)
                state.clear_up(current, found)
    return 0


def status() -> int:
    current = settings.read()
    found = state.read(current)
    if found is None or not found.is_alive:
        say.line("Parley is not running.")
        return NOT_RUNNING
    say.line(f"Parley is {'running' if found.phase == 'ready' else found.phase}: {found.address}")
    answers = {program.name: program.is_ready for program in programs.services(current, redis_url="")}
    is_well = found.phase == "ready"
    for child in found.children:
        is_up = child.is_running and answers.get(child.name, lambda: True)()
        is_well = is_well and is_up
        say.line(f"  {child.name:<18} {'ready' if is_up else 'not ready':<10} process {child.pid}")
    return 0 if is_well else 1


def _ask(current: settings.Settings, found: state.State) -> None:
    if sys.platform != "win32":
        os.kill(found.supervisor.pid, signal.SIGTERM)
    elif found.phase == "preparing":
        # It installs or builds and looks at no file meanwhile; what it leaves is done again by the next start.
        processes.kill(found.supervisor.pid)
        state.release(current)
    else:
        state.stop_request_of(current).touch()
