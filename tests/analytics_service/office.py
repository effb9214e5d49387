"""A running analytics-service with somebody who may read reports, and the inbox that fills it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.analytics_service.story import CHAT, EPOCH, NOON, envelope

from analytics_service.ingestion.inbox import DatabaseInbox
from analytics_service.main import build
from analytics_service.models import AnalyticsTable
from analytics_service.settings import AnalyticsSettings
from service_kit.clock import new_id
from service_kit.contracts.events import Event
from service_kit.contracts.tokens import Role
from service_kit.testing import INTERNAL_TOKEN, ISSUER, Issuer, created_tables
from service_kit.tokens import TokenVerifier

# Nobody listens on the discard port of this machine: the services are down.
NOBODY = "http://127.0.0.1:9"


@dataclass
class Office:
    """A service and its callers."""

    app: FastAPI
    issuer: Issuer
    http: httpx2.AsyncClient
    inbox: DatabaseInbox
    tenant_id: UUID

    def bearer(self, role: Role = Role.MANAGER, *, tenant_id: UUID | None = None) -> dict[str, str]:
        """The header of somebody of the tenant."""
        return self.issuer.bearer(tenant_id=tenant_id or self.tenant_id, role=role)

    def without_life(self) -> ASGIApp:
        """The application for a server of its own: it lives already and must not begin a second time."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "lifespan":
                await self.app(scope, receive, send)

        return serve

    async def read(self, path: str, *, tenant_id: UUID | None = None, **query: Any) -> Any:
        """Read a report as a manager."""
        answer = await self.http.get(f"/analytics/{path}", params=query, headers=self.bearer(tenant_id=tenant_id))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tell(self, *events: Event, at: datetime = NOON) -> None:
        """Let events arrive that happened at one time."""
        await self.tell_each([(at, event) for event in events])

    async def tell_each(self, told: list[tuple[datetime, Event]]) -> None:
        """Let events arrive, each with its time."""
        position = await self.inbox.position(CHAT)
        letters = [envelope(event, sequence=place, at=at) for place, (at, event) in enumerate(told, position.seq + 1)]
        assert await self.inbox.apply(CHAT, since=position, epoch=EPOCH, events=letters)


def settings_for(database_url: str, **changes: Any) -> AnalyticsSettings:
    """Settings of a service whose neighbours are down."""
    facts: dict[str, Any] = {
        "internal_api_token": INTERNAL_TOKEN,
        "analytics_database_url": database_url,
        "auth_url": NOBODY,
        "chat_url": NOBODY,
    }
    return AnalyticsSettings(**facts | changes)


@asynccontextmanager
async def opened(database_url: str, **changes: Any) -> AsyncIterator[Office]:
    """Open a service on an empty database."""
    async with created_tables(database_url, AnalyticsTable.metadata):
        app = build(settings_for(database_url, **changes))
        issuer = Issuer()
        app.state.verifier = TokenVerifier(issuer.keys, issuer=ISSUER)
        transport = httpx2.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url="http://analytics") as http,
        ):
            inbox = DatabaseInbox(app.state.database, tell=app.state.live_feed.notify)
            yield Office(app, issuer, http, inbox, new_id())
