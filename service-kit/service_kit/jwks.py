"""The issuer's public keys over HTTP (RFC 7517): cached, refetched for an unknown key at most once in ten seconds."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx2
from jose.backends.base import Key

from service_kit.contracts.tokens import ALGORITHM
from service_kit.errors import AuthUnavailable
from service_kit.json_body import decode_json
from service_kit.logs import get_logger
from service_kit.tokens import public_key_from_jwk

FRESH_SECONDS = 300
REFETCH_SECONDS = 10
FIRST_FETCH_SECONDS = 0.5
FETCH_TIMEOUT_SECONDS = 2

log = get_logger(__name__)


class JwksKeys:
    """Public keys fetched from auth-service; stale ones keep serving while it is down."""

    def __init__(self, url: str, client: httpx2.AsyncClient, *, now: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._client = client
        self._now = now
        self._keys: dict[str, Key] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._one_fetch = asyncio.Lock()

    async def find(self, kid: str) -> Key | None:
        """Return the key with this id, asking auth-service when it is unknown or the set is old."""
        key = self._keys.get(kid)
        is_fresh = self._now() - self._fetched_at < FRESH_SECONDS
        # Only the first who finds the keys old waits for new ones; the others go on with what is known.
        if key is not None and (is_fresh or self._one_fetch.locked()):
            return key
        async with self._one_fetch:
            if self._now() - self._tried_at >= (REFETCH_SECONDS if self._keys else FIRST_FETCH_SECONDS):
                await self._fetch()
        if not self._keys:
            raise AuthUnavailable
        return self._keys.get(kid)

    async def _fetch(self) -> None:
        self._tried_at = self._now()
        try:
            answer = await self._client.get(self._url, timeout=FETCH_TIMEOUT_SECONDS)
            answer.raise_for_status()
            self._keys = _verification_keys(decode_json(answer.content))
            self._fetched_at = self._now()
        except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("jwks_not_fetched", error=type(error).__name__)


def _verification_keys(document: Any) -> dict[str, Key]:
    return {
        entry["kid"]: public_key_from_jwk(entry)
        for entry in document["keys"]
        if entry.get("alg") == ALGORITHM and entry.get("use") == "sig"
    }
