"""A budget of retries: when everything fails, asking everything twice would only make it worse."""

import time
from collections.abc import Callable, Hashable

RETRIES_PER_CALL = 0.1
# A quiet service has few calls to earn retries with, so some come with time.
FLOOR_PER_SECOND = 0.2
SAVED_AT_MOST = 10.0


class RetryBudget:
    """Every provider's bucket of retries."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # One for every provider of the catalogue, so that there are never many.
        self._buckets: dict[Hashable, RetryBucket] = {}

    def of(self, provider: Hashable) -> "RetryBucket":
        """Return the bucket of a provider."""
        bucket = self._buckets.get(provider)
        if bucket is None:
            bucket = self._buckets[provider] = RetryBucket(clock=self._clock)
        return bucket


class RetryBucket:
    """Retries of one provider: calls fill it, time fills it a little, every retry takes one."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        retries_per_call: float = RETRIES_PER_CALL,
        floor_per_second: float = FLOOR_PER_SECOND,
        saved_at_most: float = SAVED_AT_MOST,
    ) -> None:
        self._clock = clock
        self._retries_per_call = retries_per_call
        self._floor_per_second = floor_per_second
        self._saved_at_most = saved_at_most
        self._saved = saved_at_most
        self._filled_at = clock()

    def called(self) -> None:
        """A call was made for the first time; retries are not told here."""
        self._earn(self._retries_per_call)

    def may_retry(self) -> bool:
        """Take one retry, if there is one left."""
        self._earn(0.0)
        if self._saved < 1.0:
            return False
        self._saved -= 1.0
        return True

    def _earn(self, earned: float) -> None:
        now = self._clock()
        earned += (now - self._filled_at) * self._floor_per_second
        self._filled_at = now
        self._saved = min(self._saved_at_most, self._saved + earned)
