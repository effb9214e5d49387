"""Signing in with a username and a password."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update
from sqlmodel import col
from tests.auth_service.visitor import (
    ADMIN_PASSWORD,
    ON_SQLITE,
    PAGE,
    PASSWORD,
    Visitor,
    cheap_passwords,
    claims_of,
    code_of,
    opened,
)

from auth_service.models import LoginSession, UserAccount
from auth_service.passwords import Passwords
from auth_service.settings import AuthSettings
from service_kit.contracts.tokens import Role
from service_kit.db import Database


async def test_signing_in_gives_a_token_for_ten_minutes(visitor: Visitor) -> None:
    account = (await visitor.register()).json()

    answer = await visitor.sign_in("ADA")

    claims = claims_of(answer)
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 600)
    assert (str(claims.sub), str(claims.tid), claims.name) == (account["id"], account["tenant_id"], "ada")
    assert (claims.roles, claims.aud, claims.iss) == ((Role.USER,), "parley", "http://localhost:3000")
    assert (claims.exp - claims.iat, claims.nbf) == (600, claims.iat)
    assert answer.headers["cache-control"] == "no-store"


async def test_the_administrator_signs_in_as_one(visitor: Visitor) -> None:
    assert claims_of(await visitor.sign_in("admin", ADMIN_PASSWORD)).roles == (Role.ADMIN,)


async def test_the_refresh_token_is_a_cookie_that_scripts_cannot_read(visitor: Visitor) -> None:
    await visitor.register()

    cookie = (await visitor.sign_in()).headers["set-cookie"]

    name, _, rest = cookie.partition("=")
    attributes = {attribute.strip().lower() for attribute in rest.split(";")[1:]}
    assert name == "parley_refresh"
    assert attributes == {"httponly", "samesite=strict", "path=/", "max-age=604800"}


async def test_over_https_the_cookie_is_bound_to_the_host(settings: AuthSettings) -> None:
    async with opened(settings.model_copy(update={"public_origin": "https://chat.example"})) as app:
        visitor = Visitor(app, base_url="https://chat.example")
        async with visitor.http:
            await visitor.register()
            cookie = (await visitor.sign_in()).headers["set-cookie"]
            refreshed = await visitor.refresh()
            signed_out = await visitor.http.post("/auth/logout", headers=PAGE)

    attributes = {attribute.strip().lower() for attribute in cookie.split(";")[1:]}
    assert cookie.startswith("__Host-parley_refresh=")
    assert attributes == {"httponly", "samesite=strict", "path=/", "secure", "max-age=604800"}
    assert refreshed.status_code == 200
    assert signed_out.headers["set-cookie"].startswith('__Host-parley_refresh=""; HttpOnly; Max-Age=0; Path=/')


async def test_whoever_is_refused_learns_nothing_about_the_name(visitor: Visitor, database: Database) -> None:
    """T66."""
    await visitor.register("ada")
    await visitor.register("disabled")
    async with database.write() as session:
        await session.execute(
            update(UserAccount).where(col(UserAccount.username) == "disabled").values(is_active=False)
        )

    answers = [
        await visitor.sign_in("ada", "not the password"),
        await visitor.sign_in("nobody", "not the password"),
        await visitor.sign_in("disabled", PASSWORD),
        await visitor.sign_in("no such name at all!", PASSWORD),
    ]

    bodies = [{key: value for key, value in answer.json().items() if key != "request_id"} for answer in answers]
    assert [code_of(answer) for answer in answers] == [(401, "invalid_credentials")] * 4
    assert all(body == bodies[0] for body in bodies)
    assert all("set-cookie" not in answer.headers for answer in answers)


@ON_SQLITE
async def test_an_unknown_name_costs_as_much_as_a_wrong_password(settings: AuthSettings) -> None:
    """T66."""
    async with opened(settings, passwords=Passwords(rounds=1)) as app:
        visitor = Visitor(app)
        async with visitor.http:
            for number in range(3):
                await visitor.register(f"known{number}")
            times: dict[str, list[float]] = {"known": [], "unknown": []}
            for number in (*range(3), *range(3)):
                for kind in times:
                    started = time.perf_counter()
                    await visitor.sign_in(f"{kind}{number}", "not the password")
                    times[kind].append(time.perf_counter() - started)

    ratio = statistics.median(times["unknown"]) / statistics.median(times["known"])
    assert 0.5 < ratio < 2


async def test_after_five_failures_a_name_has_to_wait(visitor: Visitor) -> None:
    await visitor.register("ada")
    await visitor.register("bob")
    for number in range(5):
        assert (await visitor.sign_in("ada", f"guess number {number}")).status_code == 401

    refused = [await visitor.sign_in("ada", "one more guess"), await visitor.sign_in("ADA", PASSWORD)]

    assert [code_of(answer) for answer in refused] == [(429, "too_many_attempts")] * 2
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert (await visitor.sign_in("bob")).status_code == 200


@ON_SQLITE
async def test_guesses_sent_at_once_are_no_way_around_the_limit(settings: AuthSettings) -> None:
    async with opened(settings, passwords=Passwords(threads=1)) as app:
        visitor = Visitor(app)
        async with visitor.http:
            await visitor.register("ada")
            wrong = [asyncio.create_task(visitor.sign_in("ada", f"guess number {number}")) for number in range(8)]
            # By now the wrong ones queue for their verification, and few or none have been found wrong yet.
            await asyncio.sleep(0.1)
            right = await visitor.sign_in("ada", PASSWORD)
            statuses = [(await answer).status_code for answer in wrong]

    assert sorted(statuses) == [401] * 5 + [429] * 3
    assert code_of(right) == (429, "too_many_attempts")


async def test_an_unknown_name_has_to_wait_as_well(visitor: Visitor) -> None:
    statuses = [(await visitor.sign_in("nobody", f"guess number {number}")).status_code for number in range(6)]

    assert statuses == [401] * 5 + [429]


@ON_SQLITE
async def test_signing_in_rightly_is_never_counted(visitor: Visitor) -> None:
    await visitor.register("ada")

    assert {(await visitor.sign_in()).status_code for _ in range(12)} == {200}


@ON_SQLITE
async def test_an_address_that_tries_many_names_has_to_wait(visitor: Visitor) -> None:
    await visitor.register("ada")
    attacker = {"X-Forwarded-For": "203.0.113.9"}
    for number in range(50):
        assert (await visitor.sign_in(f"name{number}", "some guess", headers=attacker)).status_code == 401

    assert code_of(await visitor.sign_in("ada", headers=attacker)) == (429, "too_many_attempts")
    assert (await visitor.sign_in("ada", headers={"X-Forwarded-For": "203.0.113.10"})).status_code == 200


@ON_SQLITE
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:3001", "http://localhost:3000.evil"]
)
async def test_another_site_cannot_sign_a_visitor_in(visitor: Visitor, origin: str) -> None:
    """T71."""
    await visitor.register()

    assert code_of(await visitor.sign_in(headers={"Origin": origin})) == (403, "cross_site_request_refused")
    assert (await visitor.sign_in(headers={"Origin": "http://localhost:3000"})).status_code == 200


async def test_a_hash_of_yesterdays_cost_is_renewed(settings: AuthSettings, database_url: str) -> None:
    async with opened(settings) as app, Visitor(app).http as http:
        await http.post("/users/", json={"username": "ada", "password": PASSWORD})

    async with opened(settings, passwords=cheap_passwords(memory_kib=128)) as app:
        visitor = Visitor(app)
        async with visitor.http:
            statuses = [(await visitor.sign_in()).status_code for _ in range(2)]
        async with app.state.database.read() as session:
            stored = select(col(UserAccount.password_hash)).where(col(UserAccount.username) == "ada")
            renewed = (await session.execute(stored)).scalar_one()

    assert statuses == [200, 200]
    assert "m=128," in renewed


@ON_SQLITE
async def test_a_password_changed_during_a_sign_in_is_the_one_that_counts(settings: AuthSettings) -> None:
    async with opened(settings, passwords=Passwords(rounds=12)) as app:
        visitor = Visitor(app)
        async with visitor.http:
            await visitor.register()
            slow = asyncio.create_task(visitor.sign_in())
            # By now the former password is being verified, against the hash that was read before.
            await asyncio.sleep(0.1)
            async with app.state.database.write() as session:
                await session.execute(update(UserAccount).values(password_hash="$argon2id$changed"))
            assert not slow.done()
            assert code_of(await slow) == (401, "invalid_credentials")


async def test_a_session_remembers_where_it_was_opened(visitor: Visitor, database: Database) -> None:
    await visitor.register()
    await visitor.sign_in(headers={"User-Agent": "Browser/1.0 " + "x" * 500})

    async with database.read() as session:
        login = (await session.execute(select(LoginSession))).scalar_one()
    assert (login.user_agent[:12], len(login.user_agent)) == ("Browser/1.0 ", 200)


@pytest.fixture
async def crowded(settings: AuthSettings) -> AsyncIterator[Visitor]:
    """A service that hashes one password at a time and lets one wait."""
    async with opened(settings, passwords=Passwords(rounds=1, threads=1, waiting=1)) as app:
        visitor = Visitor(app)
        async with visitor.http:
            yield visitor


async def test_a_crowd_is_told_to_come_back(crowded: Visitor) -> None:
    await crowded.register()

    answers = await asyncio.gather(*(crowded.sign_in() for _ in range(10)))

    refused = [answer for answer in answers if answer.status_code == 503]
    assert 0 < len(refused) < 10
    assert {code_of(answer) for answer in refused} == {(503, "busy")}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert (await crowded.sign_in()).status_code == 200
