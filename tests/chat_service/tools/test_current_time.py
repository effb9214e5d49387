"""The tool that knows the time."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chat_service.tools.current_time import CurrentTime
from chat_service.tools.port import ToolFailed
from service_kit.auth import Scope

CALLER = Scope(uuid4(), uuid4())
TOOL = CurrentTime(lambda: datetime(2026, 7, 4, 22, 30, 15, 999_999, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("UTC", "2026-07-04T22:30:15+00:00 (Saturday, UTC)"),
        ("Europe/Berlin", "2026-07-05T00:30:15+02:00 (Sunday, Europe/Berlin)"),
        ("Asia/Kathmandu", "2026-07-05T04:15:15+05:45 (Sunday, Asia/Kathmandu)"),
        ("America/New_York", "2026-07-04T18:30:15-04:00 (Saturday, America/New_York)"),
    ],
)
async def test_it_tells_the_time_of_a_zone(zone: str, told: str) -> None:
    assert await TOOL.run({"zone": zone}, caller=CALLER) == told


@pytest.mark.parametrize("arguments", [{}, {"zone": ""}])
async def test_without_a_zone_it_is_utc(arguments: dict[str, str]) -> None:
    assert await TOOL.run(arguments, caller=CALLER) == "2026-07-04T22:30:15+00:00 (Saturday, UTC)"


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "Europe", "../../etc/passwd", "/etc/passwd", ".", "a" * 64, "Europe/Berlin/", "\x00", "é"]
)
async def test_what_is_no_zone_is_refused(zone: str) -> None:
    """Also folders and paths, with which a library would look at other files."""
    with pytest.raises(ToolFailed, match="no time zone"):
        await TOOL.run({"zone": zone}, caller=CALLER)
