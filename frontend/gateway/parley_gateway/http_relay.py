"""Passes one HTTP request to its service and the answer back, piece by piece as they come, both ways."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import ClientError, ClientResponse, ClientSession, web
from yarl import URL

from parley_gateway.headers import REQUEST_ID, REQUEST_ID_HEADER, answer_headers, request_headers
from parley_gateway.problems import body_too_large, service_unavailable
from parley_gateway.settings import Settings

MAX_BODY_BYTES = 12 * 1024 * 1024
# Nothing but what the client itself sent goes to the service.
NOT_ADDED_BY_US = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class Upload:
    """The body of a request on its way to the service, counted while it passes."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self.is_too_large = (request.content_length or 0) > MAX_BODY_BYTES

    async def pieces(self) -> AsyncIterator[bytes]:
        sent_bytes = 0
        async for piece in self._request.content.iter_any():
            sent_bytes += len(piece)
            if sent_bytes > MAX_BODY_BYTES:
                self.is_too_large = True
                raise ConnectionAbortedError
            yield piece


async def relay(
    request: web.Request, *, session: ClientSession, settings: Settings, service: str, target: str
) -> web.StreamResponse:
    upload = Upload(request)
    if upload.is_too_large:
        return body_too_large(request, limit_bytes=MAX_BODY_BYTES)
    base = settings.services[service]
    try:
        upstream = await session.request(
            request.method,
            # What was judged is what is sent: nothing is decoded, encoded or tidied on the way.
            URL(base + target, encoded=True),
            headers=request_headers(request, settings=settings),
            data=upload.pieces() if request.body_exists else None,
            allow_redirects=False,
            skip_auto_headers=NOT_ADDED_BY_US,
        )
    except (ClientError, TimeoutError):
        if upload.is_too_large:
            return body_too_large(request, limit_bytes=MAX_BODY_BYTES)
        return service_unavailable(request, service)
    # Leaving this block closes the service's connection unless its answer was read to the end, so a client
    # that goes away (which cancels this task) takes the upstream request with it at once.
    async with upstream:
        headers = answer_headers(upstream.headers, service=service, base=base)
        headers.setdefault(REQUEST_ID_HEADER, request[REQUEST_ID])
        return await _pass_back(
            request, upstream, web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=headers)
        )


async def _pass_back(request: web.Request, upstream: ClientResponse, answer: web.StreamResponse) -> web.StreamResponse:
    try:
        await answer.prepare(request)
        async for piece in upstream.content.iter_any():
            await answer.write(piece)
    except ClientError:
        # The service broke off. An orderly end would tell the client that it has everything, so it gets none.
        if request.transport is not None:
            request.transport.close()
    return answer
