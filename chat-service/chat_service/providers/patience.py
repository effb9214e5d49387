"""How long we wait for a provider. Only the provider's own time counts, never that of whoever listens to it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

# A provider that drips a byte a minute would otherwise hold a turn for ever.
COMPLETION_SECONDS = 1_800.0

T = TypeVar("T")


class Patience:
    """What is left of the seconds we wait. The limits run while something is awaited here, and at no other time.

    A timeout around the generator's own `yield` would run while its caller works, and cancel the caller.
    """

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._left_in_all = COMPLETION_SECONDS

    def renew(self, seconds: float) -> None:
        """Wait up to so many seconds from now on, within what is left in all."""
        self._left = seconds

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Wait for the provider; raises TimeoutError."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(max(0.0, min(self._left, self._left_in_all))):
                return await awaitable
        finally:
            waited = clock() - started
            self._left -= waited
            self._left_in_all -= waited
