"""The tool that knows what time it is, which a model cannot."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chat_service.providers.port import OfferedTool
from chat_service.tools.port import TIMEOUT_SECONDS, ToolFailed
from service_kit.auth import Scope
from service_kit.clock import utc_now

ZONE_MAX_CHARS: Final = 64
DEFAULT_ZONE: Final = "UTC"


class CurrentTime:
    """Tells the date, the time and the day of the week in a time zone."""

    offered = OfferedTool(
        name="current_time",
        description="Tells the current date, time and day of the week in a time zone.",
        parameters={
            "type": "object",
            "properties": {
                "zone": {
                    "type": "string",
                    "maxLength": ZONE_MAX_CHARS,
                    "description": "An IANA time zone like Europe/Berlin or America/New_York; left out: UTC.",
                }
            },
            "additionalProperties": False,
        },
    )

    timeout_seconds = TIMEOUT_SECONDS

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now

    async def run(self, arguments: dict[str, Any], *, caller: Scope) -> str:
        """Tell the time as ISO 8601, to the second, with the day of the week and the zone."""
        name = arguments.get("zone") or DEFAULT_ZONE
        here = self._now().astimezone(_zone(name))
        return f"{here.isoformat(timespec='seconds')} ({here:%A}, {name})"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A folder of the zone database, or a path out of it, is as unknown as a name that nobody uses.
        raise ToolFailed(f"There is no time zone {name!r}; use an IANA name like Europe/Berlin.") from None
