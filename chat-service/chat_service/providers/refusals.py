"""What a provider's refusal means: by HTTP status, by an error announced in the stream, with how long to wait."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from chat_service.providers.port import (
    ProviderError,
    ProviderRateLimited,
    ProviderRefusedCall,
    ProviderRefusedKey,
    ProviderTimedOut,
    ProviderUnavailable,
)

if TYPE_CHECKING:
    import httpx2

MAX_RETRY_AFTER_SECONDS = 10.0
# How much of a refusal is read: enough to find a word in it, however long a broken server goes on.
MAX_REFUSAL_BYTES = 65_536


class StreamOptionsRefused(ProviderRefusedCall):
    """The server does not know `stream_options`, with which we ask for usage; without it, it may answer."""


async def raise_refusal(response: "httpx2.Response") -> None:
    """Raise what an answer that is not a completion means; as a hook of the HTTP client it runs before the SDK reads.

    The SDK would read the body of a refusal to its end, and put it into its exception.
    """
    if response.is_success or response.has_redirect_location:
        return
    body = bytearray()
    async for portion in response.aiter_bytes():
        body += portion
        if len(body) > MAX_REFUSAL_BYTES:
            break
    if response.status_code in (400, 422) and b"stream_options" in body:
        raise StreamOptionsRefused
    raise error_for_status(response.status_code, retry_after=response.headers.get("retry-after"))


def error_for_status(status: int, *, retry_after: str | None = None) -> ProviderError:
    """Name the failure behind an HTTP status of the provider."""
    if status == 429:
        return ProviderRateLimited(retry_after_seconds=pause_seconds(retry_after))
    if status in (401, 403):
        return ProviderRefusedKey()
    if status in (408, 504):
        return ProviderTimedOut()
    if status >= 500:
        return ProviderUnavailable(retry_after_seconds=pause_seconds(retry_after))
    return ProviderRefusedCall()


def announced_failure(error: Any) -> ProviderError:
    """Name a failure that was announced in the stream instead of by a status."""
    facts = error if isinstance(error, dict) else {}
    code = str(facts.get("code"))
    if code.isascii() and code.isdigit() and 400 <= int(code[:4]) < 600:
        return error_for_status(int(code))
    words = f"{code} {facts.get('type')}"
    if "rate_limit" in words:
        return ProviderRateLimited()
    if "invalid_request" in words or "context_length" in words:
        return ProviderRefusedCall()
    return ProviderUnavailable()


def pause_seconds(retry_after: str | None) -> float | None:
    """Read a Retry-After header, in seconds or as a date; nobody is kept waiting longer than our own maximum."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            moment = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return None if math.isnan(seconds) else max(0.0, min(seconds, MAX_RETRY_AFTER_SECONDS))
