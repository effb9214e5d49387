"""What is not for the outside world is 404, however its address is written."""

from __future__ import annotations

import json

import pytest
from aiohttp import ClientSession
from tests.gateway.upstream import Upstream
from yarl import URL

PRIVATE = [
    "/api/chat/internal/v1/events",
    "/api/chat/internal",
    "/api/chat/INTERNAL/v1/events",
    "/api/chat/%69nternal/v1/events",
    "/api/chat/%2569nternal/v1/events",
    "/api/chat//internal/v1/events",
    "/api/chat/%2finternal/v1/events",
    "/api/chat/%2Finternal",
    "/api/chat/%5cinternal",
    "/api/chat/\\internal",
    "/api/chat/x/../internal/v1/events",
    "/api/chat/x/%2e%2e/internal/v1/events",
    "/api/chat/x/.%2E/internal/v1/events",
    "/api/chat/x%2f..%2finternal",
    "/api/chat/./internal",
    "/api/chat/%2e/internal",
    "/api/chat/internal%00",
    "/api/chat/metrics",
    "/api/auth/Metrics",
    "/api/auth/metrics/",
    "/api/auth/docs",
    "/api/auth/docs/oauth2-redirect",
    "/api/auth/redoc",
    "/api/auth/openapi.json",
    "/api/billing/x",
    "/api/",
    "/api/chat%2finternal",
    "/api/%63hat/internal",
    "/api//chat/internal",
]


@pytest.mark.parametrize("path", PRIVATE)
async def test_a_private_path_is_not_found(gateway: str, client: ClientSession, upstream: Upstream, path: str) -> None:
    async with client.get(URL(f"{gateway}{path}", encoded=True)) as answer:
        refusal = (answer.status, json.loads(await answer.read())["code"])
    # A byte that no path may have is refused by nginx before it looks for anything.
    assert refusal in {(404, "not_found"), (400, "bad_request")}
    assert upstream.seen == []


@pytest.mark.parametrize("path", ["/api/chat", "/api/chat/", "/api/chat/a%20b", "/api/auth/.well-known/jwks.json"])
async def test_a_public_path_reaches_its_service(
    gateway: str, client: ClientSession, upstream: Upstream, path: str
) -> None:
    async with client.get(URL(f"{gateway}{path}", encoded=True)) as answer:
        assert answer.status == 200
    assert upstream.seen[0].raw_path == path.removeprefix("/api/chat").removeprefix("/api/auth") or "/"
