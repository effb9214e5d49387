"""The outermost layer of every service: gives the request its id, measures it and closes the door on oddities."""

import re
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_kit.auth import Principal
from service_kit.metrics import OPEN_REQUESTS, REQUEST_SECONDS, REQUESTS
from service_kit.request_id import current_request_id, request_id_from
from service_kit.telemetry import RequestTelemetry

KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
PATH_PARAMETER = re.compile(r":[a-z]+}")


class Observation:
    """Pure ASGI, so that streams pass through unbuffered."""

    def __init__(self, app: ASGIApp, *, service: str, telemetry: RequestTelemetry) -> None:
        self._app = app
        self._service = service
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = request_id_from(scope["headers"])
        token = current_request_id.set(request_id)
        status = 500 if scope["type"] == "http" else 101
        started = time.perf_counter()

        async def observe(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                named = {name.lower() for name, _ in headers}
                headers.append((b"x-request-id", request_id.encode()))
                headers.extend(header for header in SAFE_HEADERS if header[0] not in named)
            await send(message)

        OPEN_REQUESTS.labels(self._service).inc()
        try:
            await self._app(scope, receive, observe)
        finally:
            current_request_id.reset(token)
            OPEN_REQUESTS.labels(self._service).dec()
            self._count(scope, status=status, seconds=time.perf_counter() - started)

    def _count(self, scope: Scope, *, status: int, seconds: float) -> None:
        route = PATH_PARAMETER.sub("}", getattr(scope.get("route"), "path", "unmatched"))
        method = scope.get("method", "WEBSOCKET")
        method = method if method in KNOWN_METHODS or method == "WEBSOCKET" else "OTHER"
        REQUESTS.labels(self._service, method, route, str(status)).inc()
        REQUEST_SECONDS.labels(self._service, route).observe(seconds)
        principal: Principal | None = scope.get("state", {}).get("principal")
        self._telemetry.count(
            tenant_id=principal.tenant_id if principal else None,
            user_id=principal.user_id if principal else None,
            method=method,
            route=route,
            status=status,
            duration_ms=seconds * 1000,
        )
