"""The letterbox over HTTP: for services only, in order, from any position, waiting when asked to."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import update
from tests.service_kit.producer import INTERNAL, Producer, registered

from service_kit.clock import new_id, utc_now
from service_kit.events.letterbox import Letters
from service_kit.testing import Issuer

PATIENCE_SECONDS = 15


@pytest.fixture
async def http(producer: Producer) -> AsyncIterator[httpx2.AsyncClient]:
    """Another service, calling the running producer."""
    app = producer.app()
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://auth", headers=INTERNAL) as http,
    ):
        yield http


async def pull(http: httpx2.AsyncClient, **query: Any) -> httpx2.Response:
    """Ask for letters."""
    return await http.get("/internal/v1/events", params={"reader": "analytics-service"} | query)


async def letters(http: httpx2.AsyncClient, **query: Any) -> Letters:
    """Ask for letters and get them."""
    answer = await pull(http, **query)
    assert answer.status_code == 200, answer.text
    return Letters.model_validate_json(answer.content)


async def test_letters_come_in_order_page_by_page(producer: Producer, http: httpx2.AsyncClient) -> None:
    events = [registered() for _ in range(5)]
    await producer.record(*events)
    first = await letters(http, limit=3, wait=PATIENCE_SECONDS)
    second = await letters(http, limit=3, after=3, epoch=first.epoch)
    assert [letter.open() for letter in (*first.events, *second.events)] == events
    assert (first.head, second.head, first.pruned) == (5, 5, 0)
    assert (await letters(http, after=5, epoch=first.epoch)).events == []


async def test_waiting_ends_as_soon_as_something_is_told(producer: Producer, http: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        waiting = asyncio.create_task(letters(http, wait=25))
        await asyncio.sleep(0)
        event = registered()
        await producer.record(event)
        assert [letter.open() for letter in (await waiting).events] == [event]


async def test_another_epoch_and_a_position_ahead_start_over(producer: Producer, http: httpx2.AsyncClient) -> None:
    epoch = (await letters(http)).epoch
    for query in ({"epoch": str(new_id())}, {"epoch": epoch, "after": 7}):
        answer = await pull(http, **query)
        assert (answer.status_code, answer.json()["code"]) == (409, "epoch_changed")
        assert (answer.json()["epoch"], answer.json()["pruned"]) == (epoch, 0)


async def test_a_pruned_range_is_told(producer: Producer, http: httpx2.AsyncClient) -> None:
    await producer.record(*(registered() for _ in range(4)))
    epoch = (await letters(http, wait=PATIENCE_SECONDS)).epoch
    await producer.execute(update(producer.outbox.head).values(pruned_seq=3))
    answer = await pull(http, epoch=epoch, after=2)
    assert (answer.status_code, answer.json()["code"], answer.json()["pruned"]) == (410, "range_pruned", 3)
    assert len((await letters(http, epoch=epoch, after=3)).events) == 1


async def test_asking_from_a_position_acknowledges_it(producer: Producer, http: httpx2.AsyncClient) -> None:
    await producer.record(registered(), registered())
    epoch = (await letters(http, wait=PATIENCE_SECONDS)).epoch
    assert await producer.letterbox.acknowledged() == {}
    for after in (2, 2):
        await letters(http, epoch=epoch, after=after)
    await letters(http, epoch=epoch, after=1, reader="auditor")
    assert await producer.letterbox.acknowledged() == {"analytics-service": 2, "auditor": 1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_only_services_may_read(http: httpx2.AsyncClient) -> None:
    person = Issuer().bearer()["Authorization"]
    for credential in ("", "Bearer", "Bearer wrong", "Basic abc", "Bearer \xff", person):
        answer = await http.get(
            "/internal/v1/events?reader=a", headers=[(b"Authorization", credential.encode("latin-1"))]
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "query",
    [
        {"after": -1},
        {"after": 2**63},
        {"after": "NaN"},
        {"limit": 0},
        {"limit": 1_001},
        {"wait": "inf"},
        {"wait": 26},
        {"reader": ""},
        {"reader": "a b"},
        {"reader": "x" * 101},
        {"epoch": "e" * 37},
    ],
)
async def test_hostile_questions_are_refused(http: httpx2.AsyncClient, query: dict[str, Any]) -> None:
    assert (await pull(http, **query)).status_code == 422


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_epoch_that_no_database_can_hold(http: httpx2.AsyncClient) -> None:
    assert (await pull(http, epoch="\x00")).status_code == 409


async def test_acknowledging_backwards_is_remembered(producer: Producer) -> None:
    """A reader that was restored from a backup is behind again: what it misses must not be pruned."""
    for seq in (9, 4):
        await producer.letterbox.acknowledge("analytics-service", seq=seq, at=utc_now())
    assert await producer.letterbox.acknowledged() == {"analytics-service": 4}
