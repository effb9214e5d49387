"""The public keys with which everybody can verify our access tokens (RFC 7517)."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from auth_service.keys import KeyRing
from service_kit.auth import Public
from service_kit.json_body import StrictRoute

CACHE_SECONDS = 300


class PublicKey(BaseModel):
    """A public key on the curve P-256."""

    kid: str
    kty: Literal["EC"]
    crv: Literal["P-256"]
    alg: Literal["ES256"]
    use: Literal["sig"]
    x: str
    y: str


class PublicKeySet(BaseModel):
    """A JSON web key set."""

    keys: list[PublicKey]


router = APIRouter(route_class=StrictRoute, tags=["keys"])


@router.get("/.well-known/jwks.json", dependencies=[Public])
async def read_public_keys(request: Request, response: Response) -> PublicKeySet:
    """Hand out the public keys."""
    ring: KeyRing = request.app.state.key_ring
    response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return PublicKeySet(keys=[PublicKey.model_validate(document) for document in ring.public_jwks])
