"""Which headers cross the gateway, which it sets itself, and which every answer carries."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from parley_gateway.settings import Settings

REQUEST_ID = web.RequestKey("request_id", str)
REQUEST_ID_HEADER = "X-Request-ID"
ACCEPTABLE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# What a client says about where it comes from is never believed: we say it ourselves, from the connection we see.
SAID_BY_US = frozenset(
    {
        "forwarded",
        "host",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded-proto",
        "x-real-ip",
        "x-request-id",
    }
)
# The answer to `Expect` is given at this hop; `Proxy` would become HTTP_PROXY in a CGI-like reader.
NEVER_SENT_ON = HOP_BY_HOP | SAID_BY_US | {"expect", "proxy"}
NEVER_SENT_BACK = HOP_BY_HOP | {"server"}

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ]
)
SERVER_NAME = "parley"
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
STRICT_TRANSPORT_SECURITY = "max-age=31536000"


def headers_of_every_answer(settings: Settings) -> dict[str, str]:
    if settings.is_https:
        return {**SECURITY_HEADERS, "Strict-Transport-Security": STRICT_TRANSPORT_SECURITY}
    return SECURITY_HEADERS


def request_id_of(request: web.BaseRequest) -> str:
    """The caller's own id when it is harmless in a log line and a header, otherwise a new one."""
    given = request.headers.get(REQUEST_ID_HEADER, "")
    return given if ACCEPTABLE_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def request_headers(request: web.Request, *, settings: Settings) -> CIMultiDict[str]:
    """What a service is told: the client's words, and ours about who the client is."""
    headers = _without(request.headers, NEVER_SENT_ON)
    headers["X-Forwarded-For"] = request.remote or ""
    headers["X-Forwarded-Host"] = request.host
    headers["X-Forwarded-Proto"] = "https" if settings.is_https else "http"
    headers[REQUEST_ID_HEADER] = request[REQUEST_ID]
    return headers


def answer_headers(upstream: CIMultiDictProxy[str], *, service: str, base: str) -> CIMultiDict[str]:
    """What the client is told: the service's words, with its own address in a redirect turned into ours."""
    headers = _without(upstream, NEVER_SENT_BACK)
    location = headers.get("Location", "")
    if location.startswith(f"{base}/"):
        headers["Location"] = f"/api/{service}{location.removeprefix(base)}"
    return headers


def _without(headers: CIMultiDictProxy[str], dropped: Iterable[str]) -> CIMultiDict[str]:
    named_by_connection = {
        name.strip().lower() for value in headers.getall("Connection", []) for name in value.split(",")
    }
    return CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if (lower := name.lower()) not in dropped and lower not in named_by_connection
    )
