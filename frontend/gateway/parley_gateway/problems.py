"""Error bodies in the shape that every service uses (RFC 9457, plus `code` and `request_id`)."""

from __future__ import annotations

import json
from http import HTTPStatus

from aiohttp import web

from parley_gateway.headers import REQUEST_ID


def problem(
    request: web.Request, status: HTTPStatus, *, code: str, detail: str, headers: dict[str, str] | None = None
) -> web.Response:
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "code": code,
        "request_id": request[REQUEST_ID],
    }
    return web.Response(
        status=status.value,
        body=json.dumps(body).encode(),
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def not_found(request: web.Request) -> web.Response:
    return problem(request, HTTPStatus.NOT_FOUND, code="not_found", detail="There is nothing at this address.")


def service_unavailable(request: web.Request, service: str) -> web.Response:
    return problem(
        request,
        HTTPStatus.SERVICE_UNAVAILABLE,
        code="service_unavailable",
        detail=f"The {service} service cannot be reached at the moment. Please try again.",
        headers={"Retry-After": "1"},
    )


def body_too_large(request: web.Request, *, limit_bytes: int) -> web.Response:
    return problem(
        request,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        code="body_too_large",
        detail=f"A request may carry at most {limit_bytes // (1024 * 1024)} MiB.",
        headers={"Connection": "close"},
    )
