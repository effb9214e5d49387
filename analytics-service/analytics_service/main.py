"""How analytics-service is put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI

from analytics_service.ingestion.inbox import OWN_SOURCE, DatabaseInbox
from analytics_service.ingestion.sources import Freshness, consumers_for, freshness_of
from analytics_service.reports.live import LiveFeed
from analytics_service.reports.router import router as reports
from analytics_service.settings import AnalyticsSettings
from service_kit.app import background, create_app, telemetry_handed_over
from service_kit.clock import utc_now
from service_kit.db import Database
from service_kit.events.bus import bus_for
from service_kit.jwks import JwksKeys
from service_kit.tokens import TokenVerifier


def build(settings: AnalyticsSettings) -> FastAPI:
    """Build the service; nothing is opened before its life begins."""
    database = Database(settings.database_url, reads_much=True)
    # The services talk to each other directly; a proxy of the machine must not see their token.
    client = httpx2.AsyncClient(trust_env=False)
    bus = bus_for(settings.redis_url.get_secret_value() if settings.redis_url else None)

    def freshness() -> Freshness:
        return freshness_of(consumers, now=utc_now())

    feed = LiveFeed(database, freshness)
    inbox = DatabaseInbox(database, tell=feed.notify)
    consumers = consumers_for(settings, inbox, bus, client=client)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with (
                background(*(consumer.run() for consumer in consumers)),
                telemetry_handed_over(app.state.telemetry, inbox.count_own),
            ):
                yield
        finally:
            await bus.close()
            await client.aclose()

    app = create_app(
        service=OWN_SOURCE,
        description="Counts what happened, to the token, and shows it live.",
        settings=settings,
        database=database,
        routers=[reports],
        lifespan=life,
    )
    keys = JwksKeys(f"{settings.auth_url}/.well-known/jwks.json", client)
    app.state.verifier = TokenVerifier(keys, issuer=settings.public_origin)
    app.state.live_feed = feed
    app.state.freshness = freshness
    return app
