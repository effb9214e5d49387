"""Fault points: named places at which a test kills, fails or delays a process, to see that nothing is lost there.

`PARLEY_FAULT=turn.begun:kill@3` does so the third time the point is passed; without `@` the first time, and with `@*`
every time. Several are separated by commas. Modes: `kill` (SIGKILL, as a machine that loses power), `raise` (an error
nobody expects), `delay` (one second). A process that was started without the variable pays a comparison.
"""

import asyncio
import os
import re
import signal
from dataclasses import dataclass

from service_kit.logs import get_logger

VARIABLE = "PARLEY_FAULT"
DELAY_SECONDS = 1.0
WISH = re.compile(r"(?P<point>[a-z_.]+):(?P<mode>kill|raise|delay)(?:@(?P<at>\d+|\*))?")

log = get_logger(__name__)


class FaultInjected(Exception):
    """Raised by a fault point that was asked to."""


@dataclass(slots=True)
class _Fault:
    mode: str
    at: int | None
    passed: int = 0


def _armed() -> dict[str, _Fault]:
    wishes = [WISH.fullmatch(wish.strip()) for wish in os.environ.get(VARIABLE, "").split(",")]
    return {wish["point"]: _fault_of(wish) for wish in wishes if wish is not None}


def _fault_of(wish: re.Match[str]) -> _Fault:
    at = wish["at"] or "1"
    return _Fault(wish["mode"], None if at == "*" else int(at))


_faults = _armed()


async def fault_point(name: str) -> None:
    """Pass a named place; does nothing unless this process was started to fail here."""
    if not _faults:
        return
    fault = _faults.get(name)
    if fault is None:
        return
    fault.passed += 1
    if fault.at not in (None, fault.passed):
        return
    # Whoever injects a fault wants to know that it was met.
    log.warning("fault_injected", point=name, mode=fault.mode)
    match fault.mode:
        case "kill":
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        case "raise":
            raise FaultInjected(name)
        case _:
            await asyncio.sleep(DELAY_SECONDS)
