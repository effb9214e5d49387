"""What auth-service tells the others."""

import asyncio
from collections import Counter
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select
from tests.auth_service.visitor import Visitor, code_of, opened

from auth_service.models import outbox
from auth_service.settings import AuthSettings
from service_kit.contracts.events import Envelope, RequestsCounted, UserRegistered
from service_kit.db import Database
from service_kit.testing import INTERNAL_TOKEN

LETTERS = "/internal/v1/events?reader=tests&wait=5"
SERVICE = {"Authorization": f"Bearer {INTERNAL_TOKEN}"}


async def letters(visitor: Visitor, *, after: int = 0) -> list[Envelope]:
    answer = await visitor.http.get(f"{LETTERS}&after={after}", headers=SERVICE)
    return [Envelope.model_validate(event) for event in answer.json()["events"]]


async def registrations(visitor: Visitor, *, at_least: int) -> list[UserRegistered]:
    """Pull until so many registrations have come."""
    told: list[UserRegistered] = []
    after = 0
    async with asyncio.timeout(10):
        while len(told) < at_least:
            envelopes = await letters(visitor, after=after)
            after += len(envelopes)
            told += [event for envelope in envelopes if isinstance(event := envelope.open(), UserRegistered)]
    return told


async def test_every_account_is_told_of_once_the_first_administrator_too(visitor: Visitor) -> None:
    account = (await visitor.register("ada")).json()
    await visitor.register("ada")
    await visitor.register("x")

    told = await registrations(visitor, at_least=2)

    assert [event.role for event in told] == ["admin", "user"]
    assert told[1].user_id == UUID(account["id"])
    assert {event.tenant_id for event in told} == {UUID(account["tenant_id"])}


async def test_an_account_that_is_not_made_is_not_told_of(visitor: Visitor, database: Database) -> None:
    await asyncio.gather(*(visitor.register("ada") for _ in range(10)))

    async with database.read() as session:
        rows = await session.execute(select(outbox.events.c.type).where(outbox.events.c.type == UserRegistered.type))
        assert len(rows.all()) == 2, "the administrator and one ada"


async def test_the_letterbox_is_for_services_alone(visitor: Visitor) -> None:
    await visitor.register()
    for headers in ({}, {"Authorization": "Bearer wrong"}, await visitor.bearer()):
        assert code_of(await visitor.http.get(LETTERS, headers=headers)) == (401, "not_authenticated")


async def test_requests_are_counted_and_told_within_seconds(visitor: Visitor) -> None:
    await visitor.register()
    bearer = await visitor.bearer()
    for _ in range(3):
        await visitor.http.get("/users/me", headers=bearer)

    counted: Counter[tuple[str, str, int]] = Counter()
    after = 0
    async with asyncio.timeout(10):
        while counted["GET", "/users/me", 200] < 3:
            envelopes = await letters(visitor, after=after)
            after += len(envelopes)
            for envelope in envelopes:
                if isinstance(event := envelope.open(), RequestsCounted):
                    counted.update(
                        {(route.method, route.route, route.status): route.requests for route in event.routes}
                    )

    assert counted["GET", "/users/me", 200] == 3
    assert counted["POST", "/auth/token", 200] == 1


async def test_what_was_counted_last_is_told_at_the_end(settings: AuthSettings) -> None:
    async def told(app: FastAPI) -> int:
        async with app.state.database.read() as session:
            return len((await session.execute(select(outbox.events.c.id))).all())

    async with opened(settings) as app, Visitor(app).http as http:
        before = await told(app)
        await http.get("/.well-known/jwks.json")
    async with opened(settings) as app:
        assert await told(app) == before + 1
