"""Verifying access tokens: what is accepted, for how long, and what is remembered."""

from uuid import uuid4

import pytest
from jose.backends.base import Key

from service_kit.contracts.tokens import Role
from service_kit.errors import NotAuthenticated
from service_kit.testing import ISSUER, Issuer
from service_kit.tokens import LEEWAY_SECONDS, StaticKeys, TokenVerifier

LIFETIME = 600


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: float) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


class CountingKeys:
    """Keys that remember how often they were asked for, which is once for each verified signature."""

    def __init__(self, issuer: Issuer) -> None:
        self._keys = issuer.keys
        self.asked = 0

    async def find(self, kid: str) -> Key | None:
        self.asked += 1
        return await self._keys.find(kid)


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


async def test_a_genuine_token_says_who_is_calling(issuer: Issuer) -> None:
    user_id, tenant_id = uuid4(), uuid4()
    token = issuer.sign(issuer.claims(user_id=user_id, tenant_id=tenant_id, role=Role.MANAGER))

    claims = await TokenVerifier(issuer.keys, issuer=ISSUER).verify(token)

    assert (claims.sub, claims.tid, claims.roles) == (user_id, tenant_id, (Role.MANAGER,))


async def test_claims_we_do_not_know_are_left_alone(issuer: Issuer) -> None:
    token = issuer.sign({**issuer.claims(), "scope": "everything", "act": {"sub": "somebody"}})

    assert "scope" not in (await TokenVerifier(issuer.keys, issuer=ISSUER).verify(token)).model_dump()


async def test_a_token_ends_at_its_time_although_it_is_remembered(issuer: Issuer) -> None:
    claims = issuer.claims()
    clock = Clock(claims["iat"])
    verifier = TokenVerifier(issuer.keys, issuer=ISSUER, now=clock)
    token = issuer.sign(claims)

    for at in (0, LIFETIME, LIFETIME + LEEWAY_SECONDS - 1):
        clock.at = claims["iat"] + at
        await verifier.verify(token)
    clock.at = claims["iat"] + LIFETIME + LEEWAY_SECONDS
    with pytest.raises(NotAuthenticated):
        await verifier.verify(token)


@pytest.mark.parametrize("claim", ["nbf", "iat"])
async def test_a_token_of_the_future_waits_for_its_time(issuer: Issuer, claim: str) -> None:
    claims = issuer.claims()
    clock = Clock(claims["iat"])
    verifier = TokenVerifier(issuer.keys, issuer=ISSUER, now=clock)
    token = issuer.sign({**claims, claim: claims["iat"] + LEEWAY_SECONDS + 1})

    with pytest.raises(NotAuthenticated):
        await verifier.verify(token)
    clock.at += 1
    await verifier.verify(token)


async def test_a_signature_is_verified_once_for_each_token(issuer: Issuer) -> None:
    keys = CountingKeys(issuer)
    verifier = TokenVerifier(keys, issuer=ISSUER)
    tokens = [issuer.sign(issuer.claims()) for _ in range(3)]

    for token in tokens * 5:
        await verifier.verify(token)

    assert keys.asked == 3


async def test_what_was_refused_once_is_refused_again(issuer: Issuer) -> None:
    verifier = TokenVerifier(issuer.keys, issuer=ISSUER)
    forged = Issuer().sign(issuer.claims(), headers={"kid": issuer.kid})

    for _ in range(3):
        with pytest.raises(NotAuthenticated):
            await verifier.verify(forged)


async def test_tokens_that_begin_alike_are_different_tokens(issuer: Issuer) -> None:
    """T51, CVE-2026-35030: the memory is keyed by the whole token."""
    verifier = TokenVerifier(issuer.keys, issuer=ISSUER)
    claims = dict.fromkeys(["name"]) | issuer.claims() | {"name": "n" * 600}
    user = issuer.sign({**claims, "roles": ["user"]})
    admin = issuer.sign({**claims, "roles": ["admin"]})
    forged = Issuer().sign({**claims, "roles": ["admin"], "sub": str(uuid4())}, headers={"kid": issuer.kid})
    assert user[:400] == admin[:400] == forged[:400]

    assert (await verifier.verify(user)).roles == (Role.USER,)
    assert (await verifier.verify(admin)).roles == (Role.ADMIN,)
    for changed in (forged, user[:-4] + "AAAA", admin.rpartition(".")[0] + "." + user.rpartition(".")[2]):
        with pytest.raises(NotAuthenticated):
            await verifier.verify(changed)


async def test_a_key_that_nobody_issued_opens_nothing(issuer: Issuer) -> None:
    with pytest.raises(NotAuthenticated):
        await TokenVerifier(StaticKeys({}), issuer=ISSUER).verify(issuer.sign(issuer.claims()))
