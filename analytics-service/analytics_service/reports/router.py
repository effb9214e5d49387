"""The routes of reports: for managers and administrators, about their own tenant."""

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from analytics_service.ingestion.sources import Freshness
from analytics_service.reports import service
from analytics_service.reports.live import LiveFeed, View
from analytics_service.reports.rules import Interval, Period, period_of, zone_named
from analytics_service.reports.schemas import ModelReport, RequestReport, Summary, TimeSeries
from analytics_service.reports.stream import LiveStream
from service_kit.auth import ReportingPrincipal
from service_kit.clock import utc_now
from service_kit.db import Database
from service_kit.json_body import StrictRoute
from service_kit.tokens import LEEWAY_SECONDS

router = APIRouter(prefix="/analytics", route_class=StrictRoute, tags=["reports"])

From = Annotated[AwareDatetime | None, Query(alias="from", description="By default 30 days before `to`.")]
To = Annotated[AwareDatetime | None, Query(description="By default now.")]
Zone = Annotated[str, Query(max_length=64, description="An IANA time zone, in which days begin.")]


def asked_period(start: From = None, to: To = None, tz: Zone = "UTC") -> Period:
    """The period a report is asked for."""
    return period_of(start, to, zone=zone_named(tz), now=utc_now())


def database_of(request: Request) -> Database:
    """The service's database."""
    database: Database = request.app.state.database
    return database


def live_feed_of(request: Request) -> LiveFeed:
    """The live feed of this process."""
    feed: LiveFeed = request.app.state.live_feed
    return feed


def freshness_now(request: Request) -> Freshness:
    """How current the numbers are."""
    freshness: Freshness = request.app.state.freshness()
    return freshness


AskedPeriod = Annotated[Period, Depends(asked_period)]
DatabasePart = Annotated[Database, Depends(database_of)]


@router.get("/summary")
async def read_summary(
    caller: ReportingPrincipal,
    period: AskedPeriod,
    database: DatabasePart,
    freshness: Annotated[Freshness, Depends(freshness_now)],
) -> Summary:
    """Tell a period at a glance."""
    async with database.read() as session:
        return await service.summarize(session, caller.scope, period, now=utc_now(), freshness=freshness)


@router.get("/timeseries")
async def read_time_series(
    caller: ReportingPrincipal, period: AskedPeriod, database: DatabasePart, interval: Interval = Interval.DAY
) -> TimeSeries:
    """Tell a period interval by interval; days and hours are those of the time zone."""
    async with database.read() as session:
        return await service.time_series(session, caller.scope, period, interval)


@router.get("/models")
async def read_models(caller: ReportingPrincipal, period: AskedPeriod, database: DatabasePart) -> ModelReport:
    """Tell which models were used."""
    async with database.read() as session:
        return await service.model_report(session, caller.scope, period)


@router.get("/requests")
async def read_requests(caller: ReportingPrincipal, period: AskedPeriod, database: DatabasePart) -> RequestReport:
    """Tell which routes were used, how often and how fast they answered."""
    async with database.read() as session:
        return await service.request_report(session, caller.scope, period)


@router.get("/live", responses={200: {"content": {"text/event-stream": {}}}}, response_class=Response)
async def follow(
    request: Request,
    caller: ReportingPrincipal,
    feed: Annotated[LiveFeed, Depends(live_feed_of)],
    start: From = None,
    tz: Zone = "UTC",
) -> Response:
    """Stream the summary whenever a number changes, and the turns that end."""
    view = View(caller.scope, zone_named(tz), start)
    period_of(start, None, zone=view.zone, now=utc_now())
    # Computed before the stream begins, so that a failure is still a proper problem.
    first = await feed.summary(view)
    lifetime_seconds = max(0.0, caller.expires_at + LEEWAY_SECONDS - time.time())
    return LiveStream(feed, view, first, lifetime_seconds=lifetime_seconds, stopping=request.app.state.stopping)
