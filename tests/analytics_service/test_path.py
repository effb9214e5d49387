"""The whole path of an event: recorded, stamped, rung or pulled over a real socket, applied, on the screen."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import insert, update
from tests.analytics_service import story
from tests.analytics_service.office import Office, opened
from tests.analytics_service.tables import count_of, rows_of
from tests.analytics_service.viewer import watching
from tests.contracts.redis_server import private_redis
from tests.service_kit import producer as producers
from tests.service_kit.patience import until
from tests.service_kit.producer import Producer

from analytics_service.ingestion.inbox import DatabaseInbox
from analytics_service.models import Quarantine, QuestionFact, RequestBucket, TurnFact, UsageBucket
from service_kit.app import background, telemetry_handed_over
from service_kit.clock import new_id, utc_now
from service_kit.contracts.events import RequestsCounted, TurnFinished
from service_kit.db import Database
from service_kit.events.bus import Bus, Ring, Rings, bus_for
from service_kit.events.consumer import Consumer, HttpSource
from service_kit.testing import INTERNAL_TOKEN, MemoryBus, served

CHAT, PATIENCE_SECONDS = "chat-service", 30


class UnreliableBus:
    """A doorbell that rings twice, late, out of order, again after long, or not at all."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._bus = MemoryBus()
        self._old: list[Ring] = []

    @property
    def is_live(self) -> bool:
        """Somebody listens."""
        return self._bus.is_live

    async def publish(self, ring: Ring) -> None:
        """Ring for some of the rings so far, perhaps for this one."""
        self._old.append(ring)
        for one in self._dice.choices(self._old[-20:], k=self._dice.randrange(4)):
            await self._bus.publish(one)

    def listen(self) -> AbstractAsyncContextManager[Rings]:
        """Hear them."""
        return self._bus.listen()

    async def close(self) -> None:
        """Nothing is held."""


@asynccontextmanager
async def consuming(url: str, inbox: DatabaseInbox, bus: Bus) -> AsyncIterator[Consumer]:
    """Follow a service at an address."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        source = HttpSource(CHAT, url, reader="analytics-service", token=INTERNAL_TOKEN, client=client)
        consumer = Consumer(source, inbox, bus)
        async with background(consumer.run()):
            yield consumer


async def test_an_unreliable_doorbell_and_two_replicas_change_no_number(
    database: Database, inbox: DatabaseInbox
) -> None:
    """Turns are recorded while rings are doubled, shuffled, lost and replayed and two replicas follow the source."""
    dice = random.Random(4)
    events = story.random_turns(dice, tenants=[new_id(), new_id()], users=[new_id()], count=120)
    bus = UnreliableBus(dice)
    other_database = Database(database.url)
    other = DatabaseInbox(other_database, tell=lambda letters: None)
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        producers.opened(database.url, bus=bus, source=CHAT) as chat,
        served(chat.app()) as url,
        consuming(url, inbox, bus),
        consuming(url, other, bus),
    ):
        for event in events:
            await chat.record(event)
        await _until_applied(inbox, len(events))
    await other_database.close()

    turns = [event for event in events if isinstance(event, TurnFinished)]
    assert await count_of(database, TurnFact) == await count_of(database, QuestionFact) == 120
    usage = await rows_of(database, UsageBucket)
    assert sum(row["turns"] for row in usage) == sum(row["questions"] for row in usage) == 120
    for name in ("input_tokens", "output_tokens", "cached_tokens", "cost_micro_usd", "duration_ms"):
        assert sum(row[name] for row in usage) == sum(getattr(turn, name) for turn in turns)


async def test_poison_in_the_outbox_is_put_aside_and_the_rest_counted(database: Database, inbox: DatabaseInbox) -> None:
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        producers.opened(database.url, source=CHAT) as chat,
        served(chat.app()) as url,
        consuming(url, inbox, MemoryBus()) as consumer,
    ):
        question = story.started(new_id(), new_id())
        await chat.record(question)
        for kind, data in (
            ("chat.turn.finished.v99", "{}"),
            ("chat.turn.finished.v1", '{"tokens": "many"}'),
            ("chat.turn.finished.v1", '{"cut o'),
            ("chat.turn.finished.v1", '"' + "x" * 1_000_000 + '"'),
        ):
            row = {"event_id": new_id(), "type": kind, "occurred_at": utc_now(), "data": data}
            await chat.execute(insert(chat.outbox.events).values(row))
        await chat.record(story.finished(question))
        await _until_applied(inbox, 6)
        await until(lambda: consumer.is_caught_up)

    assert [row["seq"] for row in await rows_of(database, Quarantine)] == [2, 3, 4, 5]
    (usage,) = await rows_of(database, UsageBucket)
    assert (usage["questions"], usage["turns"]) == (1, 1)


async def test_a_restarted_and_pruned_source_is_followed_without_counting_twice(
    database: Database, inbox: DatabaseInbox
) -> None:
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        producers.opened(database.url, source=CHAT) as chat,
        served(chat.app()) as url,
        consuming(url, inbox, MemoryBus()),
    ):
        await chat.record(*(story.started(new_id(), new_id()) for _ in range(5)))
        await _until_applied(inbox, 5)
        # As after a restore from a backup: the same events are there, numbered in a new epoch.
        await chat.execute(update(chat.outbox.head).values(epoch="another"))
        await chat.record(story.started(new_id(), new_id()))
        await _until_applied(inbox, 6)
        assert await count_of(database, QuestionFact) == 6
        # As when analytics was away for longer than letters are kept.
        await inbox.start_over(CHAT, epoch="another", pruned=0)
        await chat.execute(update(chat.outbox.head).values(pruned_seq=3))
        await chat.record(story.started(new_id(), new_id()))
        await _until_applied(inbox, 7)
    assert await count_of(database, QuestionFact) == 7
    assert sum(row["questions"] for row in await rows_of(database, UsageBucket)) == 7


async def test_a_source_that_dies_is_followed_when_it_returns(database: Database, inbox: DatabaseInbox) -> None:
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        producers.opened(database.url, source=CHAT) as chat,
    ):
        async with served(chat.app()) as url, consuming(url, inbox, MemoryBus()) as consumer:
            await chat.record(story.started(new_id(), new_id()))
            await _until_applied(inbox, 1)
        await chat.record(*(story.started(new_id(), new_id()) for _ in range(3)))
        async with served(chat.app()) as url, consuming(url, inbox, MemoryBus()) as consumer:
            await _until_applied(inbox, 4)
            await until(lambda: consumer.is_caught_up)
    assert await count_of(database, QuestionFact) == 4


async def test_requests_of_a_service_add_up(database: Database, inbox: DatabaseInbox) -> None:
    """Its middleware counts, its outbox carries the batches, the roll-ups hold every request."""
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        producers.opened(database.url, source=CHAT) as chat,
        httpx2.AsyncClient(trust_env=False) as http,
    ):
        app = chat.app()
        app.add_api_route("/things", lambda: "thing")

        async def hand_over(counted: RequestsCounted) -> None:
            await chat.record(counted)

        async with served(app) as url, consuming(url, inbox, MemoryBus()):
            async with telemetry_handed_over(app.state.telemetry, hand_over):
                for _ in range(40):
                    assert (await http.get(f"{url}/things")).status_code == 200
            await _until_counted(database, 40)
    (bucket,) = await rows_of(database, RequestBucket)
    assert (bucket["route"], bucket["status"], bucket["method"]) == ("/things", 200, "GET")


@pytest.mark.parametrize("doorbell", ["redis", "none"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_running_service_shows_what_others_tell(database_url: str, tmp_path: Path, doorbell: str) -> None:
    """Two services, the real Redis or none at all: the open dashboard moves, and the numbers are called live."""
    async with asyncio.timeout(PATIENCE_SECONDS), _redis_url(is_there=doorbell == "redis") as redis_url:
        bus = bus_for(redis_url)
        async with (
            producers.opened(f"sqlite+aiosqlite:///{tmp_path / 'auth.db'}", bus=bus, source="auth-service") as auth,
            producers.opened(f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}", bus=bus, source=CHAT) as chat,
            served(auth.app()) as auth_url,
            served(chat.app()) as chat_url,
            opened(database_url, auth_url=auth_url, chat_url=chat_url, redis_url=redis_url) as office,
        ):
            await _watch_two_services(office, auth, chat)
        await bus.close()


async def _watch_two_services(office: Office, auth: Producer, chat: Producer) -> None:
    async def is_live() -> bool:
        return bool((await office.read("summary"))["is_live"])

    await until(is_live)
    before = await office.read("summary")
    async with served(office.without_life()) as url, watching(url, office.bearer()) as viewer:
        await viewer.until("summary", is_live=True, turns=0)
        question = story.started(office.tenant_id, new_id())
        await auth.record(story.registered(office.tenant_id))
        await chat.record(story.conversation(office.tenant_id, question.user_id), question, story.finished(question))
        await viewer.until("summary", turns=1, total_users=1, total_conversations=1, total_messages=2)
    after = await office.read("summary")
    assert after["as_of"] >= before["as_of"]
    assert after["is_live"]


@asynccontextmanager
async def _redis_url(*, is_there: bool) -> AsyncIterator[str | None]:
    if not is_there:
        yield None
        return
    async with private_redis() as redis:
        yield redis.url


async def _until_applied(inbox: DatabaseInbox, seq: int) -> None:
    async def is_so() -> bool:
        return (await inbox.position(CHAT)).seq == seq

    await until(is_so)


async def _until_counted(database: Database, requests: int) -> None:
    async def is_so() -> bool:
        return sum(int(row["requests"]) for row in await rows_of(database, RequestBucket)) == requests

    await until(is_so)
