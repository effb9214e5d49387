"""`python -m auth_service serve|migrate`."""

import asyncio
import sys

from fastapi import FastAPI

from auth_service.first_start import open_key_ring
from auth_service.main import build
from auth_service.models import AuthTable
from auth_service.passwords import Passwords
from auth_service.settings import AuthSettings
from service_kit.command import Service, run
from service_kit.db import Database


def build_once_ready(settings: AuthSettings) -> FastAPI:
    """Build the service after the first start has succeeded, so that a refusal is a sentence and not a traceback."""
    asyncio.run(_start_first(settings))
    return build(settings)


async def _start_first(settings: AuthSettings) -> None:
    database, passwords = Database(settings.database_url), Passwords()
    try:
        await open_key_ring(database, settings, passwords)
    finally:
        passwords.close()
        await database.close()


SERVICE = Service(
    name="auth-service",
    package="auth_service",
    settings=AuthSettings,
    database_url=lambda settings: settings.database_url,
    port=lambda settings: settings.auth_port,
    metadata=AuthTable.metadata,
    build=build_once_ready,
)

if __name__ == "__main__":
    sys.exit(run(SERVICE, sys.argv[1:]))
