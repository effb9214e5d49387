"""Quarters of an hour: the grain of every roll-up, because every time zone begins its days and hours on one."""

from datetime import datetime, timedelta

QUARTER = timedelta(minutes=15)


def quarter_of(at: datetime) -> datetime:
    """Return the beginning of the quarter of an hour that holds a UTC time."""
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def quarter_after(at: datetime) -> datetime:
    """Return the first beginning of a quarter at or after a UTC time."""
    begins = quarter_of(at)
    return begins if begins == at else begins + QUARTER
