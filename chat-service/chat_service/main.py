"""chat-service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx2
from fastapi import FastAPI

from chat_service.conversations import router as conversations
from chat_service.models import outbox
from chat_service.providers import router as models
from chat_service.providers.catalog import Catalog, catalog_for
from chat_service.providers.warm_up import warm_up
from chat_service.settings import ChatSettings
from chat_service.turns import router as turns
from chat_service.turns import socket
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

DRAIN_SECONDS = 20.0


def build(settings: ChatSettings, *, catalog: Catalog | None = None, keys: PublicKeys | None = None) -> FastAPI:
    """Put the service together; a catalogue or keys of one's own may be handed in."""
    database = Database(settings.database_url)
    client = httpx2.AsyncClient()
    relay = Relay(database, outbox, bus_for(settings.redis_url.get_secret_value() if settings.redis_url else None))
    offered = catalog or catalog_for(settings)
    logs = TurnLogs()
    engine = TurnEngine(
        database,
        offered,
        logs,
        system_prompt=settings.system_prompt,
        context_messages=settings.context_messages,
    )
    app = create_app(
        service="chat-service",
        description="Conversations and the turn engine of Parley.",
        settings=settings,
        database=database,
        routers=(conversations.router, turns.router, models.router, socket.router, letterbox.router),
        lifespan=partial(_life, relay=relay, client=client),
    )
    app.state.verifier = TokenVerifier(
        keys or JwksKeys(f"{settings.auth_url}/.well-known/jwks.json", client), issuer=settings.public_origin
    )
    app.state.catalog = offered
    app.state.engine = engine
    app.state.followers = Followers(database, logs)
    app.state.sending_limit = RateLimit(f"{settings.messages_per_minute}/minute")
    app.state.letterbox = Letterbox(database, outbox, relay)
    return app


@asynccontextmanager
async def _life(app: FastAPI, *, relay: Relay, client: httpx2.AsyncClient) -> AsyncIterator[None]:
    database: Database = app.state.database
    engine: TurnEngine = app.state.engine
    catalog: Catalog = app.state.catalog

    async def record_telemetry(counted: RequestsCounted) -> None:
        async with database.write() as session:
            await outbox.record(session, counted)

    await outbox.ensure_head(database)
    checkpointer, reaper = Checkpointer(database, engine), Reaper(database, catalog, engine)

    async def drain_when_asked_to_end() -> None:
        # While the server waits for its open streams: they end as soon as their turns have.
        await app.state.stopping.wait()
        await engine.drain(seconds=DRAIN_SECONDS)

    async with (
        telemetry_handed_over(app.state.telemetry, record_telemetry),
        background(relay.run(), checkpointer.run(), reaper.run(), warm_up(catalog), drain_when_asked_to_end()),
    ):
        yield
        await engine.drain(seconds=0)
    await relay.close()
    await catalog.close()
    await client.aclose()
