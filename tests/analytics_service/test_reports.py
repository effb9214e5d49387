"""Reports: what they say equals the facts, for the tenant's managers and administrators only."""

import math
import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from tests.analytics_service import story
from tests.analytics_service.office import Office

from service_kit.clock import new_id, utc_now
from service_kit.contracts.events import Event, TurnFinished, TurnStarted
from service_kit.contracts.tokens import Role

REPORTS = ("summary", "timeseries", "models", "requests", "live")
FROM, TO = datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 28, tzinfo=UTC)
PERIOD: dict[str, Any] = {"from": FROM.isoformat(), "to": TO.isoformat()}


async def _four_days(office: Office, *, other: UUID) -> list[tuple[datetime, Event]]:
    """Tell 200 turns of two tenants, spread over four days and the hours around them; return the caller's own."""
    dice = random.Random(3)
    events = story.random_turns(dice, tenants=[office.tenant_id, other], users=[new_id() for _ in range(6)], count=200)
    told = []
    for event in events:
        at = FROM + timedelta(minutes=dice.randrange(-600, 4 * 24 * 60 + 600))
        told.append((at, event))
    for begin in range(0, len(told), 50):
        await office.tell_each(told[begin : begin + 50])
    return [(at, event) for at, event in told if event.tenant_id == office.tenant_id]


def _expected(events: Iterable[Event]) -> dict[str, Any]:
    told = list(events)
    questions = [event for event in told if isinstance(event, TurnStarted)]
    turns = [event for event in told if isinstance(event, TurnFinished)]
    errors = [turn for turn in turns if turn.outcome in ("failed", "interrupted")]
    return {
        "turns": len(turns),
        "total_messages": len(questions) + len(turns),
        "questions": len(questions),
        "replies": len(turns),
        "failed_turns": len(errors),
        "stopped_turns": sum(turn.outcome == "stopped" for turn in turns),
        "input_tokens": sum(turn.input_tokens for turn in turns),
        "output_tokens": sum(turn.output_tokens for turn in turns),
        "cached_tokens": sum(turn.cached_tokens for turn in turns),
        "total_tokens_used": sum(turn.input_tokens + turn.output_tokens for turn in turns),
        "estimated_tokens": sum(
            turn.input_tokens + turn.output_tokens for turn in turns if turn.usage_source == "estimated"
        ),
        "cost_micro_usd": sum(turn.cost_micro_usd for turn in turns),
        "error_rate": len(errors) / len(turns) if turns else None,
        "avg_response_time": sum(turn.duration_ms for turn in turns) / len(turns) if turns else None,
        "users": {question.user_id for question in questions},
    }


def _exact(durations: Iterable[int], percent: float) -> Any:
    ordered = sorted(durations)
    return pytest.approx(ordered[math.ceil(percent * len(ordered) / 100) - 1], rel=0.0101)


async def test_every_report_equals_the_facts(office: Office) -> None:
    told = await _four_days(office, other=new_id())
    within = [event for at, event in told if FROM <= at < TO]
    turns = [event for event in within if isinstance(event, TurnFinished)]

    await _check_summary(office, within, turns)
    await _check_models(office, turns)
    for interval, zone in (("day", "Asia/Kathmandu"), ("day", "Europe/Vienna"), ("hour", "Australia/Lord_Howe")):
        await _check_series(office, told, interval=interval, zone=zone)


async def _check_summary(office: Office, within: list[Event], turns: list[TurnFinished]) -> None:
    summary = await office.read("summary", **PERIOD)
    expected = _expected(within)
    del expected["users"]
    assert {name: summary[name] for name in expected} == expected
    durations = [turn.duration_ms for turn in turns]
    first_tokens = [turn.time_to_first_token_ms for turn in turns if turn.time_to_first_token_ms is not None]
    for percent in (50, 95, 99):
        assert summary[f"p{percent}_response_time"] == _exact(durations, percent)
    for percent in (50, 95):
        assert summary[f"p{percent}_time_to_first_token"] == _exact(first_tokens, percent)
    assert (summary["from"], summary["to"], summary["tz"]) == ("2026-10-24T00:00:00Z", "2026-10-28T00:00:00Z", "UTC")


async def _check_models(office: Office, turns: list[TurnFinished]) -> None:
    by_model: defaultdict[tuple[str, str], list[TurnFinished]] = defaultdict(list)
    for turn in turns:
        by_model[(turn.provider, turn.model)].append(turn)
    items = (await office.read("models", **PERIOD))["items"]
    assert [item["turns"] for item in items] == sorted((len(some) for some in by_model.values()), reverse=True)
    for item in items:
        some = by_model.pop((item["provider"], item["model"]))
        expected = _expected(some)
        assert all(item[name] == expected[name] for name in ("input_tokens", "output_tokens", "cost_micro_usd"))
        assert item["error_rate"] == expected["error_rate"]
        assert item["p95_response_time"] == _exact((turn.duration_ms for turn in some), 95)
    assert not by_model


async def _check_series(office: Office, told: list[tuple[datetime, Event]], *, interval: str, zone: str) -> None:
    """Each event lies in the local day or hour that the clock on the wall shows; nothing lies elsewhere."""
    series = await office.read("timeseries", interval=interval, tz=zone, **PERIOD)
    shape = "%Y-%m-%d" if interval == "day" else "%Y-%m-%d %H %z"
    groups: defaultdict[str, list[Event]] = defaultdict(list)
    for at, event in told:
        if FROM <= at < TO:
            groups[at.astimezone(ZoneInfo(zone)).strftime(shape)].append(event)
    for point in series["points"]:
        start = datetime.fromisoformat(point["start"])
        expected = _expected(groups.pop(start.astimezone(ZoneInfo(zone)).strftime(shape), []))
        got = {**point, "total_messages": point["messages"], "failed_turns": point["errors"]}
        for name in ("turns", "total_messages", "input_tokens", "output_tokens", "cost_micro_usd", "failed_turns"):
            assert got[name] == expected[name], (name, start)
        assert got["active_users"] == len(expected["users"])
        assert got["avg_response_time"] == expected["avg_response_time"]
    assert not groups


async def test_another_tenant_sees_nothing(office: Office) -> None:
    question = story.started(office.tenant_id, new_id())
    at = utc_now() - timedelta(hours=1)
    await office.tell(story.registered(office.tenant_id), story.conversation(office.tenant_id, new_id()), at=at)
    await office.tell(question, story.finished(question), story.counted(office.tenant_id, [3.0]), at=at)
    await office.tell(story.counted(None, [3.0]), at=at)
    stranger = new_id()

    summary = await office.read("summary", tenant_id=stranger)
    numbers = {name: value for name, value in summary.items() if name not in ("from", "to", "tz", "as_of", "is_live")}
    assert not any(numbers.values())
    series = await office.read("timeseries", tenant_id=stranger)
    assert not any(point["turns"] or point["messages"] or point["active_users"] for point in series["points"])
    for report in ("models", "requests"):
        assert (await office.read(report, tenant_id=stranger))["items"] == []
        assert len((await office.read(report))["items"]) == 1
    assert (await office.read("summary"))["turns"] == 1


async def test_of_all_time_and_of_today(office: Office) -> None:
    user_id, now = new_id(), utc_now()
    await office.tell(
        story.registered(office.tenant_id),
        story.registered(office.tenant_id),
        story.conversation(office.tenant_id, user_id),
        story.started(office.tenant_id, user_id),
        at=now - timedelta(days=100),
    )
    old = await office.read("summary")
    assert (old["total_users"], old["total_conversations"], old["active_users_today"]) == (2, 1, 0)
    assert (old["questions"], old["error_rate"], old["avg_response_time"], old["is_live"]) == (0, None, None, False)

    await office.tell(story.started(office.tenant_id, user_id), story.started(office.tenant_id, user_id), at=now)
    new = await office.read("summary")
    assert (new["active_users_today"], new["questions"], new["total_messages"]) == (1, 2, 2)


async def test_requests_are_told_by_route(office: Office) -> None:
    tenant_id, at = office.tenant_id, utc_now() - timedelta(hours=2)
    await office.tell(
        story.counted(tenant_id, [10.0] * 90),
        story.counted(tenant_id, [1_000.0] * 10, status=503),
        story.counted(tenant_id, [5.0], route="/models", status=404),
        at=at,
    )
    items = (await office.read("requests"))["items"]
    facts = [(item["service"], item["method"], item["route"], item["requests"], item["errors"]) for item in items]
    assert facts == [("chat-service", "GET", "/conversations", 100, 10), ("chat-service", "GET", "/models", 1, 0)]
    assert items[0]["p50_duration_ms"] == pytest.approx(10, rel=0.0101)
    assert items[0]["p95_duration_ms"] == pytest.approx(1_000, rel=0.0101)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("report", REPORTS)
async def test_only_managers_and_administrators_may_read(office: Office, report: str) -> None:
    path = f"/analytics/{report}"
    assert (await office.http.get(path)).status_code == 401
    refused = await office.http.get(path, headers=office.bearer(Role.USER))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    if report != "live":
        for role in (Role.MANAGER, Role.ADMIN):
            assert (await office.http.get(path, headers=office.bearer(role))).status_code == 200


HOSTILE = [
    ("tz", "Mars/Olympus", "time_zone_unknown"),
    ("tz", "America", "time_zone_unknown"),
    ("tz", "../../etc/passwd", "time_zone_unknown"),
    ("tz", "UTC\x00", "time_zone_unknown"),
    ("tz", "", "time_zone_unknown"),
    ("tz", "x" * 65, "validation_failed"),
    ("from", "yesterday", "validation_failed"),
    ("from", "2026-11-01T00:00:00", "validation_failed"),
    ("from", "NaN", "validation_failed"),
    ("from", "1e999", "validation_failed"),
    ("from", "\x00", "validation_failed"),
    ("from", "0001-01-01T00:00:00+14:00", "period_invalid"),
    ("from", "9999-12-31T23:59:59-14:00", "period_invalid"),
    ("from", "2025-01-01T00:00:00Z", "period_invalid"),
]
HOSTILE_END = [
    ("to", "0001-01-01T00:00:00+14:00", "period_invalid"),
    ("to", "9999-12-31T23:59:59.999999-14:00", "period_invalid"),
    ("to", "-1", "period_invalid"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_hostile_questions_are_refused_clearly(office: Office) -> None:
    for report in REPORTS:
        for name, value, code in [*HOSTILE, *([] if report == "live" else HOSTILE_END)]:
            answer = await office.http.get(f"/analytics/{report}", params={name: value}, headers=office.bearer())
            assert (answer.status_code, answer.json()["code"]) == (422, code), (report, name, value)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_time_series_has_a_bounded_number_of_points(office: Office) -> None:
    answer = await office.http.get("/analytics/timeseries?interval=quarter_hour", headers=office.bearer())
    assert (answer.status_code, answer.json()["code"]) == (422, "interval_too_fine")
    answer = await office.http.get("/analytics/timeseries?interval=second", headers=office.bearer())
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert len((await office.read("timeseries", interval="hour"))["points"]) in (721, 722)
