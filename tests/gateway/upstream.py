"""A service behind the gateway whose answers the test chooses, and which remembers what reached it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import WSMsgType, web

WAIT_SECONDS = 10.0
T = TypeVar("T")


@dataclass
class Upstream:
    """A service whose answers the test chooses, and which remembers what reached it."""

    seen: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    closed_with: asyncio.Future[int] | None = None
    say: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    address: str = ""

    def application(self) -> web.Application:
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_get("/stream", self._stream)
        app.router.add_get("/ws", self._socket)
        app.router.add_get("/moved", self._moved)
        app.router.add_route("*", "/{path:.*}", self._echo)
        return app

    async def _echo(self, request: web.Request) -> web.Response:
        self.seen.append(request)
        self.bodies.append(await request.read())
        answer = web.json_response({"path": request.raw_path}, headers={"Server": "secret/1", "Keep-Alive": "9"})
        answer.headers.add("Set-Cookie", "a=1; Path=/")
        answer.headers.add("Set-Cookie", "b=2; Path=/")
        return answer

    async def _moved(self, request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": f"{self.address}/elsewhere/?q=1"})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        try:
            while (piece := await self.say.get()) is not None:
                if piece == b"break off":
                    assert request.transport is not None
                    request.transport.abort()
                    return answer
                await answer.write(piece)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return answer

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        if request.query.get("refuse"):
            return web.Response(status=403)
        socket = web.WebSocketResponse(protocols=["chat.v1"])
        await socket.prepare(request)
        self.closed_with = asyncio.get_running_loop().create_future()
        try:
            async for message in socket:
                if message.type is WSMsgType.BINARY:
                    await socket.send_bytes(message.data)
                elif message.data.startswith("close "):
                    await socket.close(code=int(message.data.removeprefix("close ")), message=b"because")
                elif message.data == "die":
                    assert request.transport is not None
                    request.transport.abort()
                else:
                    await socket.send_str(message.data)
        finally:
            # Also when the connection broke: without a goodbye there is no code, which is written as 1006.
            self.closed_with.set_result(socket.close_code or 1006)
        return socket


async def within(awaitable: Awaitable[T]) -> T:
    """Whatever a test waits for has to happen; the limit only keeps a failure short."""
    return await asyncio.wait_for(awaitable, WAIT_SECONDS)
