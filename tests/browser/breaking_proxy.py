"""A proxy between the browser and the product that breaks what proxies break: sockets, streams, requests that wait."""

from __future__ import annotations

import asyncio
from typing import Literal, Self

from aiohttp import ClientError, ClientSession, WSMsgType, web

Sockets = Literal["passed", "refused", "swallowed"]
Streams = Literal["passed", "held", "refused"]

# Each hop speaks for itself about these.
OF_THE_HOP = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding", "upgrade"})


class BreakingProxy:
    """Listens on a port of its own; what it lets through can be changed at any time."""

    def __init__(self, target: str) -> None:
        self.sockets: Sockets = "passed"
        self.streams: Streams = "passed"
        # A request that takes longer is answered with 504.
        self.longest_wait_seconds: float | None = None
        self.carried: dict[str, int] = {"socket": 0, "stream": 0, "poll": 0}
        self.origin = ""
        self._target = target
        self._open: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(auto_decompress=False)
        app = web.Application(client_max_size=16 * 1_048_576)
        app.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "localhost", 0).start()
        self.origin = f"http://localhost:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._runner is not None
        assert self._session is not None
        await self._runner.cleanup()
        await self._session.close()

    def cut_sockets(self) -> None:
        """Break every open socket off, as a proxy does that is restarted."""
        for task in self._open:
            task.cancel()

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._pass_socket(request)
        return await self._pass_request(request)

    async def _pass_socket(self, request: web.Request) -> web.StreamResponse:
        if self.sockets == "refused":
            return web.Response(status=502)
        client = web.WebSocketResponse(compress=False)
        await client.prepare(request)
        if self.sockets == "swallowed":
            async for _ in client:
                pass
            return client
        assert self._session is not None
        async with self._session.ws_connect(
            self._target + request.path_qs, headers={"Origin": self._target}
        ) as service:
            relay = asyncio.create_task(_relay(client, service))
            self._open.add(relay)
            self.carried["socket"] += 1
            try:
                await asyncio.wait([relay])
            finally:
                relay.cancel()
                self._open.discard(relay)
                # Without a goodbye, and before the other side is told.
                if request.transport is not None:
                    request.transport.abort()
        return client

    async def _pass_request(self, request: web.Request) -> web.StreamResponse:
        is_stream = "text/event-stream" in request.headers.get("Accept", "")
        if is_stream and self.streams == "refused":
            return web.Response(status=403, text="Streams are not allowed here.")
        self._count(request, is_stream=is_stream)
        try:
            async with asyncio.timeout(self.longest_wait_seconds):
                return await self._answer(request, is_held=is_stream and self.streams == "held")
        except TimeoutError:
            return web.Response(status=504)
        except ClientError:
            return web.Response(status=502)

    def _count(self, request: web.Request, *, is_stream: bool) -> None:
        if is_stream:
            self.carried["stream"] += 1
        elif request.path.endswith("/poll"):
            self.carried["poll"] += 1

    async def _answer(self, request: web.Request, *, is_held: bool) -> web.StreamResponse:
        assert self._session is not None
        headers = {name: value for name, value in request.headers.items() if name.lower() not in OF_THE_HOP}
        if "Origin" in headers:
            headers["Origin"] = self._target
        body = await request.read()
        async with self._session.request(
            request.method, self._target + request.path_qs, headers=headers, data=body or None, allow_redirects=False
        ) as answer:
            back = [(name, value) for name, value in answer.headers.items() if name.lower() not in OF_THE_HOP]
            if is_held:
                return web.Response(status=answer.status, headers=back, body=await answer.read())
            response = web.StreamResponse(status=answer.status, headers=back)
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            return response


async def _relay(client: web.WebSocketResponse, service: object) -> None:
    async def pump(source: object, sink: object) -> None:
        async for message in source:  # type: ignore[attr-defined]  # Both ends speak alike and share no type.
            if message.type is WSMsgType.TEXT:
                await sink.send_str(message.data)  # type: ignore[attr-defined]  # As above: no common type.

    pumps = [asyncio.create_task(pump(client, service)), asyncio.create_task(pump(service, client))]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in pumps:
            each.cancel()
