"""How often somebody may try: failed sign-ins by name and by address, password changes, registrations.

Counted in this process: a restart forgets them and replicas count apart. Counters in the database follow with the
hardening of accounts.
"""

from service_kit.errors import ServiceError
from service_kit.rate_limit import RateLimit

FAILURES_PER_NAME = "5/5 minutes"
# Wide enough for a family or an office behind one address, narrow enough against guessing names.
FAILURES_PER_ADDRESS = "50/5 minutes"
WRONG_CURRENT_PASSWORDS = "5/5 minutes"


class TooManyAttempts(ServiceError):
    status, code = 429, "too_many_attempts"
    detail = "Too many attempts. Wait a few minutes and try again."


class Attempts:
    """The counters of one process."""

    def __init__(self, *, registration_limit: str) -> None:
        self._by_name = RateLimit(FAILURES_PER_NAME, refusal=TooManyAttempts)
        self._by_address = RateLimit(FAILURES_PER_ADDRESS, refusal=TooManyAttempts)
        self._by_account = RateLimit(WRONG_CURRENT_PASSWORDS, refusal=TooManyAttempts)
        self._registrations = RateLimit(registration_limit, refusal=TooManyAttempts)

    async def ensure_sign_in_allowed(self, username: str, *, address: str) -> None:
        """Refuse when too many sign-ins with this name or from this address have failed."""
        await self._by_address.test(address)
        await self._by_name.test(username)

    async def count_failed_sign_in(self, username: str, *, address: str) -> None:
        """Count a failure; one over the limit is refused like every further attempt."""
        await self._by_address.hit(address)
        await self._by_name.hit(username)

    async def ensure_password_change_allowed(self, user_id: str) -> None:
        """Refuse when the current password was given wrong too often."""
        await self._by_account.test(user_id)

    async def count_wrong_current_password(self, user_id: str) -> None:
        """Count a wrong current password."""
        await self._by_account.hit(user_id)

    async def count_registration(self, *, address: str) -> None:
        """Count a registration, or refuse it."""
        await self._registrations.hit(address)
