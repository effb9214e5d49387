"""The reports: what is told of a tenant's period, computed from roll-ups."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from analytics_service.ingestion.sources import Freshness
from analytics_service.reports.repository import RollUps
from analytics_service.reports.rules import Interval, Period, place_of, share, starts_of, today
from analytics_service.reports.schemas import (
    ModelReport,
    ModelUsage,
    RequestReport,
    RouteUsage,
    Summary,
    TimePoint,
    TimeSeries,
)
from analytics_service.sketches import merged, percentile
from service_kit.auth import Scope


async def summarize(
    session: AsyncSession, scope: Scope, period: Period, *, now: datetime, freshness: Freshness
) -> Summary:
    """Tell a period at a glance."""
    rollups = RollUps(session, scope)
    total_users, total_conversations = await rollups.of_all_time()
    used = await rollups.usage(period)
    latencies = await rollups.latencies(period)
    durations = merged(sketch for sketch, _ in latencies)
    first_tokens = merged(sketch for _, sketch in latencies)
    errors = used["failed"] + used["interrupted"]
    return Summary(
        start=period.start,
        end=period.end,
        tz=period.zone.key,
        total_users=total_users,
        active_users_today=await rollups.active_users(today(period.zone, now=now)),
        total_conversations=total_conversations,
        total_messages=used["questions"] + used["replies"],
        total_tokens_used=used["input_tokens"] + used["output_tokens"],
        avg_response_time=share(used["duration_ms"], used["turns"]),
        p50_response_time=percentile(durations, 50),
        p95_response_time=percentile(durations, 95),
        p99_response_time=percentile(durations, 99),
        p50_time_to_first_token=percentile(first_tokens, 50),
        p95_time_to_first_token=percentile(first_tokens, 95),
        error_rate=share(errors, used["turns"]),
        failed_turns=errors,
        stopped_turns=used["stopped"],
        turns=used["turns"],
        questions=used["questions"],
        replies=used["replies"],
        input_tokens=used["input_tokens"],
        output_tokens=used["output_tokens"],
        cached_tokens=used["cached_tokens"],
        estimated_tokens=used["estimated_tokens"],
        cost_micro_usd=used["cost_micro_usd"],
        as_of=freshness.as_of,
        is_live=freshness.is_live,
    )


async def time_series(session: AsyncSession, scope: Scope, period: Period, interval: Interval) -> TimeSeries:
    """Tell a period interval by interval."""
    starts = starts_of(interval, period)
    points = [TimePoint(start=start) for start in starts]
    users: defaultdict[int, set[object]] = defaultdict(set)
    sketches: defaultdict[int, list[bytes]] = defaultdict(list)
    durations: defaultdict[int, int] = defaultdict(int)
    rollups = RollUps(session, scope)
    for row in await rollups.usage_by_quarter_and_user(period):
        place = place_of(row.start, starts)
        point = points[place]
        point.turns += int(row.turns)
        point.messages += int(row.questions + row.replies)
        point.input_tokens += int(row.input_tokens)
        point.output_tokens += int(row.output_tokens)
        point.cost_micro_usd += int(row.cost_micro_usd)
        point.errors += int(row.failed + row.interrupted)
        durations[place] += int(row.duration_ms)
        if row.questions:
            users[place].add(row.user_id)
    for start, sketch in await rollups.durations_by_quarter(period):
        sketches[place_of(start, starts)].append(sketch)
    for place, point in enumerate(points):
        point.active_users = len(users[place])
        point.avg_response_time = share(durations[place], point.turns)
        point.p95_response_time = percentile(merged(sketches[place]), 95)
    return TimeSeries(start=period.start, end=period.end, tz=period.zone.key, interval=interval, points=points)


async def model_report(session: AsyncSession, scope: Scope, period: Period) -> ModelReport:
    """Tell which models were used, the busiest first."""
    rollups = RollUps(session, scope)
    usage = await rollups.usage_by_model(period)
    sketches = await rollups.durations_by_model(period)
    items = [
        ModelUsage(
            provider=provider,
            model=model,
            turns=used["turns"],
            input_tokens=used["input_tokens"],
            output_tokens=used["output_tokens"],
            cost_micro_usd=used["cost_micro_usd"],
            error_rate=share(used["failed"] + used["interrupted"], used["turns"]),
            p95_response_time=percentile(merged(sketches.get((provider, model), [])), 95),
        )
        for (provider, model), used in usage.items()
    ]
    return ModelReport(items=sorted(items, key=lambda item: (-item.turns, item.provider, item.model)))


async def request_report(session: AsyncSession, scope: Scope, period: Period) -> RequestReport:
    """Tell which routes were used, the busiest first."""
    counts: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    sketches: defaultdict[tuple[str, str, str], list[bytes]] = defaultdict(list)
    for row in await RollUps(session, scope).requests(period):
        key = row.service, row.method, row.route
        counts[key][0] += row.requests
        counts[key][1] += row.requests if row.status >= 500 else 0
        sketches[key].append(row.durations)
    items = []
    for key, (requests, errors) in counts.items():
        service, method, route = key
        durations = merged(sketches[key])
        items.append(
            RouteUsage(
                service=service,
                method=method,
                route=route,
                requests=requests,
                errors=errors,
                p50_duration_ms=percentile(durations, 50),
                p95_duration_ms=percentile(durations, 95),
            )
        )
    return RequestReport(items=sorted(items, key=lambda item: (-item.requests, item.service, item.route, item.method)))
