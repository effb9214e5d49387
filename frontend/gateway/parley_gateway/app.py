"""Puts the gateway together: the page at `/`, the services below `/api/`, and the headers of every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web
from aiohttp.typedefs import Handler

from parley_gateway import http_relay, websocket_relay
from parley_gateway.headers import (
    REQUEST_ID,
    REQUEST_ID_HEADER,
    SERVER_NAME,
    headers_of_every_answer,
    request_id_of,
)
from parley_gateway.page import Page
from parley_gateway.paths import API_PREFIX, PathRefused, service_path
from parley_gateway.problems import not_found
from parley_gateway.settings import Settings

# A service that does not even take the connection in this time is down. Answers may take as long as they like.
CONNECT_TIMEOUT_SECONDS = 5.0
# Shorter than the five seconds after which the services close an idle connection, so that none is used just as it dies.
IDLE_CONNECTION_SECONDS = 3.0

# How every server of this application runs, beyond its address.
SERVER_OPTIONS: dict[str, Any] = {
    # Requests that are being answered may end; streams never do by themselves, and their readers come back.
    "shutdown_timeout": 2.0,
    # A client that goes away cancels what was being done for it, up to the service.
    "handler_cancellation": True,
    # Bodies pass as they are, compressed or not.
    "auto_decompress": False,
    # The services log every request with its id; a second log here would only repeat their query strings.
    "access_log": None,
}

SETTINGS = web.AppKey("SETTINGS", Settings)
PAGE = web.AppKey("PAGE", Page)
SESSION = web.AppKey("SESSION", ClientSession)


def make_app(settings: Settings) -> web.Application:
    app = web.Application(middlewares=[_identify])
    app[SETTINGS] = settings
    app[PAGE] = Page(settings.page)
    app[websocket_relay.OPEN_SOCKETS] = set()
    app.cleanup_ctx.append(_upstream_session)
    app.on_shutdown.append(websocket_relay.close_open_sockets)
    of_every_answer = headers_of_every_answer(settings)

    async def complete_headers(request: web.Request, answer: web.StreamResponse) -> None:
        answer.headers["Server"] = SERVER_NAME
        for name, value in of_every_answer.items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault(REQUEST_ID_HEADER, request[REQUEST_ID])

    app.on_response_prepare.append(complete_headers)
    app.router.add_get("/health", _health)
    app.router.add_get("/ready", _ready)
    app.router.add_route("*", "/{path:.*}", _serve)
    return app


@web.middleware
async def _identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[REQUEST_ID] = request_id_of(request)
    return await handler(request)


async def _upstream_session(app: web.Application) -> AsyncIterator[None]:
    # Followers of a stream each keep a connection for minutes, so there is no upper limit to count against.
    connector = TCPConnector(limit=0, keepalive_timeout=IDLE_CONNECTION_SECONDS)
    timeout = ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_SECONDS)
    async with ClientSession(
        connector=connector, timeout=timeout, cookie_jar=DummyCookieJar(), auto_decompress=False
    ) as session:
        app[SESSION] = session
        yield


async def _health(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _ready(request: web.Request) -> web.Response:
    is_built = request.app[PAGE].is_built
    return web.json_response({"status": "ready" if is_built else "page_missing"}, status=200 if is_built else 503)


async def _serve(request: web.Request) -> web.StreamResponse:
    path, question_mark, query = request.raw_path.partition("?")
    if not path.startswith(API_PREFIX):
        return await request.app[PAGE].serve(request)
    settings = request.app[SETTINGS]
    try:
        service, service_side_path = service_path(path, services=settings.services)
    except PathRefused:
        return not_found(request)
    relay = websocket_relay.relay if websocket_relay.is_upgrade(request) else http_relay.relay
    return await relay(
        request,
        session=request.app[SESSION],
        settings=settings,
        service=service,
        target=service_side_path + question_mark + query,
    )
