"""Staying signed in: rotation, lost answers, stolen tokens, and the end of a session."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select, update
from structlog.testing import capture_logs
from tests.auth_service.visitor import COOKIE, ON_SQLITE, PAGE, Visitor, bearer_of, claims_of, code_of, refresh_token_of

from auth_service.models import LoginSession
from auth_service.sessions.repository import SessionRepository
from auth_service.tokens import RefreshTokens, fingerprint
from service_kit.clock import utc_now
from service_kit.db import Database

ENDED = (401, "session_ended")


@pytest.fixture
async def first(visitor: Visitor) -> str:
    """Ada's refresh token after signing in."""
    await visitor.register()
    return refresh_token_of(await visitor.sign_in())


async def stored(database: Database) -> LoginSession:
    async with database.read() as session:
        return (await session.execute(select(LoginSession))).scalar_one()


async def move_back(database: Database, **times: timedelta) -> None:
    """Make the session older than it is."""
    login = await stored(database)
    async with database.write() as session:
        moved = {name: getattr(login, name) - time for name, time in times.items()}
        await session.execute(update(LoginSession).values(**moved))


async def test_each_use_gives_a_new_token_of_the_same_session(visitor: Visitor, database: Database, first: str) -> None:
    answer = await visitor.refresh()
    second = refresh_token_of(answer)

    third = refresh_token_of(await visitor.refresh())

    assert answer.status_code == 200
    assert len({first, second, third}) == 3
    assert {token.partition(".")[0] for token in (first, second, third)} == {str(claims_of(answer).sid)}
    assert (await visitor.http.get("/users/me", headers=bearer_of(answer))).status_code == 200
    login = await stored(database)
    assert (login.generation, login.refresh_hash) == (3, fingerprint(third))


async def test_the_database_holds_nothing_that_signs_in(database: Database, first: str) -> None:
    mac = first.rpartition(".")[2]

    assert mac not in repr((await stored(database)).model_dump())


async def test_a_lost_answer_is_given_again(visitor: Visitor, first: str) -> None:
    lost = refresh_token_of(await visitor.refresh(first))

    again = refresh_token_of(await visitor.refresh(first))

    assert again == lost
    assert (await visitor.refresh(again)).status_code == 200


async def test_ten_refreshes_at_once_have_one_successor(visitor: Visitor, database: Database, first: str) -> None:
    visitor.http.cookies.clear()
    headers = {**PAGE, "Cookie": f"{COOKIE}={first}"}

    answers = await asyncio.gather(*(visitor.http.post("/auth/refresh", headers=headers) for _ in range(10)))

    assert [answer.status_code for answer in answers] == [200] * 10
    assert len({refresh_token_of(answer) for answer in answers}) == 1
    assert (await stored(database)).generation == 2


async def test_whoever_comes_late_never_moves_the_line_back(visitor: Visitor, database: Database, first: str) -> None:
    await visitor.refresh()
    await visitor.refresh()
    before = await stored(database)

    async with database.write() as session:
        is_moved = await SessionRepository(session).rotate(
            before.id, generation=1, successor_hash=fingerprint("late"), now=utc_now()
        )

    assert not is_moved
    assert await stored(database) == before


async def test_a_token_used_before_its_successor_is_stolen(visitor: Visitor, database: Database, first: str) -> None:
    second = refresh_token_of(await visitor.refresh(first))
    third = refresh_token_of(await visitor.refresh(second))

    with capture_logs() as lines:
        reused = await visitor.refresh(first)

    assert code_of(reused) == ENDED
    assert code_of(await visitor.refresh(third)) == ENDED
    login = await stored(database)
    assert login.revoked_reason == "refresh_token_reused"
    (line,) = [line for line in lines if line["event"] == "refresh_token_reused"]
    assert (line["session_id"], line["presented"], line["current"]) == (str(login.id), 1, 3)
    assert all(token not in repr(lines) for token in (first, second, third))


async def test_after_ten_seconds_a_former_token_is_stolen(visitor: Visitor, database: Database, first: str) -> None:
    second = refresh_token_of(await visitor.refresh(first))
    await move_back(database, rotated_at=timedelta(seconds=11))

    assert code_of(await visitor.refresh(first)) == ENDED
    assert code_of(await visitor.refresh(second)) == ENDED


async def test_a_session_ends_after_seven_idle_days(visitor: Visitor, database: Database, first: str) -> None:
    await move_back(database, last_used_at=timedelta(days=6, hours=23))
    second = refresh_token_of(await visitor.refresh(first))
    await move_back(database, last_used_at=timedelta(days=7, seconds=1))

    assert code_of(await visitor.refresh(second)) == ENDED


async def test_a_session_ends_after_thirty_days_however_busy(visitor: Visitor, database: Database, first: str) -> None:
    await move_back(database, expires_at=timedelta(days=29, hours=23))
    answer = await visitor.refresh(first)
    await move_back(database, expires_at=timedelta(hours=1))

    assert "Max-Age=3" in answer.headers["set-cookie"], "the cookie lives no longer than the session"
    assert code_of(await visitor.refresh(refresh_token_of(answer))) == ENDED


async def test_what_we_did_not_make_ends_no_session(visitor: Visitor, app: FastAPI, first: str) -> None:
    session_id, generation, mac = first.split(".")
    foreign = RefreshTokens(SecretStr("another-secret-another-secret-another"))
    ours = RefreshTokens(app.state.settings.auth_secret_key)
    forged = [
        f"{session_id}.{generation}.{mac[:-2]}AA",
        f"{session_id}.0.{mac}",
        f"{session_id}.2.{mac}",
        f"{session_id}.01.{mac}",
        f"{session_id.upper()}.{generation}.{mac}",
        f"{session_id}.{generation}.{mac}=",
        f"{session_id}.{generation}",
        f"{session_id}.{'9' * 5000}.{mac}",
        f"{session_id}.-1.{mac}",
        f"{uuid4()}.{generation}.{mac}",
        foreign.mint((uuid4()), 1),
        ours.mint(uuid4(), 1),
        "",
        "...",
        "x" * 6000,
        "caf\u00e9.1.x",
    ]

    for token in forged:
        answer = await visitor.http.post(
            "/auth/refresh", headers={b"X-Parley-Client": b"web", b"Cookie": f"{COOKIE}={token}".encode("latin-1")}
        )
        assert code_of(answer) == ENDED, token
        assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await visitor.refresh(first)).status_code == 200


async def test_a_token_from_the_future_of_a_restored_database_is_refused(
    visitor: Visitor, app: FastAPI, first: str
) -> None:
    ours = RefreshTokens(app.state.settings.auth_secret_key)
    token = ours.read(first)
    assert token is not None

    assert code_of(await visitor.refresh(ours.mint(token.session_id, 5))) == ENDED
    assert (await visitor.refresh(first)).status_code == 200


@ON_SQLITE
@pytest.mark.parametrize("route", ["/auth/refresh", "/auth/logout"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Parley-Client": ""},
        {"Origin": "http://localhost:3000"},
        {**PAGE, "Origin": "https://evil.example"},
        {**PAGE, "Origin": "null"},
        {**PAGE, "Origin": "http://localhost:3000.evil.example"},
    ],
)
async def test_another_site_can_use_no_cookie(
    visitor: Visitor, database: Database, first: str, route: str, headers: dict[str, str]
) -> None:
    """T71."""
    answer = await visitor.http.post(route, headers=headers)

    assert code_of(answer) == (403, "cross_site_request_refused")
    assert "set-cookie" not in answer.headers
    login = await stored(database)
    assert (login.generation, login.revoked_at) == (1, None)


async def test_signing_out_ends_the_session_and_clears_the_cookie(
    visitor: Visitor, database: Database, first: str
) -> None:
    answer = await visitor.http.post("/auth/logout", headers=PAGE)

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["set-cookie"] == f'{COOKIE}=""; HttpOnly; Max-Age=0; Path=/; SameSite=strict'
    assert COOKIE not in visitor.http.cookies
    assert code_of(await visitor.refresh(first)) == ENDED
    assert (await stored(database)).revoked_reason == "signed_out"


async def test_signing_out_twice_or_without_a_session_is_fine(visitor: Visitor) -> None:
    for cookie in ("", "nonsense", RefreshTokens(SecretStr("x" * 40)).mint(uuid4(), 1)):
        answer = await visitor.http.post("/auth/logout", headers={**PAGE, "Cookie": f"{COOKIE}={cookie}"})
        assert answer.status_code == 204


async def test_signing_out_here_leaves_other_browsers_alone(visitor: Visitor, first: str) -> None:
    await visitor.sign_in()
    await visitor.http.post("/auth/logout", headers=PAGE)

    assert (await visitor.refresh(first)).status_code == 200


async def test_sessions_long_over_are_forgotten_at_the_next_sign_in(
    visitor: Visitor, database: Database, first: str
) -> None:
    async with database.write() as session:
        await session.execute(update(LoginSession).values(expires_at=utc_now() - timedelta(days=31)))

    await visitor.sign_in()

    assert str((await stored(database)).id) != first.partition(".")[0]
