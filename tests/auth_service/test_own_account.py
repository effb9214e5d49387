"""Reading and changing one's own account."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col
from tests.auth_service.visitor import ON_SQLITE, PASSWORD, Visitor, bearer_of, code_of, refresh_token_of

from auth_service.models import LoginSession, UserAccount
from service_kit.clock import utc_now
from service_kit.db import Database
from service_kit.testing import Issuer

NEW_PASSWORD = "another fine phrase"


@pytest.fixture
async def bearer(visitor: Visitor) -> dict[str, str]:
    """Ada, registered and signed in."""
    await visitor.register(email="ada@example.org", display_name="Ada")
    return await visitor.bearer()


async def change_password(visitor: Visitor, bearer: dict[str, str], current: str, new: str) -> Any:
    body = {"current_password": current, "new_password": new}
    return await visitor.http.put("/users/me/password", json=body, headers=bearer)


async def test_everybody_sees_their_own_account(visitor: Visitor, bearer: dict[str, str]) -> None:
    answer = await visitor.http.get("/users/me", headers=bearer)

    assert answer.status_code == 200
    assert (answer.json()["username"], answer.json()["email"]) == ("ada", "ada@example.org")


@ON_SQLITE
@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_nobody_sees_an_account_without_a_genuine_token(visitor: Visitor, method: str) -> None:
    headers: dict[str, str]
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic YTpi"}, Issuer().bearer()):
        answer = await visitor.http.request(method, "/users/me", headers=headers)
        assert code_of(answer) == (401, "not_authenticated")


async def test_the_profile_changes_where_it_was_told_to(visitor: Visitor, bearer: dict[str, str]) -> None:
    async def change(**body: Any) -> tuple[str | None, str | None]:
        account = (await visitor.http.patch("/users/me", json=body, headers=bearer)).json()
        return account["display_name"], account["email"]

    assert await change(display_name=" Countess ") == ("Countess", "ada@example.org")
    assert await change(email="countess@example.org") == ("Countess", "countess@example.org")
    assert await change() == ("Countess", "countess@example.org")
    assert await change(display_name=None, email="") == (None, None)
    assert (await visitor.http.get("/users/me", headers=bearer)).json()["email"] is None


@ON_SQLITE
@pytest.mark.parametrize(
    "body",
    [
        {"email": "nothing like an address"},
        {"display_name": "x" * 101},
        {"display_name": "\ud800"},
        {"role": "admin"},
        {"username": "root"},
        {"tenant_id": str(uuid4())},
        {"password": "whatever it is"},
        [],
        "text",
        None,
    ],
)
async def test_a_profile_takes_nothing_else(visitor: Visitor, bearer: dict[str, str], body: Any) -> None:
    """T63."""
    headers = {**bearer, "Content-Type": "application/json"}
    answer = await visitor.http.patch("/users/me", content=json.dumps(body), headers=headers)

    assert code_of(answer) == (422, "validation_failed")
    assert (await visitor.http.get("/users/me", headers=bearer)).json()["role"] == "user"


async def test_a_new_password_ends_the_other_sessions(visitor: Visitor, bearer: dict[str, str]) -> None:
    here = refresh_token_of(await visitor.refresh())
    elsewhere = await visitor.sign_in()

    assert (await change_password(visitor, bearer, PASSWORD, NEW_PASSWORD)).status_code == 204

    assert code_of(await visitor.refresh(refresh_token_of(elsewhere))) == (401, "session_ended")
    assert code_of(await visitor.http.get("/users/me", headers=bearer_of(elsewhere))) == (401, "not_authenticated")
    assert (await visitor.refresh(here)).status_code == 200
    assert code_of(await visitor.sign_in()) == (401, "invalid_credentials")
    assert (await visitor.sign_in(password=NEW_PASSWORD)).status_code == 200


async def test_a_new_password_needs_the_current_one(visitor: Visitor, bearer: dict[str, str]) -> None:
    answer = await change_password(visitor, bearer, "not the password", NEW_PASSWORD)

    assert code_of(answer) == (403, "current_password_wrong")
    assert (await visitor.sign_in()).status_code == 200


@ON_SQLITE
@pytest.mark.parametrize("weak", ["seven 7", "changeme", "ada"])
async def test_a_new_password_is_judged_like_the_first(visitor: Visitor, bearer: dict[str, str], weak: str) -> None:
    assert code_of(await change_password(visitor, bearer, PASSWORD, weak)) == (422, "password_too_weak")


async def test_the_current_password_cannot_be_guessed_at_leisure(visitor: Visitor, bearer: dict[str, str]) -> None:
    for number in range(5):
        assert (await change_password(visitor, bearer, f"guess number {number}", NEW_PASSWORD)).status_code == 403

    refused = await change_password(visitor, bearer, PASSWORD, NEW_PASSWORD)

    assert code_of(refused) == (429, "too_many_attempts")
    assert int(refused.headers["retry-after"]) > 0
    assert (await visitor.sign_in()).status_code == 200


async def test_a_token_of_an_ended_session_opens_nothing(visitor: Visitor, bearer: dict[str, str]) -> None:
    await visitor.http.post("/auth/logout", headers={"X-Parley-Client": "web"})

    assert code_of(await visitor.http.get("/users/me", headers=bearer)) == (401, "not_authenticated")
    assert code_of(await change_password(visitor, bearer, PASSWORD, NEW_PASSWORD)) == (401, "not_authenticated")


async def test_a_token_of_an_outlived_session_opens_nothing(
    visitor: Visitor, bearer: dict[str, str], database: Database
) -> None:
    async with database.write() as session:
        await session.execute(update(LoginSession).values(expires_at=utc_now()))

    assert code_of(await visitor.http.get("/users/me", headers=bearer)) == (401, "not_authenticated")


async def test_a_disabled_account_is_shut_at_once(visitor: Visitor, bearer: dict[str, str], database: Database) -> None:
    """T64."""
    async with database.write() as session:
        await session.execute(update(UserAccount).where(col(UserAccount.username) == "ada").values(is_active=False))

    assert code_of(await visitor.http.get("/users/me", headers=bearer)) == (401, "not_authenticated")
    assert code_of(await visitor.refresh()) == (401, "session_ended")
    assert code_of(await visitor.sign_in()) == (401, "invalid_credentials")
