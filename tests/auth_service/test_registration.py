"""Registering an account."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlmodel import col
from tests.auth_service.visitor import ON_SQLITE, PASSWORD, Visitor, code_of, opened

from auth_service.models import UserAccount
from auth_service.settings import AuthSettings
from service_kit.db import Database


async def test_registering_gives_an_account_and_no_session(visitor: Visitor) -> None:
    answer = await visitor.register("Ada.Lovelace", email=" ada@example.org ", display_name=" Ada ")

    account = answer.json()
    assert answer.status_code == 201
    assert set(account) == {"id", "tenant_id", "username", "email", "display_name", "role", "created_at"}
    assert (account["username"], account["role"]) == ("ada.lovelace", "user")
    assert (account["email"], account["display_name"]) == ("ada@example.org", "Ada")
    assert account["created_at"].endswith("Z")
    assert "set-cookie" not in answer.headers


async def test_name_and_password_are_enough(visitor: Visitor) -> None:
    account = (await visitor.register("ada", email="", display_name=None)).json()

    assert (account["email"], account["display_name"]) == (None, None)


@ON_SQLITE
@pytest.mark.parametrize("name", ["ADA", " ada ", "\uff41\uff44\uff41"])
async def test_a_name_is_taken_in_all_its_forms(visitor: Visitor, name: str) -> None:
    await visitor.register("ada")

    assert code_of(await visitor.register(name)) == (409, "username_taken")


@ON_SQLITE
@pytest.mark.parametrize(
    "field",
    [
        {"role": "admin"},
        {"roles": ["admin"]},
        {"is_admin": True},
        {"is_active": True},
        {"tenant_id": "01a1fc9e-fb9d-7c3d-a8c0-38c4b91d665d"},
        {"id": "01a1fc9e-fb9d-7c3d-a8c0-38c4b91d665d"},
        {"hashed_password": "x"},
        {"password_hash": "x"},
    ],
)
async def test_nobody_registers_with_more_than_their_own_words(visitor: Visitor, field: dict[str, Any]) -> None:
    """T63."""
    assert code_of(await visitor.register(**field)) == (422, "validation_failed")
    assert code_of(await visitor.sign_in()) == (401, "invalid_credentials")


@ON_SQLITE
@pytest.mark.parametrize(
    "field",
    [
        {"username": "ab"},
        {"username": "a" * 65},
        {"username": "ada lovelace"},
        {"username": "ada\u200b"},
        {"username": "\u0430d\u0430"},  # Cyrillic letters that look like Latin ones.
        {"username": 7},
        {"username": None},
        {"password": "x" * 129},
        {"password": ""},
        {"password": ["x" * 10]},
        {"password": "nul\x00nul nul"},
        {"email": "no address"},
        {"email": "@"},
        {"email": "a@b@c"},
        {"email": "a" * 250 + "@b.org"},
        {"email": "a@b\x07"},
        {"display_name": "x" * 101},
        {"display_name": "bell\x07"},
    ],
)
async def test_what_is_not_valid_is_named(visitor: Visitor, field: dict[str, Any]) -> None:
    answer = await visitor.register(**field)

    assert code_of(answer) == (422, "validation_failed")
    assert answer.json()["errors"][0]["field"] == f"body.{next(iter(field))}"


@ON_SQLITE
@pytest.mark.parametrize(
    "password",
    ["short 7", "admin123", "PASSWORD", "changeme", "12345678", "ada-lovelace", "ADA-LOVELACE", "zzzzzzzzzz"],
)
async def test_a_password_that_anybody_would_try_is_refused(visitor: Visitor, password: str) -> None:
    answer = await visitor.register("ada-lovelace", password=password)

    assert code_of(answer) == (422, "password_too_weak")


async def test_passwords_are_the_same_however_they_are_typed(visitor: Visitor) -> None:
    await visitor.register(password="cafe\u0301 du monde")

    assert (await visitor.sign_in(password="caf\u00e9 du monde")).status_code == 200


async def test_long_passwords_count_to_their_last_letter(visitor: Visitor) -> None:
    await visitor.register(password="x1" * 64)

    assert (await visitor.sign_in(password="x1" * 64)).status_code == 200
    assert code_of(await visitor.sign_in(password="x1" * 63 + "x2")) == (401, "invalid_credentials")


async def test_fifty_registrations_of_one_name_at_once_make_one_account(visitor: Visitor, database: Database) -> None:
    """T63."""
    answers = await asyncio.gather(*(visitor.register("ada") for _ in range(50)))

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1
    assert set(statuses) <= {201, 409, 503}
    async with database.read() as session:
        count = select(func.count()).where(col(UserAccount.username) == "ada")
        assert (await session.execute(count)).scalar() == 1


async def test_a_closed_house_registers_nobody(settings: AuthSettings) -> None:
    async with opened(settings.model_copy(update={"registration": "closed"})) as app, Visitor(app).http as http:
        answer = await http.post("/users/", json={"username": "ada", "password": PASSWORD})

    assert code_of(answer) == (403, "registration_closed")


async def test_one_address_registers_only_so_many(settings: AuthSettings) -> None:
    async with opened(settings.model_copy(update={"registration_limit": "2/hour"})) as app:
        visitor = Visitor(app)
        async with visitor.http:
            statuses = [(await visitor.register(f"user{number}")).status_code for number in range(2)]
            refused = await visitor.register("user3")
            elsewhere = await visitor.http.post(
                "/users/", json={"username": "user4", "password": PASSWORD}, headers={"X-Forwarded-For": "203.0.113.9"}
            )

    assert statuses == [201, 201]
    assert code_of(refused) == (429, "too_many_attempts")
    assert int(refused.headers["retry-after"]) > 0
    assert elsewhere.status_code == 201


async def test_longer_passwords_can_be_asked_for(settings: AuthSettings) -> None:
    async with opened(settings.model_copy(update={"password_min_length": 15})) as app:
        visitor = Visitor(app)
        async with visitor.http:
            refused, accepted = await visitor.register(password="fourteen chars"), await visitor.register()

    assert code_of(refused) == (422, "password_too_weak")
    assert accepted.status_code == 201


async def test_nothing_is_kept_of_a_password_but_its_hash(visitor: Visitor, app: FastAPI, database: Database) -> None:
    await visitor.register("ada")

    async with database.read() as session:
        stored = (
            await session.execute(select(col(UserAccount.password_hash)).where(col(UserAccount.username) == "ada"))
        ).scalar_one()
    assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")
