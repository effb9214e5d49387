"""The rules of reports: which period is asked for, where its days and hours begin in a time zone."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analytics_service.quarters import QUARTER, quarter_after, quarter_of
from service_kit.errors import ServiceError

DEFAULT_PERIOD = timedelta(days=30)
MAX_PERIOD = timedelta(days=400)
MAX_POINTS = 2_000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


class TimeZoneUnknown(ServiceError):
    status, code = 422, "time_zone_unknown"
    detail = "This time zone is not known; use an IANA name like Europe/Vienna."


class PeriodInvalid(ServiceError):
    status, code = 422, "period_invalid"
    detail = "The period must begin before it ends, last at most 400 days and lie between the years 2000 and 2200."


class IntervalTooFine(ServiceError):
    status, code = 422, "interval_too_fine"
    detail = f"This period has more than {MAX_POINTS} such intervals; ask for a shorter one or longer intervals."


class Interval(StrEnum):
    """How fine a time series is."""

    QUARTER_HOUR = "quarter_hour"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole quarters of an hour: it begins with `start` and ends before `end`."""

    start: datetime
    end: datetime
    zone: ZoneInfo


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone, or raise TimeZoneUnknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A folder of the time zone database, a path out of it, NUL or an endless name are no zones either.
        raise TimeZoneUnknown from None


def period_of(start: datetime | None, end: datetime | None, *, zone: ZoneInfo, now: datetime) -> Period:
    """Return the asked period, by default the last 30 days, widened to whole quarters of an hour."""
    if any(at is not None and not EARLIEST <= at < LATEST for at in (start, end)):
        raise PeriodInvalid
    until = end or now
    since = start or until - DEFAULT_PERIOD
    if since >= until or until - since > MAX_PERIOD:
        raise PeriodInvalid
    return Period(quarter_of(since.astimezone(UTC)), quarter_after(until.astimezone(UTC)), zone)


def today(zone: ZoneInfo, *, now: datetime) -> Period:
    """Return the local day that holds `now`."""
    day = now.astimezone(zone).date()
    return Period(_midnight(day, zone), _midnight(day + timedelta(days=1), zone), zone)


def starts_of(interval: Interval, period: Period) -> list[datetime]:
    """Return where the intervals of a period begin, in UTC and in order; the first may begin before the period."""
    if interval is Interval.DAY:
        starts = _days(period)
    else:
        step = HOUR if interval is Interval.HOUR else QUARTER
        if (period.end - period.start) / step > MAX_POINTS:
            raise IntervalTooFine
        starts = _hours(period) if interval is Interval.HOUR else _quarters(period)
    if len(starts) > MAX_POINTS:
        raise IntervalTooFine
    return starts


def place_of(at: datetime, starts: list[datetime]) -> int:
    """Return in which interval a time lies."""
    return bisect_right(starts, at) - 1


def _days(period: Period) -> list[datetime]:
    day = period.start.astimezone(period.zone).date()
    starts = [_midnight(day, period.zone)]
    while True:
        day += timedelta(days=1)
        start = _midnight(day, period.zone)
        if start >= period.end:
            return starts
        # A zone that crossed the date line skipped a whole day: it begins where the next one does.
        if start > starts[-1]:
            starts.append(start)


def _hours(period: Period) -> list[datetime]:
    # An hour that clocks show twice is two hours, and one in which they move may be longer or shorter than 60 minutes.
    hours = {_full_hour(at, period.zone) for at in _quarters(period)}
    return sorted(hours)


def _quarters(period: Period) -> list[datetime]:
    count = (period.end - period.start) // QUARTER
    return [period.start + place * QUARTER for place in range(count)]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _full_hour(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def share(part: int, whole: int) -> float | None:
    """Return part / whole, or None when there is nothing to share."""
    return part / whole if whole else None
