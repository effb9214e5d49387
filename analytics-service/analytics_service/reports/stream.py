"""Server-sent events of the live feed: one stream to one viewer, ended by whoever has had enough first."""

import asyncio
import contextlib
from collections.abc import Iterable

from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from analytics_service.reports.live import LiveFeed, View
from analytics_service.reports.schemas import Summary

KEEP_ALIVE_SECONDS = 15.0
FAREWELL_SECONDS = 1.0
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class LiveStream(Response):
    """The stream of one viewer. It ends with the viewer's token, the service, or when the viewer leaves.

    It writes by itself, so that a viewer who stopped reading can be let go: a generator could not be ended in a write.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        feed: LiveFeed,
        view: View,
        first: Summary,
        *,
        lifetime_seconds: float,
        stopping: asyncio.Event,
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
    ) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers(HEADERS)
        self._feed = feed
        self._view = view
        self._first = first
        self._lifetime_seconds = lifetime_seconds
        self._stopping = stopping
        self._keep_alive_seconds = keep_alive_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until somebody has had enough."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        writing = asyncio.create_task(self._write(send))
        leaving = asyncio.create_task(_left(receive))
        ending = asyncio.create_task(self._end())
        tasks = (writing, leaving, ending)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        if ending.done() and not ending.cancelled():
            # A viewer who does not read cannot take the farewell either; the server then closes the connection.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
        if isinstance(results[0], Exception):
            raise results[0]

    async def _write(self, send: Send) -> None:
        async with self._feed.watch(self._view, self._first) as screen:
            seen = screen.seen_by_newcomer()
            while True:
                news = await screen.news(seen, timeout=self._keep_alive_seconds)
                body = encode_frames(news) if news else b": keep-alive\n\n"
                await send({"type": "http.response.body", "body": body, "more_body": True})

    async def _end(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._lifetime_seconds):
                await self._stopping.wait()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def encode_frames(news: Iterable[tuple[str, BaseModel]]) -> bytes:
    """Encode events as SSE frames; their JSON never holds a line break."""
    return b"".join(
        b"event: %s\ndata: %s\n\n" % (kind.encode(), item.model_dump_json(by_alias=True).encode())
        for kind, item in news
    )
