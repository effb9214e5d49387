"""The inbox: every event counts exactly once, whatever is told twice, out of turn, broken or by two replicas."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import SQLAlchemyError
from tests.analytics_service import story
from tests.analytics_service.story import CHAT, EPOCH, NEVER
from tests.analytics_service.tables import count_of, everything, rows_of

from analytics_service.ingestion.inbox import DatabaseInbox
from analytics_service.ingestion.letters import Letter
from analytics_service.models import (
    NO_TENANT,
    KnownUser,
    LatencyBucket,
    Quarantine,
    RequestBucket,
    TenantTotal,
    TurnFact,
    UsageBucket,
    table_of,
)
from analytics_service.sketches import decode_sketch, percentile
from service_kit.clock import new_id
from service_kit.contracts.events import Envelope, Event
from service_kit.db import Database
from service_kit.events.consumer import Position


async def test_a_turn_is_stored_added_up_and_told(
    inbox: DatabaseInbox, database: Database, told: list[Sequence[Letter]]
) -> None:
    tenant_id, user_id = new_id(), new_id()
    question = story.started(tenant_id, user_id)
    end = story.finished(question, outcome="stopped", usage_source="estimated")

    assert await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=story.envelopes(question, end))

    assert await inbox.position(CHAT) == Position(EPOCH, 2)
    (fact,) = await rows_of(database, TurnFact)
    assert {name: fact[name] for name in end.model_dump()} == end.model_dump()
    (usage,) = await rows_of(database, UsageBucket)
    expected = {"questions": 1, "replies": 1, "turns": 1, "stopped": 1, "finished": 0, "failed": 0, "interrupted": 0}
    expected |= {"input_tokens": 100, "output_tokens": 20, "cached_tokens": 10, "estimated_tokens": 120}
    assert {name: usage[name] for name in expected} == expected
    assert usage["start"] == datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    (latency,) = await rows_of(database, LatencyBucket)
    assert decode_sketch(latency["durations"]).get_quantile_value(0.5) == pytest.approx(1_000, rel=0.01)
    assert [letter.event for letter in told[0]] == [question, end]


async def test_users_and_conversations_are_counted_by_tenant(inbox: DatabaseInbox, database: Database) -> None:
    one, two, user_id = new_id(), new_id(), new_id()
    events = (story.registered(one), story.registered(one), story.registered(two), story.conversation(one, user_id))
    await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=story.envelopes(*events))

    totals = {row["tenant_id"]: (row["users"], row["conversations"]) for row in await rows_of(database, TenantTotal)}
    assert totals == {one: (2, 1), two: (1, 0)}
    assert await count_of(database, KnownUser) == 3


async def test_what_is_told_again_is_not_counted_again(
    inbox: DatabaseInbox, database: Database, told: list[Sequence[Letter]]
) -> None:
    tenant_id = new_id()
    question = story.started(tenant_id, new_id())
    events = story.envelopes(
        story.registered(tenant_id), question, story.finished(question), story.counted(tenant_id, [1, 2])
    )
    await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=events)
    before = await everything(database)

    again = [event.model_copy(update={"sequence": event.sequence + 4}) for event in events]
    await inbox.apply(CHAT, since=Position(EPOCH, 4), epoch=EPOCH, events=again)

    assert await everything(database) == before
    assert await inbox.position(CHAT) == Position(EPOCH, 8)
    assert list(told[-1]) == []


async def test_one_batch_may_hold_an_event_twice(inbox: DatabaseInbox, database: Database) -> None:
    question = story.started(new_id(), new_id())
    await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=story.envelopes(question, question))
    (usage,) = await rows_of(database, UsageBucket)
    assert usage["questions"] == 1


async def test_the_size_of_batches_does_not_matter(inbox: DatabaseInbox, database: Database) -> None:
    dice = random.Random(7)
    tenants, users = [new_id(), new_id()], [new_id() for _ in range(5)]
    turns = story.random_turns(dice, tenants=tenants, users=users, count=150)
    told = story.envelopes(*turns, story.counted(tenants[0], [3.0, 4.0]), story.counted(tenants[0], [5.0]))
    await inbox.apply("whole", since=NEVER, epoch=EPOCH, events=told)
    whole = await everything(database)
    await _empty(database)

    place = 0
    while place < len(told):
        some = told[place : place + dice.randint(1, 40)]
        since = Position(EPOCH, place) if place else NEVER
        assert await inbox.apply("pieces", since=since, epoch=EPOCH, events=some)
        place += len(some)

    pieces = await everything(database)
    for table in ("latency_bucket", "request_bucket"):
        for one, other in zip(whole.pop(table), pieces.pop(table), strict=True):
            assert _with_sketches_read(one) == _with_sketches_read(other)
    assert pieces == whole


async def test_of_two_replicas_one_applies(inbox: DatabaseInbox, database: Database) -> None:
    """Both read the same position, both have the same letters; each batch counts once."""
    other = DatabaseInbox(Database(database.url), tell=lambda letters: None)
    dice = random.Random(11)
    events = story.envelopes(*story.random_turns(dice, tenants=[new_id()], users=[new_id()], count=60))

    async def follow(replica: DatabaseInbox) -> int:
        applied = 0
        while (position := await replica.position(CHAT)).seq < len(events):
            some = events[position.seq : position.seq + 10]
            applied += await replica.apply(CHAT, since=position, epoch=EPOCH, events=some)
        return applied

    won = await asyncio.gather(follow(inbox), follow(other))
    await other._database.close()

    assert sum(won) == len(events) / 10
    assert sum(row["turns"] for row in await rows_of(database, UsageBucket)) == 60
    assert await count_of(database, TurnFact) == 60


async def test_a_replica_hears_that_another_one_applied(
    inbox: DatabaseInbox, database: Database, told: list[Sequence[Letter]]
) -> None:
    other = DatabaseInbox(database, tell=lambda letters: None)
    await inbox.position(CHAT)
    await other.apply(CHAT, since=NEVER, epoch=EPOCH, events=story.envelopes(story.registered(new_id())))
    assert told == []
    await inbox.position(CHAT)
    assert [list(letters) for letters in told] == [[]]


async def test_both_sources_and_own_requests_may_be_applied_at_once(inbox: DatabaseInbox, database: Database) -> None:
    """They meet on the same rows, named in opposite orders; nobody waits in a ring and no number is lost."""
    tenants = [new_id() for _ in range(400)]

    async def follow(source: str, tell: Callable[[UUID], Event], order: list[UUID]) -> None:
        for turn in range(4):
            since = Position(EPOCH, turn * len(order)) if turn else NEVER
            told = story.envelopes(*(tell(tenant_id) for tenant_id in order), after=since.seq, source=source)
            assert await inbox.apply(source, since=since, epoch=EPOCH, events=told)

    async def count_requests() -> None:
        for _ in range(10):
            await inbox.count_own(story.counted(tenants[0], [1.0, 2.0], service="analytics-service"))

    await asyncio.gather(
        follow("auth-service", story.registered, tenants),
        follow(CHAT, lambda tenant_id: story.conversation(tenant_id, new_id()), tenants[::-1]),
        count_requests(),
        count_requests(),
    )

    assert [(row["users"], row["conversations"]) for row in await rows_of(database, TenantTotal)] == [(4, 4)] * 400
    requests = await rows_of(database, RequestBucket)
    assert sum(row["requests"] for row in requests) == 40
    assert sum(decode_sketch(row["durations"]).count for row in requests) == 40


async def test_a_failure_halfway_leaves_nothing(inbox: DatabaseInbox, database: Database) -> None:
    """The last table that is written refuses: facts, roll-ups and cursor must all be as before."""
    question = story.started(new_id(), new_id())
    await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=story.envelopes(question))
    before = await everything(database)
    events = story.envelopes(story.finished(question), story.counted(question.tenant_id, [1.0]), after=1)

    async with database.engine.begin() as connection:
        await connection.run_sync(table_of(RequestBucket).drop)
    with pytest.raises(SQLAlchemyError):
        await inbox.apply(CHAT, since=Position(EPOCH, 1), epoch=EPOCH, events=events)
    async with database.engine.begin() as connection:
        await connection.run_sync(table_of(RequestBucket).create)

    assert await everything(database) == before
    assert await inbox.position(CHAT) == Position(EPOCH, 1)
    assert await inbox.apply(CHAT, since=Position(EPOCH, 1), epoch=EPOCH, events=events)
    (usage,) = await rows_of(database, UsageBucket)
    assert (usage["questions"], usage["turns"]) == (1, 1)


async def test_starting_over_counts_nothing_twice(inbox: DatabaseInbox, database: Database) -> None:
    events = story.envelopes(*[story.registered(new_id()) for _ in range(5)])
    await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=events)
    before = await everything(database)

    await inbox.start_over(CHAT, epoch="epoch-two", pruned=0)
    assert await inbox.position(CHAT) == Position("epoch-two", 0)
    assert await inbox.apply(CHAT, since=Position("epoch-two", 0), epoch="epoch-two", events=events)

    assert await everything(database) == before


async def test_an_old_position_applies_nothing(inbox: DatabaseInbox, database: Database) -> None:
    one, two = story.envelopes(story.registered(new_id()), story.registered(new_id()))
    assert await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=[one])
    assert not await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=[one, two])
    assert not await inbox.apply(CHAT, since=Position("another", 1), epoch="another", events=[two])
    assert not await inbox.apply(CHAT, since=Position(EPOCH, 0), epoch=EPOCH, events=[two])
    assert await count_of(database, KnownUser) == 1


async def test_an_empty_batch_begins_the_cursor(inbox: DatabaseInbox) -> None:
    assert await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=[])
    assert await inbox.position(CHAT) == Position(EPOCH, 0)


TURN = story.finished(story.started(new_id(), new_id()))
TURN_DATA = TURN.model_dump(mode="json")
REQUESTS = story.counted(None, [1.0])
ROUTE = REQUESTS.model_dump(mode="json")["routes"][0]

POISON: dict[str, tuple[Event, dict[str, Any]]] = {
    "a type nobody knows": (TURN, {"type": "chat.turn.exploded.v1"}),
    "a later version": (TURN, {"type": "chat.turn.finished.v99"}),
    "a type with NUL": (TURN, {"type": "chat\x00turn"}),
    "an endless type": (TURN, {"type": "t" * 5_000}),
    "nothing inside": (TURN, {"data": {}}),
    "a damaged row": (TURN, {"data": {"unreadable": "\x00{"}}),
    "another event's id": (TURN, {"id": uuid4()}),
    "negative tokens": (TURN, {"data": TURN_DATA | {"input_tokens": -1}}),
    "tokens beyond 64 bits": (TURN, {"data": TURN_DATA | {"output_tokens": 1e30}}),
    "a sum that would overflow": (TURN, {"data": TURN_DATA | {"cost_micro_usd": 2**62}}),
    "NUL in the model's name": (TURN, {"data": TURN_DATA | {"model": "gpt\x00"}}),
    "an endless model name": (TURN, {"data": TURN_DATA | {"model": "m" * 1_000_000}}),
    "an unknown outcome": (TURN, {"data": TURN_DATA | {"outcome": "exploded"}}),
    "a time without zone": (TURN, {"time": datetime(2026, 11, 20)}),  # noqa: DTZ001 - the missing zone is the point
    "a time far away": (TURN, {"time": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)}),
    "no base64": (REQUESTS, {"routes": [ROUTE | {"durations": "???"}]}),
    "no sketch": (REQUESTS, {"routes": [ROUTE | {"durations": "////"}]}),
    "an empty sketch": (REQUESTS, {"routes": [ROUTE | {"durations": ""}]}),
    "more requests than durations": (REQUESTS, {"routes": [ROUTE | {"requests": 7}]}),
    "no status of HTTP": (REQUESTS, {"routes": [ROUTE | {"status": 2**40}]}),
    "an endless route": (REQUESTS, {"routes": [ROUTE | {"route": "/" * 10_000}]}),
    "NUL in the service's name": (REQUESTS, {"service": "\x00"}),
}


def _poisoned(event: Event, changes: dict[str, Any], *, sequence: int) -> Envelope:
    letter = story.envelope(event, sequence=sequence)
    about_envelope = {name: value for name, value in changes.items() if name in Envelope.model_fields}
    about_event = {name: value for name, value in changes.items() if name not in Envelope.model_fields}
    return letter.model_copy(update={"data": letter.data | about_event} | about_envelope)


async def test_what_cannot_be_read_goes_to_quarantine_and_nothing_stops(
    inbox: DatabaseInbox, database: Database
) -> None:
    first, *poison, last = [
        story.envelope(story.registered(new_id()), sequence=1),
        *(_poisoned(event, changes, sequence=place) for place, (event, changes) in enumerate(POISON.values(), 2)),
        story.envelope(story.registered(new_id()), sequence=len(POISON) + 2),
    ]

    assert await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=[first, *poison, last])

    assert await inbox.position(CHAT) == Position(EPOCH, last.sequence)
    kept = {row["seq"]: row["reason"] for row in await rows_of(database, Quarantine)}
    assert list(kept) == [event.sequence for event in poison]
    wrong_ids = [name for name, reason in zip(POISON, kept.values(), strict=True) if "the id does not belong" in reason]
    assert wrong_ids == ["another event's id"]
    assert await count_of(database, KnownUser) == 2
    assert await count_of(database, TurnFact) == 0


async def test_requests_before_sign_in_belong_to_no_tenant(inbox: DatabaseInbox, database: Database) -> None:
    await inbox.apply(CHAT, since=NEVER, epoch=EPOCH, events=story.envelopes(story.counted(None, [5.0, 7.0])))
    (requests,) = await rows_of(database, RequestBucket)
    assert (requests["tenant_id"], requests["requests"]) == (NO_TENANT, 2)


def _with_sketches_read(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _percentiles(value) if isinstance(value, bytes) else value for name, value in row.items()}


def _percentiles(blob: bytes) -> list[float | None]:
    return [percentile(decode_sketch(blob), percent) for percent in range(0, 101, 5)]


async def _empty(database: Database) -> None:
    async with database.write() as session:
        for table in reversed(table_of(TurnFact).metadata.sorted_tables):
            await session.execute(table.delete())
