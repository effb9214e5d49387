"""Secrets for a set of containers: one file for the services and, if asked for, one password a database role."""

from __future__ import annotations

import secrets
from pathlib import Path

from parley import env_file, say

SUPERUSER = "postgres"
# Each service is its own role and owns its own database; the role and the database have the same name.
ROLES = {
    "AUTH_DATABASE_URL": "parley_auth",
    "CHAT_DATABASE_URL": "parley_chat",
    "ANALYTICS_DATABASE_URL": "parley_analytics",
}
DATABASE_HOST = "postgres:5432"
# The database server runs as another user than the services; the volume that only it gets is what keeps these apart.
READABLE_BY_THE_DATABASE = 0o444


def make(file: Path, *, databases: str | None) -> int:
    """Everything is made once. The services' file comes last, so that it is there only when all of it is."""
    if file.exists():
        say.line(f"{file} is there already and stays as it is.")
        return 0
    values = {name: maker() for name, maker in env_file.SECRETS.items()}
    if databases is not None:
        folder = Path(databases)
        _password(folder / SUPERUSER)
        for name, role in ROLES.items():
            values[name] = f"postgresql+asyncpg://{role}:{_password(folder / role)}@{DATABASE_HOST}/{role}"
    if env_file.write_once(file, "".join(f"{name}={value}\n" for name, value in values.items())):
        say.line(f"Made {file}.")
        say.line("Administrator:   admin")
        say.line(f"Password:        {values['ADMIN_PASSWORD']}")
    return 0


def _password(file: Path) -> str:
    """One that an interrupted run has made is kept, because the database may know it already."""
    file.parent.mkdir(parents=True, exist_ok=True)
    env_file.write_once(file, secrets.token_urlsafe(32), mode=READABLE_BY_THE_DATABASE)
    return file.read_text(encoding="utf-8")
