"""A running chat-service on a real socket, with a provider that plays scripts."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import websockets
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import col

from chat_service.main import build
from chat_service.models import ChatTable, Message, Turn, outbox
from chat_service.providers.catalog import Catalog, Model
from chat_service.settings import ChatSettings
from chat_service.testing import ScriptedProvider
from service_kit.contracts.tokens import Role
from service_kit.db import Database
from service_kit.json_body import decode_json
from service_kit.testing import INTERNAL_TOKEN, ISSUER, Issuer, created_tables, served

Event = dict[str, Any]


@dataclass
class Person:
    """Somebody who talks to the service over HTTP and WebSocket."""

    address: str
    client: httpx2.AsyncClient
    token: str
    user_id: UUID
    tenant_id: UUID

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def request(self, method: str, path: str, **how: Any) -> httpx2.Response:
        headers = {**self.bearer, **how.pop("headers", {})}
        return await self.client.request(method, f"{self.address}{path}", headers=headers, **how)

    async def start(self, **wish: Any) -> str:
        answer = await self.request("POST", "/conversations", json=wish)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def ask(self, conversation: str, content: str, **more: Any) -> httpx2.Response:
        body = {"client_message_id": str(uuid4()), "content": content, **more}
        return await self.request("POST", f"/conversations/{conversation}/messages", json=body)

    async def begin(self, conversation: str, content: str, **more: Any) -> dict[str, Any]:
        body = {"client_message_id": str(uuid4()), "content": content, **more}
        path = f"/conversations/{conversation}/messages"
        answer = await self.request("POST", path, json=body, headers={"Prefer": "respond-async"})
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    async def again(self, what: str, conversation: str, message_id: str, **more: Any) -> httpx2.Response:
        """Regenerate or continue."""
        headers = more.pop("headers", {})
        body = {"client_message_id": str(uuid4()), **more}
        path = f"/conversations/{conversation}/messages/{message_id}/{what}"
        return await self.request("POST", path, json=body, headers=headers)

    @asynccontextmanager
    async def stream(self, method: str, path: str, **how: Any) -> AsyncIterator[AsyncIterator[Event]]:
        headers = {**self.bearer, "Accept": "text/event-stream", **how.pop("headers", {})}
        async with self.client.stream(method, f"{self.address}{path}", headers=headers, **how) as response:
            assert response.status_code == 200, (await response.aread()).decode()
            assert response.headers["content-type"].startswith("text/event-stream")
            yield _events(response)

    async def events(self, turn_id: str, *, after: str | None = None) -> list[Event]:
        headers = {"Last-Event-ID": after} if after else {}
        async with self.stream("GET", f"/turns/{turn_id}/events", headers=headers) as events:
            return [event async for event in events]

    async def messages(self, conversation: str) -> list[dict[str, Any]]:
        answer = await self.request("GET", f"/conversations/{conversation}/messages?limit=100")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    @asynccontextmanager
    async def socket(
        self, conversation: str, *, token: str | None = None, origin: str | None = ISSUER
    ) -> AsyncIterator[websockets.ClientConnection]:
        address = self.address.replace("http://", "ws://")
        headers = {"Origin": origin} if origin else {}
        async with websockets.connect(
            f"{address}/ws/{conversation}", additional_headers=headers, compression=None
        ) as socket:
            await socket.send(json.dumps({"kind": "auth", "token": token or self.token}))
            yield socket


async def _events(response: httpx2.Response) -> AsyncIterator[Event]:
    facts: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            facts[name] = value
        elif facts:
            event = decode_json(facts["data"])
            assert facts["event"] == event["kind"]
            assert facts["id"] == f"{event['epoch']}:{event['seq']}"
            yield event
            facts = {}


@dataclass
class Chat:
    """The service under test and what stands around it."""

    app: FastAPI
    address: str
    client: httpx2.AsyncClient
    provider: ScriptedProvider
    database: Database
    issuer: Issuer
    tenant_id: UUID = field(default_factory=uuid4)

    def person(self, *, user_id: UUID | None = None, tenant_id: UUID | None = None, role: Role = Role.USER) -> Person:
        user, tenant = user_id or uuid4(), tenant_id or self.tenant_id
        token = self.issuer.sign(self.issuer.claims(user_id=user, tenant_id=tenant, role=role))
        return Person(self.address, self.client, token, user, tenant)

    async def rows(self, kind: type[Any]) -> list[Any]:
        async with self.database.read() as session:
            return list((await session.execute(select(kind).order_by(col(kind.created_at)))).scalars())

    async def recorded(self, event_type: str) -> list[dict[str, Any]]:
        async with self.database.read() as session:
            query = select(outbox.events.c.data).where(outbox.events.c.type == event_type).order_by(outbox.events.c.id)
            return [decode_json(data) for data in (await session.execute(query)).scalars()]


MakeChat = Callable[..., Any]


@asynccontextmanager
async def running_chat(
    database_url: str, issuer: Issuer | None = None, *, catalog: Catalog | None = None, **settings: Any
) -> AsyncIterator[Chat]:
    """Run one chat-service process's worth of service on a database that has its tables."""
    issuer = issuer or Issuer()
    provider = ScriptedProvider()
    usual = Catalog([Model("scripted-1", provider, 8_000), Model("scripted-2", provider, 8_000)])
    chosen = ChatSettings(internal_api_token=INTERNAL_TOKEN, chat_database_url=database_url, _env_file=None, **settings)
    app = build(chosen, catalog=catalog or usual, keys=issuer.keys)
    async with served(app) as address, httpx2.AsyncClient(timeout=20) as client:
        yield Chat(app, address, client, provider, app.state.database, issuer)


@pytest.fixture
async def chat(database_url: str) -> AsyncIterator[Chat]:
    async with created_tables(database_url, ChatTable.metadata), running_chat(database_url) as chat:
        yield chat


__all__ = ["Chat", "Event", "Message", "Person", "Turn", "running_chat"]
