"""Which pages may talk to us: exact origins, for CORS, cookie requests and WebSocket handshakes."""

from collections.abc import Collection

from fastapi import FastAPI, Request
from starlette.middleware.cors import CORSMiddleware

from service_kit.errors import ServiceError

CLIENT_HEADER = "X-Parley-Client"


class CrossSiteRequestRefused(ServiceError):
    status, code = 403, "cross_site_request_refused"
    detail = "This request must come from the Parley page itself."


def allow_origins(app: FastAPI, origins: Collection[str]) -> None:
    """Answer CORS preflights for exactly these origins."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=sorted(origins),
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID", "Prefer", CLIENT_HEADER],
        expose_headers=["X-Request-ID", "Retry-After"],
        max_age=600,
    )


def ensure_same_site(request: Request, origins: Collection[str]) -> None:
    """Refuse a cookie-authenticated request that another site may have caused."""
    origin = request.headers.get("origin")
    if not request.headers.get(CLIENT_HEADER) or (origin is not None and origin not in origins):
        raise CrossSiteRequestRefused
