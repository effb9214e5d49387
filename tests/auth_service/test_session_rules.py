"""What a genuine refresh token means, by its place in the line."""

from datetime import UTC, datetime, timedelta

import pytest

from auth_service.sessions.rules import Lineage, Verdict, judge, lives_for

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def line(**changes: object) -> Lineage:
    facts = {
        "generation": 5,
        "rotated_at": NOW - timedelta(seconds=9),
        "last_used_at": NOW - DAY,
        "expires_at": NOW + DAY,
        "revoked_at": None,
    }
    return Lineage(**{**facts, **changes})  # type: ignore[arg-type]  # Any field may be changed.


@pytest.mark.parametrize(
    ("generation", "changes", "verdict"),
    [
        (5, {}, Verdict.ROTATE),
        (4, {}, Verdict.REPEAT),
        (4, {"rotated_at": NOW - timedelta(seconds=10)}, Verdict.REPEAT),
        (4, {"rotated_at": NOW - timedelta(seconds=10, microseconds=1)}, Verdict.REUSED),
        (3, {}, Verdict.REUSED),
        (6, {}, Verdict.ENDED),
        (5, {"revoked_at": NOW}, Verdict.ENDED),
        (3, {"revoked_at": NOW}, Verdict.ENDED),
        (5, {"expires_at": NOW}, Verdict.ENDED),
        (5, {"last_used_at": NOW - 7 * DAY}, Verdict.ROTATE),
        (5, {"last_used_at": NOW - 7 * DAY - timedelta(seconds=1)}, Verdict.ENDED),
    ],
)
def test_a_genuine_token_is_judged_by_its_place(generation: int, changes: dict[str, object], verdict: Verdict) -> None:
    assert judge(line(**changes), generation=generation, now=NOW) is verdict


def test_a_cookie_lives_seven_days_or_as_long_as_the_session() -> None:
    assert lives_for(NOW + 30 * DAY, now=NOW) == 7 * DAY
    assert lives_for(NOW + 2 * DAY, now=NOW) == 2 * DAY
