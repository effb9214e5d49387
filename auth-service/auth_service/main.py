"""auth-service put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from auth_service import jwks
from auth_service.attempts import Attempts
from auth_service.first_start import open_key_ring
from auth_service.models import outbox
from auth_service.passwords import Passwords
from auth_service.sessions import router as sessions
from auth_service.sessions.service import SessionService
from auth_service.settings import AuthSettings
from auth_service.tokens import AccessTokens, RefreshTokens
from auth_service.users import router as users
from auth_service.users.service import UserService
from service_kit.app import background, create_app, telemetry_handed_over
from service_kit.contracts.events import RequestsCounted
from service_kit.db import Database
from service_kit.events import letterbox
from service_kit.events.bus import bus_for
from service_kit.events.letterbox import Letterbox
from service_kit.events.relay import Relay
from service_kit.tokens import TokenVerifier


def build(settings: AuthSettings, *, passwords: Passwords | None = None) -> FastAPI:
    """Build the service; tests hand over passwords that cost less."""
    database = Database(settings.database_url)

    async def hand_over(counted: RequestsCounted) -> None:
        async with database.write() as session:
            await outbox.record(session, counted)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        relay = Relay(database, outbox, bus_for(settings.redis_url.get_secret_value() if settings.redis_url else None))
        hashing = passwords or Passwords()
        try:
            await outbox.ensure_head(database)
            await _open(app, settings, database, hashing)
            app.state.letterbox = Letterbox(database, outbox, relay)
            async with background(relay.run()), telemetry_handed_over(app.state.telemetry, hand_over):
                yield
        finally:
            hashing.close()
            await relay.close()

    return create_app(
        service="auth-service",
        description="Accounts, sessions and the keys that sign access tokens.",
        settings=settings,
        database=database,
        routers=[users.router, sessions.router, jwks.router, letterbox.router],
        lifespan=lifespan,
    )


async def _open(app: FastAPI, settings: AuthSettings, database: Database, passwords: Passwords) -> None:
    ring = await open_key_ring(database, settings, passwords)
    attempts = Attempts(registration_limit=settings.registration_limit)
    app.state.key_ring = ring
    app.state.verifier = TokenVerifier(ring.verification_keys, issuer=settings.public_origin)
    app.state.users = UserService(
        database,
        passwords,
        attempts,
        is_registration_open=settings.registration == "open",
        password_min_chars=settings.password_min_length,
    )
    app.state.sessions = SessionService(
        database,
        passwords,
        attempts,
        access_tokens=AccessTokens(ring, issuer=settings.public_origin),
        refresh_tokens=RefreshTokens(settings.auth_secret_key),
    )
