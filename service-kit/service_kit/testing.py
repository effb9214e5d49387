"""Test doubles and tools that ship with the kit: real classes that pass the same contract suites as the real parts."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwk, jws
from sqlalchemy import MetaData
from starlette.types import ASGIApp

from service_kit.contracts.tokens import ALGORITHM, AUDIENCE, LIFETIME_SECONDS, TOKEN_TYPE, Role
from service_kit.db import Database
from service_kit.events.bus import QueuedRings, Ring
from service_kit.tokens import StaticKeys, public_key_from_jwk

ISSUER = "http://localhost:3000"
INTERNAL_TOKEN = "internal-token-of-the-tests-0123456789abcdef"
START_SECONDS = 10.0


class Issuer:
    """Issues access tokens like auth-service does, with a key of its own."""

    def __init__(self, kid: str = "test-key") -> None:
        self.kid = kid
        self.private_key = ec.generate_private_key(ec.SECP256R1())
        pem = self.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self._signer = jwk.construct(pem, ALGORITHM)
        self.public_jwk: dict[str, Any] = {**self._signer.public_key().to_dict(), "kid": kid, "use": "sig"}

    @property
    def keys(self) -> StaticKeys:
        """The public keys a verifier needs."""
        return StaticKeys({self.kid: public_key_from_jwk(self.public_jwk)})

    def claims(self, *, user_id: UUID | None = None, tenant_id: UUID | None = None, role: Role = Role.USER) -> Any:
        """Return the claims of a current token."""
        now = int(time.time())
        return {
            "iss": ISSUER,
            "sub": str(user_id or uuid4()),
            "aud": AUDIENCE,
            "exp": now + LIFETIME_SECONDS,
            "iat": now,
            "nbf": now,
            "jti": str(uuid4()),
            "sid": str(uuid4()),
            "tid": str(tenant_id or uuid4()),
            "roles": [role.value],
            "name": "somebody",
        }

    def sign(self, claims: dict[str, Any], *, headers: dict[str, Any] | None = None) -> str:
        """Sign any claims."""
        merged = {"kid": self.kid, "typ": TOKEN_TYPE, **(headers or {})}
        signed: str = jws.sign(json.dumps(claims).encode(), self._signer, headers=merged, algorithm=ALGORITHM)
        return signed

    def bearer(
        self, *, user_id: UUID | None = None, tenant_id: UUID | None = None, role: Role = Role.USER
    ) -> dict[str, str]:
        """Return the header of an authenticated request."""
        return {"Authorization": f"Bearer {self.sign(self.claims(user_id=user_id, tenant_id=tenant_id, role=role))}"}


class MemoryBus:
    """A doorbell inside one process."""

    def __init__(self) -> None:
        self._listeners: list[QueuedRings] = []
        self.rings: list[Ring] = []

    @property
    def is_live(self) -> bool:
        """Somebody listens."""
        return bool(self._listeners)

    async def publish(self, ring: Ring) -> None:
        """Ring for every listener."""
        self.rings.append(ring)
        for listener in self._listeners:
            listener.put(ring)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[QueuedRings]:
        """Hear rings."""
        rings = QueuedRings()
        self._listeners.append(rings)
        try:
            yield rings
        finally:
            self._listeners.remove(rings)

    async def close(self) -> None:
        """Nothing is held."""


@asynccontextmanager
async def created_tables(url: str, metadata: MetaData) -> AsyncIterator[Database]:
    """Open a database with a service's tables freshly created."""
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application on a real socket of this machine and yield its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_config=None, access_log=False, ws_per_message_deflate=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with asyncio.timeout(START_SECONDS):
            while not server.started:
                if task.done():
                    task.result()
                await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
