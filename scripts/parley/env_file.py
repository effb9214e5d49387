"""The file of settings and secrets: read it, and make it once, complete and for the owner's eyes only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

# Letters and digits that nobody confuses when reading them aloud.
READABLE = "abcdefghijkmnpqrstuvwxyz23456789"
OWNER_ONLY = 0o600


def random_secret() -> str:
    return secrets.token_urlsafe(32)


def random_password() -> str:
    """About 99 bits, in groups that a person can type."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(5)) for _ in range(4))


SECRETS: dict[str, Callable[[], str]] = {
    "AUTH_SECRET_KEY": random_secret,
    "INTERNAL_API_TOKEN": random_secret,
    "ADMIN_PASSWORD": random_password,
}


def read(file: Path) -> dict[str, str]:
    """The settings in an env file that have a value; a file that is not there has none."""
    if not file.is_file():
        return {}
    values: dict[str, str] = {}
    for text in file.read_text(encoding="utf-8-sig").splitlines():
        name, separator, value = text.strip().removeprefix("export ").partition("=")
        if separator and not name.startswith("#"):
            values[name.strip()] = _unquoted(value.strip())
    return {name: value for name, value in values.items() if value}


def make(file: Path, *, example: Path, more: dict[str, str] | None = None) -> bool:
    """Make the file from the example with fresh secrets, or leave the one that is there exactly as it is."""
    if file.exists():
        return False
    given = {name: maker() for name, maker in SECRETS.items()}
    text = "".join(_filled(line, given) for line in example.read_text(encoding="utf-8").splitlines(keepends=True))
    text += "".join(f"{name}={value}\n" for name, value in (more or {}).items())
    return write_once(file, text)


def write_once(file: Path, text: str, *, mode: int = OWNER_ONLY) -> bool:
    """The file appears complete or not at all, and whoever made one in the meantime keeps theirs."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if os.name == "nt":
            # On Windows renaming refuses to replace, which is what is wanted; elsewhere only linking does.
            draft.rename(file)
        else:
            os.link(draft, file)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def _filled(line: str, given: dict[str, str]) -> str:
    name = line.partition("=")[0]
    return f"{name}={given[name]}\n" if name in given else line


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value.split(" #", 1)[0].rstrip()
