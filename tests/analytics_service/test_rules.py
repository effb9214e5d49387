"""Periods and time zones: every moment lies in the day and hour that a clock on the wall there shows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_service.quarters import QUARTER, quarter_of
from analytics_service.reports.rules import (
    MAX_POINTS,
    Interval,
    IntervalTooFine,
    Period,
    PeriodInvalid,
    TimeZoneUnknown,
    period_of,
    place_of,
    starts_of,
    today,
    zone_named,
)

NOW = datetime(2026, 11, 21, 10, 7, 30, tzinfo=UTC)
ZONES = sorted(available_timezones())
SPECIAL = [
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Cairo",
    "Pacific/Apia",
    "America/St_Johns",
]
moments = st.datetimes(datetime(2005, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis takes naive bounds
zones = st.one_of(st.sampled_from(SPECIAL), st.sampled_from(ZONES)).map(ZoneInfo)


@given(moments, st.integers(1, 4 * 24 * 60), zones, st.data())
def test_every_moment_lies_in_its_local_day(
    start: datetime, quarters: int, zone: ZoneInfo, data: st.DataObject
) -> None:
    period = Period(quarter_of(start), quarter_of(start) + quarters * QUARTER, zone)
    starts = starts_of(Interval.DAY, period)
    for _ in range(20):
        offset = data.draw(st.integers(0, quarters * 15 * 60 - 1))
        at = period.start + timedelta(seconds=offset)
        day = starts[place_of(quarter_of(at), starts)]
        assert day.astimezone(zone).date() == at.astimezone(zone).date()
    assert starts == sorted(set(starts))
    assert starts[0] <= period.start
    assert starts[-1] < period.end


@given(moments, st.integers(1, 4 * 24 * 7), zones)
def test_every_quarter_lies_in_its_local_hour(start: datetime, quarters: int, zone: ZoneInfo) -> None:
    period = Period(quarter_of(start), quarter_of(start) + quarters * QUARTER, zone)
    starts = starts_of(Interval.HOUR, period)
    for number in range(quarters):
        at = period.start + number * QUARTER
        hour = starts[place_of(at, starts)]
        there, here = hour.astimezone(zone), at.astimezone(zone)
        assert (there.date(), there.hour) == (here.date(), here.hour)
        # Only where clocks move by half an hour is an hour longer than sixty minutes.
        assert at - hour < timedelta(minutes=90)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Vienna", datetime(2026, 3, 29, tzinfo=UTC), 23),
        ("Europe/Vienna", datetime(2026, 10, 25, tzinfo=UTC), 25),
        ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC), 25),
        ("Asia/Kathmandu", datetime(2026, 11, 1, tzinfo=UTC), 24),
        ("Africa/Cairo", datetime(2026, 4, 24, tzinfo=UTC), 23),
    ],
)
def test_days_are_as_long_as_clocks_make_them(zone: str, day: datetime, hours: int) -> None:
    noon = day.replace(hour=12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    period = today(ZoneInfo(zone), now=noon)
    assert period.end - period.start == timedelta(hours=hours)
    assert len(starts_of(Interval.HOUR, period)) == hours
    assert len(starts_of(Interval.DAY, period)) == 1
    assert len(starts_of(Interval.QUARTER_HOUR, period)) == hours * 4


def test_a_day_that_a_zone_skipped_is_no_point() -> None:
    start = datetime(2011, 12, 28, 10, tzinfo=UTC)
    period = Period(start, start + timedelta(days=4), ZoneInfo("Pacific/Apia"))
    days = [at.astimezone(period.zone).date().day for at in starts_of(Interval.DAY, period)]
    assert days == [28, 29, 31, 1]


def test_a_period_is_the_last_thirty_days_in_whole_quarters() -> None:
    period = period_of(None, None, zone=ZoneInfo("UTC"), now=NOW)
    assert period.end == datetime(2026, 11, 21, 10, 15, tzinfo=UTC)
    assert period.start == datetime(2026, 10, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NOW, NOW),
        (NOW + timedelta(seconds=1), NOW),
        (NOW - timedelta(days=400, seconds=1), NOW),
        (NOW + timedelta(days=1), None),
        (datetime.min.replace(tzinfo=UTC), None),
        (None, datetime.min.replace(tzinfo=UTC)),
        (None, datetime.max.replace(tzinfo=UTC)),
        (datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_an_impossible_period_is_refused(start: datetime | None, end: datetime | None) -> None:
    with pytest.raises(PeriodInvalid):
        period_of(start, end, zone=ZoneInfo("UTC"), now=NOW)


def test_the_longest_period_has_few_enough_days() -> None:
    period = period_of(NOW - timedelta(days=400), NOW, zone=ZoneInfo("Asia/Kathmandu"), now=NOW)
    assert len(starts_of(Interval.DAY, period)) in (401, 402)


@pytest.mark.parametrize(("interval", "step"), [(Interval.QUARTER_HOUR, 15), (Interval.HOUR, 60)])
def test_too_many_points_are_refused(interval: Interval, step: int) -> None:
    longest = timedelta(minutes=step * MAX_POINTS)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert len(starts_of(interval, Period(start, start + longest, ZoneInfo("UTC")))) == MAX_POINTS
    with pytest.raises(IntervalTooFine):
        starts_of(interval, Period(start, start + longest + QUARTER, ZoneInfo("UTC")))


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "America", "../UTC", "/etc/passwd", "UTC\x00", "x" * 5_000, "\ud800", "tzdata.zi", "."]
)
def test_no_such_zone(name: str) -> None:
    with pytest.raises(TimeZoneUnknown):
        zone_named(name)
