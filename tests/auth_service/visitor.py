"""Somebody at the door of auth-service, and the service they stand at."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.main import build
from auth_service.models import AuthTable
from auth_service.passwords import Passwords
from auth_service.settings import AuthSettings
from service_kit.contracts.tokens import AccessClaims
from service_kit.json_body import decode_json
from service_kit.testing import created_tables

PASSWORD = "correct horse battery"
ADMIN_PASSWORD = "a long admin phrase"
PAGE = {"X-Parley-Client": "web"}
COOKIE = "parley_refresh"

# What does not depend on the engine is tried on the quicker one.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def cheap_passwords(**changes: Any) -> Passwords:
    """Passwords that are hashed in a fraction of a millisecond."""
    return Passwords(**{"memory_kib": 64, "rounds": 1, **changes})


@asynccontextmanager
async def opened(settings: AuthSettings, *, passwords: Passwords | None = None) -> AsyncIterator[FastAPI]:
    """Run the service within its lifespan on a database with fresh tables."""
    async with created_tables(settings.database_url, AuthTable.metadata):
        app = build(settings, passwords=passwords or cheap_passwords())
        async with app.router.lifespan_context(app):
            yield app


class Visitor:
    """A client with its own cookies."""

    def __init__(self, app: FastAPI, *, base_url: str = "http://localhost:3000") -> None:
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=base_url)

    async def register(self, username: str = "ada", **changes: Any) -> httpx2.Response:
        """Register."""
        return await self.http.post("/users/", json={"username": username, "password": PASSWORD, **changes})

    async def sign_in(self, username: str = "ada", password: str = PASSWORD, **options: Any) -> httpx2.Response:
        """Sign in."""
        return await self.http.post("/auth/token", data={"username": username, "password": password}, **options)

    async def bearer(self, username: str = "ada", password: str = PASSWORD) -> dict[str, str]:
        """Sign in and return the header of an authenticated request."""
        return bearer_of(await self.sign_in(username, password))

    async def refresh(self, token: str | None = None) -> httpx2.Response:
        """Refresh with the own cookie, or with a token from somewhere else."""
        if token is None:
            return await self.http.post("/auth/refresh", headers=PAGE)
        self.http.cookies.clear()
        return await self.http.post("/auth/refresh", headers={**PAGE, "Cookie": f"{COOKIE}={token}"})


def bearer_of(answer: httpx2.Response) -> dict[str, str]:
    """The header made of a token answer."""
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def refresh_token_of(answer: httpx2.Response) -> str:
    """The refresh token that an answer sets."""
    return answer.headers["set-cookie"].partition("=")[2].partition(";")[0]


def claims_of(answer: httpx2.Response) -> AccessClaims:
    """The claims of a token answer, read without verifying."""
    payload = answer.json()["access_token"].split(".")[1]
    return AccessClaims.model_validate(
        decode_json(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))), strict=False
    )


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    """The status and the code of a problem, which is checked for its shape."""
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["x-request-id"]
    return answer.status_code, problem["code"]
