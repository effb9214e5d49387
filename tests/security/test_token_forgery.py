"""T50: whatever a forger presents at a real route is 401, never accepted and never a 500."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import APIRouter, FastAPI

from service_kit.app import create_app
from service_kit.auth import CurrentPrincipal
from service_kit.db import Database
from service_kit.json_body import StrictRoute
from service_kit.settings import ServiceSettings
from service_kit.testing import INTERNAL_TOKEN, ISSUER, Issuer
from service_kit.tokens import TokenVerifier

OURS = Issuer("our-key")
THEIRS = Issuer("their-key")
HEADER = {"alg": "ES256", "kid": OURS.kid, "typ": "at+jwt"}

router = APIRouter(route_class=StrictRoute)


@router.get("/whoami")
async def read_caller(caller: CurrentPrincipal) -> dict[str, str]:
    """The route of the trials."""
    return {"name": caller.name}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A service that trusts our key."""

    @asynccontextmanager
    async def nothing(_app: FastAPI) -> AsyncIterator[None]:
        yield

    app = create_app(
        service="trial",
        description="One route that needs a genuine token.",
        settings=ServiceSettings(internal_api_token=INTERNAL_TOKEN),
        database=Database(f"sqlite+aiosqlite:///{tmp_path / 'trial.db'}"),
        routers=[router],
        lifespan=nothing,
    )
    app.state.verifier = TokenVerifier(OURS.keys, issuer=ISSUER)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://trial") as client:
        yield client


def encoded(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(header: Any, payload: Any) -> str:
    return f"{encoded(header)}.{encoded(payload)}"


def signed(header: Any, payload: Any, *, issuer: Issuer = OURS, is_der: bool = False) -> str:
    """Sign anything at all, as nobody with our key ever would."""
    text = unsigned(header, payload)
    der = issuer.private_key.sign(text.encode(), ec.ECDSA(SHA256()))
    r, s = decode_dss_signature(der)
    return f"{text}.{encoded(der if is_der else r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def macked(header: Any, payload: Any, key: bytes, *, digest: str = "sha256") -> str:
    text = unsigned(header, payload)
    return f"{text}.{encoded(hmac.new(key, text.encode(), getattr(hashlib, digest)).digest())}"


def public_key_texts() -> dict[str, bytes]:
    """The public key in every form in which somebody could take it for a shared secret."""
    public = OURS.private_key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "PEM": pem,
        "PEM without its last newline": pem.rstrip(),
        "PEM with Windows line ends": pem.replace(b"\n", b"\r\n"),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "OpenSSH": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "point": public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "compressed point": public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
        "JWK": json.dumps(OURS.public_jwk).encode(),
        "JWKS": json.dumps({"keys": [OURS.public_jwk]}).encode(),
        "x coordinate": base64.urlsafe_b64decode(OURS.public_jwk["x"] + "="),
        "nothing": b"",
        "kid": OURS.kid.encode(),
    }


def algorithm_confusions() -> Iterator[tuple[str, str]]:
    claims = OURS.claims()
    for name in ("none", "None", "NONE", "nOnE", "", None):
        yield f"alg {name!r}, unsigned", unsigned({**HEADER, "alg": name}, claims) + "."
        yield f"alg {name!r}, signed", signed({**HEADER, "alg": name}, claims)
    yield "no alg", signed({"kid": OURS.kid, "typ": "at+jwt"}, claims)
    yield "alg ES256, unsigned", unsigned(HEADER, claims) + "."
    for name, key in public_key_texts().items():
        yield f"HS256 with our public key as {name}", macked({**HEADER, "alg": "HS256"}, claims, key)
        yield f"HS256 called ES256 with {name}", macked(HEADER, claims, key)
    for digest in ("sha384", "sha512"):
        header = {**HEADER, "alg": f"HS{digest[3:]}"}
        yield f"{header['alg']} with our PEM", macked(header, claims, public_key_texts()["PEM"], digest=digest)
    for name in ("ES384", "ES512", "ES256K", "RS256", "PS256", "EdDSA", "HS256", "es256", "dir"):
        yield f"our signature called {name}", signed({**HEADER, "alg": name}, claims)


def foreign_keys() -> Iterator[tuple[str, str]]:
    claims = OURS.claims()
    yield "their key", THEIRS.sign(claims)
    yield "their key under our kid", signed(HEADER, claims, issuer=THEIRS)
    for issuer, whose in ((THEIRS, "their"), (OURS, "our")):
        for name, value in {
            "jwk": THEIRS.public_jwk,
            "jku": "http://127.0.0.1:9/keys.json",
            "x5u": "http://127.0.0.1:9/cert.pem",
            "x5c": ["MIIB"],
            "x5t": "AAAA",
            "crit": ["exp"],
            "zip": "DEF",
            "b64": False,
            "cty": "JWT",
            "enc": "A256GCM",
        }.items():
            yield f"header {name}, {whose} signature", signed({**HEADER, name: value}, claims, issuer=issuer)
    kids = [
        "../../../../dev/null",
        "/dev/null",
        "' OR '1'='1",
        "x' UNION SELECT 'key",
        "",
        "OUR-KEY",
        "our-key\x00",
        "k" * 5_000,
    ]
    for kid in (*kids, None, 0, True, ["our-key"], {"kid": "our-key"}):
        yield f"kid {str(kid)[:20]!r}", signed({**HEADER, "kid": kid}, claims, issuer=THEIRS)
        yield f"kid {str(kid)[:20]!r}, our signature", signed({**HEADER, "kid": kid}, claims)
    yield "no kid", signed({"alg": "ES256", "typ": "at+jwt"}, claims)


def wrong_claims() -> Iterator[tuple[str, str]]:
    claims = OURS.claims()
    now = int(time.time())
    for name in claims:
        yield f"no {name}", OURS.sign({key: value for key, value in claims.items() if key != name})
        yield f"{name} null", OURS.sign({**claims, name: None})
    for name, value in (
        ("iss", "https://evil.example"),
        ("iss", ISSUER + "/"),
        ("iss", [ISSUER]),
        ("aud", "another-service"),
        ("aud", ["parley"]),
        ("aud", ""),
        ("exp", now - 31),
        ("exp", 0),
        ("exp", -1),
        ("exp", "never"),
        ("exp", float("inf")),
        ("exp", float("nan")),
        ("nbf", now + 60),
        ("iat", now + 60),
        ("sub", "admin"),
        ("sub", 1),
        ("sub", {"id": str(uuid4())}),
        ("sid", "x"),
        ("tid", "*"),
        ("jti", ""),
        ("roles", []),
        ("roles", "admin"),
        ("roles", ["root"]),
        ("roles", {"admin": True}),
        ("name", 7),
    ):
        yield f"{name} {value}", OURS.sign({**claims, name: value})
    for token_type in ("JWT", "jwt", "id_token+jwt", "refresh+jwt", "", None, ["at+jwt"]):
        yield f"typ {token_type}", signed({**HEADER, "typ": token_type}, claims)
    yield "no typ", signed({"alg": "ES256", "kid": OURS.kid}, claims)


def broken_tokens() -> Iterator[tuple[str, str]]:
    claims = OURS.claims()
    genuine = signed(HEADER, claims)
    head, payload, signature = genuine.split(".")
    yield "DER signature", signed(HEADER, claims, is_der=True)
    yield "psychic signature", f"{head}.{payload}.{encoded(bytes(64))}"
    yield "half a signature", f"{head}.{payload}.{signature[:40]}"
    yield "signature of another token", f"{head}.{payload}.{signed(HEADER, OURS.claims()).split('.')[2]}"
    yield "payload of another token", f"{head}.{encoded({**claims, 'roles': ['admin']})}.{signature}"
    yield "two parts", f"{head}.{payload}"
    yield "four parts", f"{genuine}.{signature}"
    yield "five parts of a JWE", ".".join([encoded({"alg": "dir", "enc": "A256GCM"}), "", "AAAA", "AAAA", "AAAA"])
    for name, text in {
        "dots": "..",
        "a thousand dots": "." * 1_000,
        "one word": "token",
        "a refresh token": f"{uuid4()}.1.{encoded(bytes(32))}",
        "an internal token": INTERNAL_TOKEN,
        "not base64": "%%%.%%%.%%%",
        "a million letters": "A" * 1_000_000,
        "long and signed": OURS.sign({**claims, "name": "n" * 8_192}),
    }.items():
        yield name, text
    for name, header in {
        "list": [],
        "text": "ES256",
        "number": 1,
        "null": None,
        "bytes": b"\xff\xfe",
        "empty": b"",
    }.items():
        yield f"header {name}", signed(header, claims)
    for name, body in {"list": [], "text": "x", "number": 1, "null": None, "bytes": b"\xff\xfe", "empty": b""}.items():
        yield f"payload {name}", signed(HEADER, body)
    yield "deep payload", signed(HEADER, b"[" * 2_000 + b"]" * 2_000)
    yield "deep header", signed(b'{"alg":' * 1_000 + b"1" + b"}" * 1_000, claims)
    yield "alg twice", signed(b'{"alg":"ES256","kid":"our-key","typ":"at+jwt","alg":"none"}', claims)


KINDS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "algorithm": algorithm_confusions,
    "key": foreign_keys,
    "claims": wrong_claims,
    "form": broken_tokens,
}


@pytest.mark.parametrize("kind", KINDS)
async def test_no_forged_token_is_accepted(client: httpx2.AsyncClient, kind: str) -> None:
    for name, token in KINDS[kind]():
        started = time.perf_counter()
        answer = await client.get("/whoami", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, name
        assert answer.json()["code"] == "not_authenticated", name
        assert answer.headers["www-authenticate"] == "Bearer"
        assert time.perf_counter() - started < 0.25, name


def test_the_forger_is_no_beginner() -> None:
    names = [name for forge in KINDS.values() for name, _ in forge()]

    assert len(names) == len(set(names))
    assert len(names) >= 60


async def test_the_genuine_token_of_these_trials_is_accepted(client: httpx2.AsyncClient) -> None:
    """Otherwise the refusals above would prove nothing."""
    for token in (OURS.sign(OURS.claims()), signed(HEADER, OURS.claims())):
        answer = await client.get("/whoami", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()) == (200, {"name": "somebody"})


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic {}",
        "Token {}",
        "{}",
        "Bearer {} {}",
        "Bearer\t{}x",
        'Bearer "{}"',
        "Bearer token={}",
    ],
)
async def test_a_genuine_token_counts_only_as_the_bearer(client: httpx2.AsyncClient, header: str) -> None:
    token = OURS.sign(OURS.claims())

    answer = await client.get("/whoami", headers={"Authorization": header.replace("{}", token)})
    assert answer.status_code == 401


async def test_no_other_carrier_is_believed(client: httpx2.AsyncClient) -> None:
    """T65."""
    token = OURS.sign(OURS.claims())
    for request in (
        {"params": {"access_token": token}},
        {"params": {"token": token}},
        {"headers": {"Cookie": f"access_token={token}"}},
        {"headers": {"X-Api-Key": token}},
        {"headers": {"X-User-Id": str(uuid4()), "X-Forwarded-User": "admin", "X-Role": "admin"}},
    ):
        assert (await client.get("/whoami", **request)).status_code == 401  # type: ignore[arg-type]  # Headers or cookies.
