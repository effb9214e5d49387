"""The public keys, as other services read them."""

import httpx2
from fastapi import FastAPI
from tests.auth_service.visitor import Visitor, claims_of, code_of

from service_kit.jwks import JwksKeys
from service_kit.tokens import TokenVerifier


async def test_the_keys_are_public_and_cacheable(visitor: Visitor) -> None:
    answer = await visitor.http.get("/.well-known/jwks.json")

    (key,) = answer.json()["keys"]
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert set(key) == {"kid", "kty", "crv", "alg", "use", "x", "y"}
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")


async def test_what_the_route_hands_out_verifies_what_the_service_signs(visitor: Visitor, app: FastAPI) -> None:
    await visitor.register()
    answer = await visitor.sign_in()

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as client:
        keys = JwksKeys("http://auth/.well-known/jwks.json", client)
        claims = await TokenVerifier(keys, issuer="http://localhost:3000").verify(answer.json()["access_token"])

    assert claims == claims_of(answer)


async def test_a_token_changed_by_one_letter_is_refused(visitor: Visitor) -> None:
    await visitor.register()
    token = (await visitor.sign_in()).json()["access_token"]
    head, payload, signature = token.split(".")

    for forged in (
        f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        f"{head}.{'A' if payload[20] != 'A' else 'B'}{payload[1:]}.{signature}",
        f"{head}.{payload}.",
        f"{head}.{payload}",
    ):
        answer = await visitor.http.get("/users/me", headers={"Authorization": f"Bearer {forged}"})
        assert code_of(answer) == (401, "not_authenticated")
