"""Passwords: Argon2id in a few threads with a short queue, so that sign-ins never stall everything else."""

import asyncio
import os
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from passlib.context import CryptContext

from service_kit.errors import ServiceError

MEMORY_KIB = 19_456
ROUNDS = 2
LANES = 1
WAITING_MAX = 64

T = TypeVar("T")


class Busy(ServiceError):
    status, code = 503, "busy"
    detail = "Too many people are signing in at this moment. Try again in a few seconds."
    retry_after_seconds = 2


def normal_form(password: str) -> str:
    """Return the form in which a password is judged and hashed: the same keys give the same text everywhere."""
    return unicodedata.normalize("NFKC", password)


class Passwords:
    """Hashes and verifies. The costs are those of OWASP's cheat sheet; tests construct cheaper ones."""

    def __init__(
        self,
        *,
        memory_kib: int = MEMORY_KIB,
        rounds: int = ROUNDS,
        threads: int | None = None,
        waiting: int = WAITING_MAX,
    ) -> None:
        self._context = CryptContext(
            schemes=["argon2"],
            argon2__type="ID",
            argon2__memory_cost=memory_kib,
            argon2__time_cost=rounds,
            argon2__parallelism=LANES,
        )
        threads = threads or min(4, max(2, os.cpu_count() or 2))
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="password")
        self._places = threading.BoundedSemaphore(threads + waiting)
        # Verified against when there is no account, so that the answer takes as long as for a wrong password.
        self._nobodys_hash: str = self._context.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """Return the hash to store."""
        return await self._in_pool(lambda: str(self._context.hash(normal_form(password))))

    async def verify(self, password: str, password_hash: str | None) -> tuple[bool, str | None]:
        """Tell whether the password is right, and the new hash to store when the old one's cost is outdated.

        Without a hash the same work is done and the answer is no.
        """
        against = password_hash or self._nobodys_hash
        is_right, renewed = await self._in_pool(lambda: self._context.verify_and_update(normal_form(password), against))
        return (bool(is_right), renewed) if password_hash else (False, None)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _in_pool(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            future = self._pool.submit(work)
        except RuntimeError:
            self._places.release()
            raise Busy from None
        # The place is free when the work has ended, not when its client has given up waiting.
        future.add_done_callback(self._free_place)
        return await asyncio.wrap_future(future)

    def _free_place(self, _future: Any) -> None:
        self._places.release()
