"""The issuer's public keys over HTTP: how often they are fetched, and what happens when that fails."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from service_kit.errors import AuthUnavailable, NotAuthenticated
from service_kit.jwks import FRESH_SECONDS, REFETCH_SECONDS, JwksKeys
from service_kit.testing import ISSUER, Issuer
from service_kit.tokens import TokenVerifier

URL = "http://auth.test/.well-known/jwks.json"


class KeyServer:
    """auth-service as far as its keys go: it can add keys, answer nonsense and be gone."""

    def __init__(self, *issuers: Issuer) -> None:
        self.issuers = list(issuers)
        self.answer: httpx2.Response | None = None
        self.is_gone = False
        self.asked = 0
        self.at = 1_000.0

    def now(self) -> float:
        return self.at

    async def serve(self, request: httpx2.Request) -> httpx2.Response:
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_gone:
            raise httpx2.ConnectError("refused", request=request)
        keys = [issuer.public_jwk for issuer in self.issuers]
        return self.answer or httpx2.Response(200, json={"keys": keys})


@pytest.fixture
def issuer() -> Issuer:
    return Issuer("first")


@pytest.fixture
def server(issuer: Issuer) -> KeyServer:
    return KeyServer(issuer)


@pytest.fixture
async def keys(server: KeyServer) -> AsyncIterator[JwksKeys]:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(server.serve)) as client:
        yield JwksKeys(URL, client, now=server.now)


async def test_a_known_key_is_fetched_once_and_kept_fresh(server: KeyServer, keys: JwksKeys) -> None:
    for _ in range(100):
        assert await keys.find("first") is not None
    assert server.asked == 1

    server.at += FRESH_SECONDS
    assert await keys.find("first") is not None
    assert server.asked == 2


async def test_a_flood_of_unknown_keys_fetches_once_in_ten_seconds(server: KeyServer, keys: JwksKeys) -> None:
    await keys.find("first")

    for second in range(30):
        server.at = 1_000.0 + second
        found = await asyncio.gather(*(keys.find(f"unknown-{second}-{number}") for number in range(50)))
        assert found == [None] * 50

    assert server.asked == 3


async def test_the_first_keys_are_fetched_once_for_all_who_wait(server: KeyServer, keys: JwksKeys) -> None:
    found = await asyncio.gather(*(keys.find("first") for _ in range(50)))

    assert None not in found
    assert server.asked == 1


async def test_a_new_key_is_found_when_it_first_appears(server: KeyServer, keys: JwksKeys) -> None:
    await keys.find("first")
    second = Issuer("second")
    server.issuers.append(second)
    assert await keys.find("second") is None, "asked a moment ago"

    server.at += REFETCH_SECONDS

    verifier = TokenVerifier(keys, issuer=ISSUER)
    await verifier.verify(second.sign(second.claims()))
    assert await keys.find("first") is not None


async def test_stale_keys_serve_while_auth_service_is_down(server: KeyServer, keys: JwksKeys, issuer: Issuer) -> None:
    verifier = TokenVerifier(keys, issuer=ISSUER)
    await verifier.verify(issuer.sign(issuer.claims()))
    server.is_gone = True

    for _ in range(20):
        server.at += 3_600
        await verifier.verify(issuer.sign(issuer.claims()))
        with pytest.raises(NotAuthenticated):
            await verifier.verify(Issuer("unknown").sign(issuer.claims()))


async def test_while_auth_service_is_down_it_is_asked_once_in_ten_seconds(server: KeyServer, keys: JwksKeys) -> None:
    await keys.find("first")
    server.is_gone = True
    server.at += FRESH_SECONDS

    await asyncio.gather(*(keys.find("first") for _ in range(50)))

    assert server.asked == 2


async def test_without_any_keys_the_fault_is_ours_and_soon_over(server: KeyServer, keys: JwksKeys) -> None:
    server.is_gone = True
    for _ in range(3):
        with pytest.raises(AuthUnavailable):
            await keys.find("first")
    assert server.asked == 1

    server.is_gone = False
    server.at += 1
    assert await keys.find("first") is not None


@pytest.mark.parametrize(
    "answer",
    [
        {"status_code": 500},
        {"status_code": 404, "json": {"keys": []}},
        {"status_code": 302, "headers": {"Location": "http://elsewhere.test/"}},
        {"status_code": 200, "content": b"<html>"},
        {"status_code": 200, "content": b"\xff\xfe"},
        {"status_code": 200, "json": []},
        {"status_code": 200, "json": {}},
        {"status_code": 200, "json": {"keys": None}},
        {"status_code": 200, "json": {"keys": ["text"]}},
        {"status_code": 200, "json": {"keys": [{"alg": "ES256", "use": "sig"}]}},
        {"status_code": 200, "json": {"keys": [{"alg": "ES256", "use": "sig", "kid": "x", "kty": "EC"}]}},
        {
            "status_code": 200,
            "json": {
                "keys": [
                    {"alg": "ES256", "use": "sig", "kid": "x", "kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}
                ]
            },
        },
    ],
)
async def test_nonsense_replaces_no_key(server: KeyServer, keys: JwksKeys, answer: dict[str, Any]) -> None:
    await keys.find("first")
    server.answer = httpx2.Response(**answer)
    server.at += FRESH_SECONDS

    assert await keys.find("first") is not None
    assert await keys.find("x") is None
    assert server.asked == 2


async def test_keys_for_other_uses_and_algorithms_verify_nothing(server: KeyServer, keys: JwksKeys) -> None:
    encryption = {**Issuer("encryption").public_jwk, "use": "enc"}
    symmetric = {"kty": "oct", "kid": "symmetric", "alg": "HS256", "use": "sig", "k": "c2VjcmV0"}
    server.answer = httpx2.Response(200, json={"keys": [encryption, symmetric, server.issuers[0].public_jwk]})

    assert await keys.find("first") is not None
    assert await keys.find("encryption") is None
    assert await keys.find("symmetric") is None
