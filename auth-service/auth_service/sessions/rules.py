"""When a session lives, and what presenting a genuine refresh token means."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

IDLE_MAX = timedelta(days=7)
LIFE_MAX = timedelta(days=30)
REPEAT_MAX = timedelta(seconds=10)


class Verdict(Enum):
    """What to do with a genuine refresh token."""

    ROTATE = auto()
    REPEAT = auto()
    REUSED = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a session's line of refresh tokens stands."""

    generation: int
    rotated_at: datetime
    last_used_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def judge(line: Lineage, *, generation: int, now: datetime) -> Verdict:
    """Judge a genuine token by its place in the line.

    The token before the current one is answered with the current one again for a short while: its answer may have
    been lost, or two tabs refreshed at once. Once the current one has been used, the line has moved on and every
    older token is a copy in somebody else's hands.
    """
    is_over = line.revoked_at is not None or now >= line.expires_at or now - line.last_used_at > IDLE_MAX
    if is_over or generation > line.generation:
        return Verdict.ENDED
    if generation == line.generation:
        return Verdict.ROTATE
    if generation == line.generation - 1 and now - line.rotated_at <= REPEAT_MAX:
        return Verdict.REPEAT
    return Verdict.REUSED


def lives_for(expires_at: datetime, *, now: datetime) -> timedelta:
    """How long a browser should keep the cookie."""
    return min(IDLE_MAX, expires_at - now)
