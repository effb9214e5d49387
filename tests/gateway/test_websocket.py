"""WebSockets through the gateway: frames, handshakes, and how each side learns that the other is gone."""

from __future__ import annotations

from contextlib import suppress
from socket import SHUT_RDWR

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError
from aiohttp.client_ws import ClientWebSocketResponse
from tests.gateway.upstream import Upstream, within

from parley_gateway.websocket_relay import MAX_FRAME_BYTES

PATH = "/api/chat/ws"


async def ends_with(socket: ClientWebSocketResponse) -> tuple[int, str | None]:
    message = await within(socket.receive())
    assert message.type is WSMsgType.CLOSE
    return message.data, message.extra


def abort(socket: ClientWebSocketResponse) -> None:
    raw = socket.get_extra_info("socket")
    assert raw is not None
    raw.shutdown(SHUT_RDWR)


async def test_frames_pass_both_ways_in_order(gateway: str, client: ClientSession, upstream: Upstream) -> None:
    async with client.ws_connect(f"{gateway}{PATH}") as socket:
        await socket.send_str("grüße")
        await socket.send_bytes(b"\x00\xff")
        await socket.send_str("x" * 200_000)
        assert await within(socket.receive_str()) == "grüße"
        assert await within(socket.receive_bytes()) == b"\x00\xff"
        assert await within(socket.receive_str()) == "x" * 200_000


async def test_origin_cookie_and_subprotocol_reach_the_service(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    headers = {"Cookie": "a=1", "X-Forwarded-For": "6.6.6.6"}
    async with client.ws_connect(
        f"{gateway}{PATH}?x=1", origin="http://localhost:3000", headers=headers, protocols=["other", "chat.v1"]
    ) as socket:
        assert socket.protocol == "chat.v1"
    told = upstream.seen[0].headers
    assert (told["Origin"], told["Cookie"], told["X-Forwarded-For"]) == ("http://localhost:3000", "a=1", "127.0.0.1")
    assert upstream.seen[0].query_string == "x=1"
    assert "Sec-WebSocket-Extensions" not in told


@pytest.mark.parametrize("code", [1000, 1012, 4401, 4408])
async def test_the_service_s_close_code_reaches_the_client(gateway: str, client: ClientSession, code: int) -> None:
    async with client.ws_connect(f"{gateway}{PATH}", autoclose=False) as socket:
        await socket.send_str(f"close {code}")
        assert await ends_with(socket) == (code, "because")


async def test_the_client_s_close_code_reaches_the_service(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    async with client.ws_connect(f"{gateway}{PATH}") as socket:
        await socket.close(code=4000)
    assert upstream.closed_with is not None
    assert await within(upstream.closed_with) == 4000


async def test_a_client_that_vanishes_is_not_kept_at_the_service(gateway: str, upstream: Upstream) -> None:
    async with ClientSession() as client:
        socket = await client.ws_connect(f"{gateway}{PATH}")
        await socket.send_str("here")
        await within(socket.receive_str())
        # Leaving without a goodbye, as a browser does that is killed or loses its network.
        abort(socket)
    assert upstream.closed_with is not None
    assert await within(upstream.closed_with) in {1001, 1006}


async def test_a_service_that_dies_is_a_restart_for_the_client(own_gateway: str, client: ClientSession) -> None:
    async with client.ws_connect(f"{own_gateway}{PATH}", autoclose=False) as socket:
        await socket.send_str("die")
        assert await ends_with(socket) == (1012, "The service went away.")


async def test_a_refused_handshake_keeps_its_status(gateway: str, client: ClientSession) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await client.ws_connect(f"{gateway}{PATH}?refuse=1")
    assert refusal.value.status == 403


async def test_a_service_that_is_down_refuses_the_handshake(gateway: str, client: ClientSession) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await client.ws_connect(f"{gateway}/api/analytics/ws")
    assert refusal.value.status == 503


async def test_private_paths_are_no_sockets_either(gateway: str, client: ClientSession, upstream: Upstream) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await client.ws_connect(f"{gateway}/api/chat/internal/ws")
    assert (refusal.value.status, upstream.seen) == (404, [])


async def test_a_frame_beyond_the_limit_closes_both_sides(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    async with client.ws_connect(f"{gateway}{PATH}") as socket:
        with suppress(ConnectionError):
            await socket.send_bytes(bytes(MAX_FRAME_BYTES + 1))
        message = await within(socket.receive())
        assert message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR}
    assert upstream.closed_with is not None
    assert await within(upstream.closed_with) in {1006, 1009}


async def test_pings_are_answered_by_the_service_itself(gateway: str, client: ClientSession) -> None:
    async with client.ws_connect(f"{gateway}{PATH}", autoping=False) as socket:
        await socket.ping(b"are you there")
        pong = await within(socket.receive())
    assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"are you there")
