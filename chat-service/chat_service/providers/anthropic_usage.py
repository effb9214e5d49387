"""What a Claude message says it used; told in parts, at its start and at its end."""

from typing import Any, Final

from chat_service.providers.chunks import MAX_TOKENS
from chat_service.providers.port import Usage

COUNTS: Final = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")
DETAILS: Final = ("thinking_tokens",)


class UsageSoFar:
    """The counts heard so far. They are cumulative, so of two the larger is the later one."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def hear(self, usage: Any) -> None:
        """Take in what a message or an event says; a count that makes no sense is as good as none."""
        if isinstance(usage, dict):
            self._keep(usage, COUNTS)
            self._keep(usage.get("output_tokens_details"), DETAILS)

    def told(self) -> Usage | None:
        """Return the usage, or None while it is not whole: the text is good all the same, and is then counted."""
        fresh, answered = self._counts.get("input_tokens"), self._counts.get("output_tokens")
        if fresh is None or answered is None:
            return None
        # What was read from the cache and what was written to it are counted beside the input here, and are part of
        # it everywhere else.
        read = self._counts.get("cache_read_input_tokens", 0)
        asked = fresh + read + self._counts.get("cache_creation_input_tokens", 0)
        thinking = min(self._counts.get("thinking_tokens", 0), answered)
        return Usage(asked, answered, read, thinking) if asked < MAX_TOKENS else None

    def _keep(self, told: Any, names: tuple[str, ...]) -> None:
        for name in names if isinstance(told, dict) else ():
            value = told.get(name)
            if _is_count(value):
                self._counts[name] = max(self._counts.get(name, 0), value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_TOKENS
