"""How long we wait for the other side of a stream. Only its own time counts, never that of whoever works with it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

# A side that drips a byte a minute would otherwise hold a turn for ever.
IN_ALL_SECONDS = 1_800.0

T = TypeVar("T")


class Patience:
    """What is left of the seconds we wait. The limits run while something is awaited here, and at no other time.

    A timeout around the generator's own `yield` would run while its caller works, and cancel the caller. One timer
    watches the whole stream and is set anew only when it rings: arming one for every portion would cost more than
    reading the portion.
    """

    def __init__(self, seconds: float, *, in_all_seconds: float = IN_ALL_SECONDS) -> None:
        self._loop = asyncio.get_running_loop()
        self._left = seconds
        self._left_in_all = in_all_seconds
        self._deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: asyncio.Task[object] | None = None
        self._has_rung = False

    def renew(self, seconds: float) -> None:
        """Wait up to so many seconds from now on, within what is left in all."""
        self._left = seconds

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Wait for the other side; raises TimeoutError."""
        started = self._loop.time()
        self._deadline = started + max(0.0, min(self._left, self._left_in_all))
        self._waiting = asyncio.current_task()
        self._watch()
        try:
            return await awaitable
        except asyncio.CancelledError:
            # Ours or somebody else's: only a cancellation that the timer made, and nobody added to, is a timeout.
            if self._has_rung and self._waiting is not None and self._waiting.uncancel() <= 0:
                raise TimeoutError from None
            raise
        finally:
            self._waiting = None
            waited = self._loop.time() - started
            self._left -= waited
            self._left_in_all -= waited

    def end(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch(self) -> None:
        if self._deadline is None:
            return
        if self._timer is not None and self._timer.when() <= self._deadline:
            return
        self.end()
        self._timer = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._waiting is None or self._deadline is None:
            return
        if self._loop.time() < self._deadline:
            self._watch()
            return
        self._has_rung = True
        self._waiting.cancel()
