"""The command line of a service: `serve` and `migrate`, each ending with one sentence when it cannot start."""

import asyncio
import gc
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Generic, TypeVar

import uvicorn
from fastapi import FastAPI
from sqlalchemy import MetaData
from sqlalchemy.exc import SQLAlchemyError

from service_kit.logs import configure_logs
from service_kit.settings import ConfigurationError, ServiceSettings, read_settings

GRACE_SECONDS = 30
GARBAGE_THRESHOLDS = (20_000, 20, 50)
WEBSOCKET_MAX_BYTES = 131_072

S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class Service(Generic[S]):
    """What the command line needs to know of a service."""

    name: str
    package: str
    settings: type[S]
    database_url: Callable[[S], str]
    port: Callable[[S], int]
    metadata: MetaData
    build: Callable[[S], FastAPI]

    @property
    def migrations(self) -> Path:
        """The folder of the migrations."""
        module = sys.modules[self.package]
        return Path(str(module.__file__)).parent / "migrations"


def run(service: Service[S], arguments: list[str]) -> int:
    """Carry out one command and return its exit code."""
    if arguments not in (["serve"], ["migrate"]):
        sys.stderr.write(f"usage: python -m {service.package} serve|migrate\n")
        return 2
    try:
        settings = read_settings(service.settings)
        configure_logs(service=service.name, level=settings.log_level)
        if arguments == ["migrate"]:
            return _migrate(service, settings)
        return _serve(service, settings)
    except (ConfigurationError, SQLAlchemyError, OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"{service.name} cannot start: {error}\n")
        return 1


def _migrate(service: Service[S], settings: S) -> int:
    from service_kit.migrations import upgrade

    upgrade(service.database_url(settings), service.migrations, service.metadata)
    return 0


def _serve(service: Service[S], settings: S) -> int:
    asyncio.run(_ensure_schema(service, settings))
    app = service.build(settings)
    server = _Server(
        uvicorn.Config(
            app,
            host=settings.bind_host,
            port=service.port(settings),
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            ws_max_size=WEBSOCKET_MAX_BYTES,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=65_536,
        ),
        app,
    )
    # The server ends properly on these and then raises them again; an orderly end is told by exit code 0.
    for orderly in (signal.SIGINT, signal.SIGTERM):
        signal.signal(orderly, lambda _number, _frame: None)
    server.run()
    return 0 if server.started else 1


class _Server(uvicorn.Server):
    """A server that tells its application at once that it was asked to end."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What was loaded lives as long as the process: looking through it again and again for garbage costs a tenth
        # of every turn.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._app.state.stopping.set()


async def _ensure_schema(service: Service[S], settings: S) -> None:
    from service_kit.db import Database
    from service_kit.migrations import ensure_current

    database = Database(service.database_url(settings))
    try:
        await ensure_current(database, service.migrations, package=service.package)
    finally:
        await database.close()
