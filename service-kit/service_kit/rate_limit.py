"""Rate limits held in this process: a request never waits on another machine to be allowed."""

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from service_kit.errors import ServiceError, TooManyRequests


class RateLimit:
    """At most so many hits a window and key, like `30/minute`."""

    def __init__(self, limit: str, *, refusal: type[ServiceError] = TooManyRequests) -> None:
        self._limit = parse(limit)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._refusal = refusal

    async def hit(self, *key: str) -> None:
        """Count a hit, or raise the refusal with the seconds to wait."""
        if not await self._limiter.hit(self._limit, *key):
            raise self._refusal(retry_after_seconds=self._limit.get_expiry())

    async def test(self, *key: str) -> None:
        """Raise the refusal when the next hit would be refused, without counting one."""
        if not await self._limiter.test(self._limit, *key):
            raise self._refusal(retry_after_seconds=self._limit.get_expiry())
