"""Passes the frames of a WebSocket between the browser and a service, with its pings and its close code."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from aiohttp import (
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WebSocketError,
    WSCloseCode,
    WSMsgType,
    WSServerHandshakeError,
    web,
)
from multidict import CIMultiDict
from yarl import URL

from parley_gateway.headers import request_headers
from parley_gateway.problems import problem, service_unavailable
from parley_gateway.settings import Settings

MAX_FRAME_BYTES = 4 * 1024 * 1024
# How long a peer may take to answer our closing frame.
CLOSE_TIMEOUT_SECONDS = 2.0
RELAYED = frozenset({WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG})
# Every hop makes its own handshake; ours offers no compression because it would cost more time than bytes here.
OF_THE_HANDSHAKE = ("Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol")

Socket = web.WebSocketResponse[bool] | ClientWebSocketResponse[bool]
Closing = tuple[int, str]
SERVICE_LOST: Closing = (WSCloseCode.SERVICE_RESTART, "The service went away.")
CLIENT_LOST: Closing = (WSCloseCode.GOING_AWAY, "The client went away.")
GATEWAY_STOPS: Closing = (WSCloseCode.SERVICE_RESTART, "Parley is stopping.")

OPEN_SOCKETS: web.AppKey[set[web.WebSocketResponse[bool]]] = web.AppKey("OPEN_SOCKETS")


def is_upgrade(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


async def relay(
    request: web.Request, *, session: ClientSession, settings: Settings, service: str, target: str
) -> web.StreamResponse:
    """The service is asked first: what it refuses is refused to the client before anything was upgraded."""
    try:
        upstream = await session.ws_connect(
            URL(settings.services[service] + target, encoded=True),
            headers=_handshake_headers(request, settings),
            protocols=_offered_protocols(request),
            autoping=False,
            decode_text=False,
            max_msg_size=MAX_FRAME_BYTES,
            timeout=ClientWSTimeout(ws_close=CLOSE_TIMEOUT_SECONDS),
        )
    except WSServerHandshakeError as refusal:
        return _refused(request, service, refusal.status)
    except (ClientError, TimeoutError):
        return service_unavailable(request, service)
    async with upstream:
        client: web.WebSocketResponse[bool] = web.WebSocketResponse(
            autoping=False,
            compress=False,
            decode_text=False,
            max_msg_size=MAX_FRAME_BYTES,
            protocols=[upstream.protocol] if upstream.protocol else [],
            timeout=CLOSE_TIMEOUT_SECONDS,
        )
        await client.prepare(request)
        request.app[OPEN_SOCKETS].add(client)
        conversation = asyncio.create_task(_relay_both_ways(client, upstream))
        try:
            # The server cancels us as soon as the client is gone; the service must still be told why.
            await asyncio.shield(conversation)
        except asyncio.CancelledError:
            await conversation
            raise
        finally:
            request.app[OPEN_SOCKETS].discard(client)
    return client


async def close_open_sockets(app: web.Application) -> None:
    """Tell the browsers why they are disconnected, so that they come back instead of reporting an error."""
    code, reason = GATEWAY_STOPS
    sockets = app[OPEN_SOCKETS].copy()
    await asyncio.gather(
        *(socket.close(code=code, message=reason.encode()) for socket in sockets), return_exceptions=True
    )


def _handshake_headers(request: web.Request, settings: Settings) -> CIMultiDict[str]:
    headers = request_headers(request, settings=settings)
    for name in OF_THE_HANDSHAKE:
        headers.popall(name, None)
    return headers


def _offered_protocols(request: web.Request) -> list[str]:
    offered = ",".join(request.headers.getall("Sec-WebSocket-Protocol", []))
    return [protocol.strip() for protocol in offered.split(",") if protocol.strip()]


def _refused(request: web.Request, service: str, status: int) -> web.Response:
    if not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return service_unavailable(request, service)
    detail = "The service does not open a WebSocket for this request."
    return problem(request, HTTPStatus(status), code="websocket_refused", detail=detail)


async def _relay_both_ways(client: web.WebSocketResponse[bool], upstream: ClientWebSocketResponse[bool]) -> None:
    from_client = asyncio.create_task(_pump(client, upstream, lost=CLIENT_LOST))
    from_service = asyncio.create_task(_pump(upstream, client, lost=SERVICE_LOST))
    try:
        await asyncio.wait({from_client, from_service}, return_when=asyncio.FIRST_COMPLETED)
        # The side that has said goodbye knows the reason; the other side is told the same one.
        said_goodbye, other = (from_service, client) if from_service.done() else (from_client, upstream)
        code, reason = said_goodbye.result()
        await other.close(code=code, message=reason.encode())
    finally:
        from_client.cancel()
        from_service.cancel()


async def _pump(source: Socket, sink: Socket, *, lost: Closing) -> Closing:
    """Pass frames on until the source closes; each send waits until the sink has room, so nothing piles up."""
    while True:
        message = await source.receive()
        if message.type in RELAYED:
            try:
                await sink.send_frame(message.data, message.type)
            except ConnectionError:
                return lost
        elif message.type is WSMsgType.CLOSE:
            return message.data or WSCloseCode.OK, message.extra or ""
        elif message.type is WSMsgType.ERROR and isinstance(message.data, WebSocketError):
            return message.data.code, str(message.data)
        else:
            return lost
