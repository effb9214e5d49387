"""The two tokens of a session: signed access tokens, and refresh tokens whose successor is always the same one."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jose import jws
from pydantic import SecretStr

from auth_service.keys import REFRESHING, KeyRing, derived_key
from auth_service.models import UserAccount
from service_kit.clock import new_id
from service_kit.contracts.tokens import ALGORITHM, AUDIENCE, LIFETIME_SECONDS, TOKEN_TYPE, AccessClaims, Role

GENERATION_MAX_DIGITS = 9


class AccessTokens:
    """Signs access tokens (RFC 9068) with the active key."""

    def __init__(self, ring: KeyRing, *, issuer: str) -> None:
        self._ring = ring
        self._issuer = issuer

    def issue(self, account: UserAccount, *, session_id: UUID, now: datetime) -> str:
        """Return a token with which this account may act for ten minutes."""
        issued_at = int(now.timestamp())
        claims = AccessClaims(
            iss=self._issuer,
            sub=account.id,
            aud=AUDIENCE,
            exp=issued_at + LIFETIME_SECONDS,
            iat=issued_at,
            nbf=issued_at,
            jti=new_id(),
            sid=session_id,
            tid=account.tenant_id,
            roles=(Role(account.role),),
            name=account.username,
        )
        headers = {"kid": self._ring.kid, "typ": TOKEN_TYPE}
        signed: str = jws.sign(claims.model_dump_json().encode(), self._ring.signer, headers, ALGORITHM)
        return signed


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token that we made: which session it belongs to, and its place in the line."""

    session_id: UUID
    generation: int


class RefreshTokens:
    """Makes and recognises refresh tokens: `<session id>.<generation>.<256-bit MAC over both>`.

    A token is derived, not drawn: a client that lost the answer to a refresh, or two tabs that refresh at once, are
    given the same successor again, and the database needs to keep nothing from which a token could be made.
    """

    def __init__(self, secret: SecretStr) -> None:
        self._key = derived_key(secret, purpose=REFRESHING)

    def mint(self, session_id: UUID, generation: int) -> str:
        """Return the one token of this session and generation."""
        mac = hmac.digest(self._key, f"{session_id}|{generation}".encode(), "sha256")
        return f"{session_id}.{generation}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def read(self, text: str) -> RefreshToken | None:
        """Return what a token says when we made it, else None."""
        session_id, _, rest = text.partition(".")
        digits = rest.partition(".")[0]
        if not (digits.isascii() and digits.isdigit() and len(digits) <= GENERATION_MAX_DIGITS):
            return None
        try:
            token = RefreshToken(UUID(session_id), int(digits))
        except ValueError:
            return None
        genuine = self.mint(token.session_id, token.generation)
        is_ours = hmac.compare_digest(text.encode("utf-8", "replace"), genuine.encode())
        return token if is_ours else None


def fingerprint(token: str) -> str:
    """What the database keeps of a refresh token."""
    return hashlib.sha256(token.encode()).hexdigest()
