"""chat-service, put together."""

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx2
from fastapi import FastAPI

from chat_service.context import router as context
from chat_service.conversations import router as conversations
from chat_service.images import router as images
from chat_service.images.service import prune_unused
from chat_service.models import outbox
from chat_service.providers import router as models
from chat_service.providers.catalog import Catalog
from chat_service.providers.offering import catalog_for
from chat_service.providers.warm_up import warm_up
from chat_service.replicas.line import Began, Stop
from chat_service.replicas.replica import Replica
from chat_service.settings import ChatSettings
from chat_service.tools import router as tools
from chat_service.tools.toolbox import Toolbox, toolbox_for
from chat_service.turns import router as turns
from chat_service.turns import socket
from chat_service.turns.answering import Answering
from chat_service.turns.checkpoints import Checkpointer
from chat_service.turns.engine import TurnEngine
from chat_service.turns.follow import Followers
from chat_service.turns.log import TurnLogs
from chat_service.turns.reaper import Reaper
from service_kit.app import background, create_app, telemetry_handed_over
from service_kit.contracts.events import RequestsCounted
from service_kit.db import Database
from service_kit.events import letterbox
from service_kit.events.bus import bus_for
from service_kit.events.letterbox import Letterbox
from service_kit.events.relay import Relay
from service_kit.jwks import JwksKeys
from service_kit.rate_limit import RateLimit
from service_kit.tokens import PublicKeys, TokenVerifier

DRAIN_SECONDS = 25.0


def build(
    settings: ChatSettings,
    *,
    catalog: Catalog | None = None,
    toolbox: Toolbox | None = None,
    keys: PublicKeys | None = None,
) -> FastAPI:
    """Put the service together; a catalogue, tools or keys of one's own may be handed in."""
    database = Database(settings.database_url)
    client = httpx2.AsyncClient()
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    relay = Relay(database, outbox, bus_for(redis_url))
    app = create_app(
        service="chat-service",
        description="Conversations and the turn engine of Parley.",
        settings=settings,
        database=database,
        routers=(
            conversations.router,
            context.router,
            turns.router,
            models.router,
            tools.router,
            images.router,
            socket.router,
            letterbox.router,
        ),
        lifespan=partial(_life, relay=relay, client=client),
    )
    app.state.verifier = TokenVerifier(
        keys or JwksKeys(f"{settings.auth_url}/.well-known/jwks.json", client), issuer=settings.public_origin
    )
    app.state.catalog = catalog or catalog_for(settings)
    app.state.toolbox = toolbox or toolbox_for(settings)
    app.state.sending_limit = RateLimit(f"{settings.messages_per_minute}/minute")
    app.state.letterbox = Letterbox(database, outbox, relay)
    _add_engine(app, settings, redis_url)
    return app


def _add_engine(app: FastAPI, settings: ChatSettings, redis_url: str | None) -> None:
    database, logs = app.state.database, TurnLogs()
    replica = Replica(database, logs, redis_url=redis_url)
    answering = Answering(
        database,
        app.state.catalog,
        app.state.toolbox,
        context_messages=settings.context_messages,
        max_rounds=settings.max_tool_rounds,
        turn_seconds=settings.turn_seconds,
    )
    app.state.replica = replica
    app.state.engine = TurnEngine(
        database,
        app.state.catalog,
        logs,
        answering,
        toolbox=app.state.toolbox,
        system_prompt=settings.system_prompt,
        tell_began=lambda turn: replica.line.tell(Began(turn.conversation_id, turn.id, turn.owner_id)),
        tell_stop=lambda turn_id: replica.line.tell(Stop(turn_id)),
    )
    app.state.followers = Followers(database, logs, replica.mirrors)


@asynccontextmanager
async def _life(app: FastAPI, *, relay: Relay, client: httpx2.AsyncClient) -> AsyncIterator[None]:
    database: Database = app.state.database
    engine: TurnEngine = app.state.engine

    async def record_telemetry(counted: RequestsCounted) -> None:
        async with database.write() as session:
            await outbox.record(session, counted)

    await outbox.ensure_head(database)
    async with telemetry_handed_over(app.state.telemetry, record_telemetry), background(*_jobs(app), relay.run()):
        yield
        await engine.drain(seconds=0)
    await relay.close()
    await app.state.replica.close()
    await app.state.catalog.close()
    await client.aclose()


def _jobs(app: FastAPI) -> tuple[Coroutine[Any, Any, None], ...]:
    database: Database = app.state.database
    engine: TurnEngine = app.state.engine
    catalog: Catalog = app.state.catalog

    async def drain_when_asked_to_end() -> None:
        # While the server waits for its open streams: they end as soon as their turns have.
        await app.state.stopping.wait()
        await engine.drain(seconds=DRAIN_SECONDS)

    return (
        app.state.replica.run(
            on_stop=engine.stop_here,
            listened_conversations=engine.listeners.conversations,
            notice=engine.listeners.tell,
        ),
        Checkpointer(database, engine).run(),
        Reaper(database, catalog, engine).run(),
        warm_up(catalog),
        app.state.toolbox.supervise(),
        prune_unused(database),
        drain_when_asked_to_end(),
    )
