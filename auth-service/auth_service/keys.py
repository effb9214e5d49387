"""The keys of auth-service: all derive from AUTH_SECRET_KEY, and signing keys lie encrypted in the database."""

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwk
from jose.backends.base import Key
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from auth_service.models import SigningKey
from service_kit.clock import new_id
from service_kit.contracts.tokens import ALGORITHM
from service_kit.settings import ConfigurationError
from service_kit.tokens import StaticKeys, public_key_from_jwk

KEY_BYTES = 32
NONCE_BYTES = 12
ACTIVE = "active"

SEALING = "parley/auth/signing-key-sealing/v1"
REFRESHING = "parley/auth/refresh-token/v1"


def derived_key(secret: SecretStr, *, purpose: str) -> bytes:
    """Derive the key for one purpose (HKDF, RFC 5869); what one purpose makes is worthless for another."""
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode())
    return derivation.derive(secret.get_secret_value().encode())


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The signing keys in use, constructed once: the one that signs, and what others need to verify."""

    kid: str
    signer: Key
    public_jwks: tuple[dict[str, Any], ...]

    @property
    def verification_keys(self) -> StaticKeys:
        """The public keys, for verifying our own tokens in this process."""
        return StaticKeys({document["kid"]: public_key_from_jwk(document) for document in self.public_jwks})


def new_signing_key(secret: SecretStr, *, now: datetime) -> SigningKey:
    """Make a key pair (P-256) whose private half is sealed for the database."""
    kid = str(new_id())
    private_key = ec.generate_private_key(ec.SECP256R1())
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey(kid=kid, sealed_private_key=_seal(pem, secret=secret, kid=kid), created_at=now, state=ACTIVE)


async def load_key_ring(session: AsyncSession, *, secret: SecretStr) -> KeyRing:
    """Open the signing keys of the database, or refuse with what the operator should do."""
    rows = (await session.execute(select(SigningKey).order_by(col(SigningKey.created_at)))).scalars().all()
    opened = {row.kid: jwk.construct(_unseal(row, secret=secret), ALGORITHM) for row in rows}
    active = next((row.kid for row in rows if row.state == ACTIVE), None)
    if active is None:
        raise ConfigurationError("the database of auth-service holds no active signing key; restore it from a backup")
    public = tuple({**key.public_key().to_dict(), "kid": kid, "use": "sig"} for kid, key in opened.items())
    return KeyRing(active, opened[active], public)


def _seal(pem: bytes, *, secret: SecretStr, kid: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    # The kid is authenticated along, so that a row cannot take another row's key.
    return nonce + AESGCM(derived_key(secret, purpose=SEALING)).encrypt(nonce, pem, kid.encode())


def _unseal(row: SigningKey, *, secret: SecretStr) -> str:
    nonce, sealed = row.sealed_private_key[:NONCE_BYTES], row.sealed_private_key[NONCE_BYTES:]
    try:
        pem: bytes = AESGCM(derived_key(secret, purpose=SEALING)).decrypt(nonce, sealed, row.kid.encode())
    except (InvalidTag, ValueError):
        raise ConfigurationError(
            "AUTH_SECRET_KEY is not the one this database was made with, so its signing keys cannot be opened; "
            "put the former value back"
        ) from None
    return pem.decode()
