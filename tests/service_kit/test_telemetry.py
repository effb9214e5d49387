"""Request telemetry: batches add up to what was counted, and counting is bounded."""

import asyncio
import base64
import random
from uuid import UUID

import httpx2
import pytest
from ddsketch.pb.ddsketch_pb2 import DDSketch as SketchMessage
from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import OperationalError
from tests.service_kit.producer import Producer

from service_kit.app import telemetry_handed_over
from service_kit.auth import CurrentPrincipal
from service_kit.clock import new_id
from service_kit.contracts.events import RequestsCounted
from service_kit.telemetry import MAX_ROUTES, RequestTelemetry
from service_kit.testing import ISSUER, Issuer
from service_kit.tokens import TokenVerifier


def count(
    telemetry: RequestTelemetry,
    *,
    route: str = "/things",
    duration_ms: float = 5,
    tenant_id: UUID | None = None,
    user_id: UUID | None = None,
) -> None:
    """Count one request."""
    telemetry.count(
        tenant_id=tenant_id, user_id=user_id, method="GET", route=route, status=200, duration_ms=duration_ms
    )


def values_in(sketch: str) -> float:
    """Return how many durations a sketch holds."""
    message = SketchMessage.FromString(base64.b64decode(sketch))
    total: float = sum(message.positiveValues.contiguousBinCounts) + message.zeroCount
    return total


async def test_batches_add_up(producer: Producer) -> None:
    """However counting and taking interleave, nothing is lost or told twice on the way through the outbox."""
    telemetry, dice = RequestTelemetry("auth-service"), random.Random(2)
    tenants, users, routes = [None, new_id()], [new_id() for _ in range(4)], ["/a", "/b", "/c/{id}"]
    counted = 0

    async def hand_over(event: RequestsCounted) -> None:
        await producer.record(event)

    for _ in range(400):
        count(
            telemetry,
            route=dice.choice(routes),
            duration_ms=dice.choice([0.0, dice.lognormvariate(3, 2)]),
            tenant_id=dice.choice(tenants),
            user_id=dice.choice([None, *users]),
        )
        counted += 1
        if dice.random() < 0.05:
            await telemetry.flush(hand_over)
    await telemetry.flush(hand_over)
    await telemetry.flush(hand_over)
    await producer.relay.relay_once()

    batches = [letter.open() for letter in await producer.all_letters()]
    rows = [row for batch in batches if isinstance(batch, RequestsCounted) for row in batch.routes]
    assert len({batch.event_id for batch in batches}) == len(batches)
    assert sum(row.requests for row in rows) == counted
    assert sum(values_in(row.durations) for row in rows) == counted
    assert all(sum(row.users.values()) <= row.requests for row in rows)


def test_nothing_counted_is_nothing_to_tell() -> None:
    telemetry = RequestTelemetry("auth-service")
    for route in ("/health", "/ready", "/metrics", "unmatched", "/internal/v1/events"):
        count(telemetry, route=route)
    assert telemetry.take() is None


def test_the_number_of_routes_is_bounded() -> None:
    telemetry = RequestTelemetry("auth-service")
    for number in range(MAX_ROUTES + 50):
        count(telemetry, route=f"/{number}")
    count(telemetry, route="/0")
    counted = telemetry.take()
    assert counted is not None
    assert len(counted.routes) == MAX_ROUTES
    assert counted.routes[0].requests == 2


async def test_a_failed_handover_costs_its_batch_only() -> None:
    telemetry = RequestTelemetry("auth-service")
    told: list[RequestsCounted] = []

    async def fail(event: RequestsCounted) -> None:
        raise OperationalError("INSERT", {}, OSError("disk full"))

    async def take(event: RequestsCounted) -> None:
        told.append(event)

    count(telemetry)
    await telemetry.flush(fail)
    count(telemetry)
    await telemetry.flush(take)
    assert [row.requests for event in told for row in event.routes] == [1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_requests_are_counted_by_route_never_by_address(producer: Producer) -> None:
    issuer, user_id, tenant_id = Issuer(), new_id(), new_id()
    things = APIRouter()

    @things.get("/things/{thing_id}")
    async def read_thing(thing_id: str, caller: CurrentPrincipal) -> str:
        return thing_id

    app: FastAPI = producer.app()
    app.include_router(things)
    app.state.verifier = TokenVerifier(issuer.keys, issuer=ISSUER)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://auth") as http:
        for thing in ("secret-1", "secret-2"):
            await http.get(f"/things/{thing}", headers=issuer.bearer(user_id=user_id, tenant_id=tenant_id))
        await http.get("/things/secret-3")
        await http.get("/nothing/secret-4")

    counted = app.state.telemetry.take()
    facts = {(row.tenant_id, row.route, row.status, row.requests) for row in counted.routes}
    assert facts == {(tenant_id, "/things/{thing_id}", 200, 2), (None, "/things/{thing_id}", 401, 1)}
    assert "secret" not in counted.model_dump_json()
    assert {user for row in counted.routes for user in row.users} == {user_id}


async def test_what_is_left_is_handed_over_at_the_end() -> None:
    telemetry = RequestTelemetry("auth-service")
    told: list[RequestsCounted] = []

    async def take(event: RequestsCounted) -> None:
        told.append(event)

    async with asyncio.timeout(10), telemetry_handed_over(telemetry, take):
        count(telemetry)
    assert [row.requests for event in told for row in event.routes] == [1]
