"""Are the ports free that Parley is to listen on, and which one is free for a private server."""

from __future__ import annotations

import errno
import socket
import sys

from parley.say import Refusal
from parley.settings import LOOPBACK, Settings

LOOPBACK_6 = "::1"


def ensure_free(settings: Settings) -> None:
    """Refuse with every taken port and the setting that moves it."""
    taken = [(name, port) for name, port in settings.ports.items() if _is_taken(settings, name, port)]
    if not taken:
        return
    ports = " and ".join(f"{port} ({name})" for name, port in taken)
    names = " and ".join(name for name, _ in taken)
    noun, verb = ("Port", "is") if len(taken) == 1 else ("Ports", "are")
    advice = f"stop it, or set {names} to a free port in {settings.env_file}"
    raise Refusal(f"{noun} {ports} {verb} taken by another program: {advice}.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_taken(settings: Settings, name: str, port: int) -> bool:
    if name != "FRONTEND_PORT":
        return not _can_listen(LOOPBACK, port)
    # A browser may look for localhost at ::1 first, so a stranger there would be shown instead of the page.
    return not _can_listen(settings.bind_host, port) or _answers(LOOPBACK_6, port)


def _can_listen(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # Connections of a run that has just ended do not count; somebody listening does, on every system.
        if sys.platform == "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise Refusal(f"BIND_HOST is {host}, which is not an address of this machine.") from error
            if error.errno == errno.EACCES and sys.platform != "win32":
                raise Refusal(f"Port {port} needs more rights than you have: choose one above 1023.") from error
            return False
    return True


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.2):
            return True
    except OSError:
        return False
