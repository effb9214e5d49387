"""The application factory: one way to put a service together, so that every door behaves the same."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from service_kit import health, metrics
from service_kit.body_limit import BodyLimitProblems
from service_kit.db import Database
from service_kit.errors import Problem, install_problem_handlers
from service_kit.json_body import StrictRoute
from service_kit.logs import get_logger
from service_kit.observation import Observation
from service_kit.origins import allow_origins
from service_kit.settings import ServiceSettings
from service_kit.telemetry import Handover, RequestTelemetry

log = get_logger(__name__)

MAX_BODY_BYTES = 1_048_576
CANCEL_AGAIN_SECONDS = 1.0
VERSION = "0.1.0"

PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {"model": Problem, "description": "A problem (RFC 9457)."},
    422: {"model": Problem, "description": "What was sent is not valid; `errors` names the fields."},
}

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    *,
    service: str,
    description: str,
    settings: ServiceSettings,
    database: Database,
    routers: Sequence[APIRouter],
    lifespan: Lifespan,
) -> FastAPI:
    """Build a service: problems, request ids, telemetry, health, metrics, exact origins, bounded bodies."""

    app = _Service(
        title=service,
        description=description,
        version=VERSION,
        lifespan=_closing(database, lifespan),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        max_body_size=MAX_BODY_BYTES,
        responses=PROBLEMS,
    )
    app.router.route_class = StrictRoute
    app.state.service = service
    app.state.settings = settings
    app.state.database = database
    app.state.telemetry = RequestTelemetry(service)
    # Set when the process was asked to end: endless streams watch it, for the server waits until they are over.
    app.state.stopping = asyncio.Event()
    install_problem_handlers(app)
    for router in (health.router, metrics.router, *routers):
        app.include_router(router)
    allow_origins(app, settings.allowed_origins)
    return app


def _closing(database: Database, lifespan: Lifespan) -> Lifespan:
    @asynccontextmanager
    async def whole_life(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with lifespan(app):
                yield
        finally:
            await database.close()

    return whole_life


class _Service(FastAPI):
    """FastAPI with our layers around all of its own, which answer crashes and oversized bodies by themselves."""

    def build_middleware_stack(self) -> ASGIApp:
        inner = BodyLimitProblems(super().build_middleware_stack())
        return Observation(inner, service=self.state.service, telemetry=self.state.telemetry)


@asynccontextmanager
async def background(*jobs: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run endless jobs beside the requests and end them with the service."""
    tasks = [asyncio.create_task(job, name=str(job)) for job in jobs]
    for task in tasks:
        task.add_done_callback(_tell_of_a_crash)
    try:
        yield
    finally:
        # A cancellation may get lost in a library that fails just then, so it is told until it is heard.
        left = set(tasks)
        while left:
            for task in left:
                task.cancel()
            _, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_SECONDS)


def _tell_of_a_crash(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("background_job_crashed", job=task.get_name(), exc_info=error)


@asynccontextmanager
async def telemetry_handed_over(telemetry: RequestTelemetry, hand_over: Handover) -> AsyncIterator[None]:
    """Hand request telemetry over while the service runs, and what is left at its end."""
    async with background(telemetry.run(hand_over)):
        yield
    with contextlib.suppress(Exception):
        await telemetry.flush(hand_over)
