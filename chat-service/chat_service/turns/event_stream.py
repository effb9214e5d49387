"""Server-sent events out: frames encoded by hand, a deadline for readers that stall, an end when the reader leaves."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chat_service.patience import Patience
from chat_service.turns.ear import SlowFollower
from chat_service.turns.log import Entry
from service_kit.fault_points import fault_point

MEDIA_TYPE = "text/event-stream"
SEND_SECONDS = 30.0
KEEP_ALIVE = b": keep-alive\n\n"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """Streams the events of a turn to one follower."""

    media_type = MEDIA_TYPE

    def __init__(self, epoch: str, batches: AsyncIterator[list[Entry]], *, status_code: int = 200) -> None:
        super().__init__(headers=HEADERS, status_code=status_code)
        # The length is not known beforehand.
        del self.headers["content-length"]
        self._prefix = b"id: " + epoch.encode() + b":"
        self._batches = batches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the turn has ended or the reader has left."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await fault_point("stream.opened")
        sending = asyncio.create_task(self._send_all(send))
        leaving = asyncio.create_task(_left(receive))
        await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
        for task in (sending, leaving):
            task.cancel()
        outcomes = await asyncio.gather(sending, leaving, return_exceptions=True)
        failure = outcomes[0]
        # A slow follower's stream just ends: it notices the missing end and resumes where it was.
        if isinstance(failure, Exception) and not isinstance(failure, SlowFollower | TimeoutError | OSError):
            raise failure

    async def _send_all(self, send: Send) -> None:
        patience = Patience(SEND_SECONDS)
        try:
            async for entries in self._batches:
                body = b"".join(map(self._frame, entries)) if entries else KEEP_ALIVE
                patience.renew(SEND_SECONDS)
                await patience.wait(send({"type": "http.response.body", "body": body, "more_body": True}))
        finally:
            patience.end()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _frame(self, entry: Entry) -> bytes:
        return b"%s%d\nevent: %s\ndata: %s\n\n" % (self._prefix, entry.seq, entry.kind.encode(), entry.body)


async def stayed(receive: Receive, work: Coroutine[Any, Any, None]) -> bool:
    """Wait for something as long as the one who asked is there; tells whether they stayed to its end."""
    waiting, leaving = asyncio.create_task(work), asyncio.create_task(_left(receive))
    try:
        await asyncio.wait([waiting, leaving], return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            waiting.result()
        return waiting.done()
    finally:
        for task in (waiting, leaving):
            task.cancel()
        await asyncio.gather(waiting, leaving, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
