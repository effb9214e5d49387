"""HTTP to servers of others: an answer that is not a stream is read up to a size, and no further."""

from collections.abc import AsyncIterator
from typing import Final

import httpx2

MAX_ANSWER_BYTES: Final = 8_388_608


class AnswerTooLarge(httpx2.ReadError):
    """The other side would fill our memory."""


class BoundedTransport(httpx2.AsyncBaseTransport):
    """The usual transport, with an end to what it reads. Streams of events are bounded by whoever reads the events."""

    def __init__(self, inner: httpx2.AsyncBaseTransport | None = None, *, max_bytes: int = MAX_ANSWER_BYTES) -> None:
        self._inner = inner or httpx2.AsyncHTTPTransport()
        self._max_bytes = max_bytes

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass the request on, asking for an answer as it is: a small compressed one may unfold without end."""
        request.headers["Accept-Encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        stream = response.stream
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise AnswerTooLarge("The answer is compressed, which nobody asked for.")
        if isinstance(stream, httpx2.AsyncByteStream) and not _is_event_stream(response):
            response.stream = _BoundedStream(stream, self._max_bytes)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, max_bytes: int) -> None:
        self._stream = stream
        self._left = max_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for portion in self._stream:
            self._left -= len(portion)
            if self._left < 0:
                raise AnswerTooLarge("The answer is too large.")
            yield portion

    async def aclose(self) -> None:
        await self._stream.aclose()


def _is_event_stream(response: httpx2.Response) -> bool:
    kind: str = response.headers.get("content-type", "")
    return kind.lower().startswith("text/event-stream")
