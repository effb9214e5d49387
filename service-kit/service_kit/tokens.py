"""Verification of access tokens: the one place of the product that decides whether a bearer is genuine.

RFC 7519, RFC 8725, RFC 9068: one algorithm, the key chosen by `kid` before anything is verified, all claims required.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

import orjson
from jose import jwk, jws
from jose.backends.base import Key
from jose.exceptions import JOSEError
from jose.utils import base64url_decode
from pydantic import ValidationError

from service_kit.contracts.tokens import ALGORITHM, AUDIENCE, TOKEN_TYPE, AccessClaims
from service_kit.errors import NotAuthenticated

MAX_TOKEN_BYTES = 8_192
LEEWAY_SECONDS = 30
CACHED_TOKENS = 10_000
ALLOWED_HEADERS = frozenset({"alg", "kid", "typ"})


class PublicKeys(Protocol):
    """Where verification keys come from."""

    async def find(self, kid: str) -> Key | None:
        """Return the key with this id, or None when nobody issued it."""
        ...


class StaticKeys:
    """Keys handed over in this process: auth-service verifies with its own."""

    def __init__(self, keys: dict[str, Key]) -> None:
        self._keys = keys

    async def find(self, kid: str) -> Key | None:
        """Return the key with this id."""
        return self._keys.get(kid)


def public_key_from_jwk(document: dict[str, Any]) -> Key:
    """Construct a verification key once, or raise ValueError; constructing it for each token would cost too much."""
    try:
        return jwk.construct(document, ALGORITHM)
    except JOSEError as error:
        raise ValueError("not a public key") from error


class TokenVerifier:
    """Checks access tokens of one issuer; verified ones are remembered by the hash of the whole token."""

    def __init__(self, keys: PublicKeys, *, issuer: str, now: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._issuer = issuer
        self._now = now
        self._verified: OrderedDict[bytes, AccessClaims] = OrderedDict()

    async def verify(self, token: str) -> AccessClaims:
        """Return the claims of a genuine, current token, or raise NotAuthenticated."""
        try:
            raw = token.encode("ascii")
        except UnicodeEncodeError:
            raise NotAuthenticated from None
        if len(raw) > MAX_TOKEN_BYTES:
            raise NotAuthenticated
        fingerprint = hashlib.sha256(raw).digest()
        claims = self._verified.get(fingerprint)
        if claims is None:
            claims = await self._verify_signature(raw)
            self._remember(fingerprint, claims)
        self._ensure_current(claims)
        return claims

    async def _verify_signature(self, raw: bytes) -> AccessClaims:
        key = await self._keys.find(_key_id(raw))
        if key is None:
            raise NotAuthenticated
        try:
            payload = jws.verify(raw, key, algorithms=[ALGORITHM])
            claims = AccessClaims.model_validate_json(payload, strict=False)
        except (JOSEError, ValidationError, ValueError, TypeError):
            raise NotAuthenticated from None
        if claims.iss != self._issuer or claims.aud != AUDIENCE:
            raise NotAuthenticated
        return claims

    def _ensure_current(self, claims: AccessClaims) -> None:
        now = self._now()
        if claims.exp <= now - LEEWAY_SECONDS or max(claims.nbf, claims.iat) > now + LEEWAY_SECONDS:
            raise NotAuthenticated

    def _remember(self, fingerprint: bytes, claims: AccessClaims) -> None:
        self._verified[fingerprint] = claims
        if len(self._verified) > CACHED_TOKENS:
            self._verified.popitem(last=False)


def _key_id(raw: bytes) -> str:
    head, separator, _ = raw.partition(b".")
    try:
        header = orjson.loads(base64url_decode(head)) if separator else None
    except (ValueError, TypeError):
        raise NotAuthenticated from None
    if not isinstance(header, dict) or not ALLOWED_HEADERS.issuperset(header):
        raise NotAuthenticated
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or header.get("typ") != TOKEN_TYPE or not isinstance(kid, str):
        raise NotAuthenticated
    return kid
