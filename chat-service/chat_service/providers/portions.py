"""The body of a provider's answer as it comes, with our names for what can go wrong on the way."""

import ssl
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Any

from chat_service.patience import Patience
from chat_service.providers.port import ProviderCut, ProviderError, ProviderMalformed, ProviderTimedOut

if TYPE_CHECKING:
    import aiohttp
    from httpx2 import Response


class Portions:
    """Reads one body, portion by portion.

    The SDK hands every portion through five iterators, which together cost more than our decoder. So the stream of its
    transport is read itself where it can be reached, and the SDK's iterators where it cannot.
    """

    def __init__(self, response: "Response", held: AsyncExitStack, patience: Patience) -> None:
        self._response = response
        self._held = held
        self._patience = patience
        self._content = content_of(response)
        self._iterator: Any = None

    async def read(self) -> bytes:
        """Return the next portion, or nothing at the end; raises ProviderError."""
        try:
            if self._content is not None:
                # What is there already needs neither a timer nor a turn of the loop.
                return self._content.read_nowait(-1) or await self._patience.wait(self._content.readany())
            return await self._patience.wait(anext(await self._iterated(), b""))
        except Exception as error:
            name = name_of(error)
            if name is None:
                raise
            raise name from None

    async def read_whole(self, *, limit: int) -> bytes:
        """Return the whole body; raises ProviderMalformed when it is longer than the limit."""
        body = bytearray()
        while portion := await self.read():
            body += portion
            if len(body) > limit:
                raise ProviderMalformed
        return bytes(body)

    async def drain(self) -> None:
        """Read to the end, so that the connection can be used again; gives up without a word."""
        try:
            while await self.read():
                pass
        except ProviderError:
            pass

    async def _iterated(self) -> Any:
        if self._iterator is None:
            self._iterator = self._response.aiter_bytes()
            await self._held.enter_async_context(aclosing(self._iterator))
        return self._iterator


def content_of(response: "Response") -> "aiohttp.StreamReader | None":
    """Return the stream of the transport behind an answer, or None for an encoded body or another transport."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return None
    within = getattr(response.stream, "_stream", None)
    content: aiohttp.StreamReader | None = getattr(getattr(within, "_aiohttp_response", None), "content", None)
    return content


def name_of(error: Exception) -> ProviderError | None:
    """Return our name for what went wrong while reading, or None when it is none of the network's faults."""
    import aiohttp
    import httpx2

    if is_timeout(error):
        return ProviderTimedOut()
    if isinstance(error, httpx2.DecodingError):
        return ProviderMalformed()
    if isinstance(error, httpx2.TransportError | aiohttp.ClientError | ssl.SSLError | ConnectionError):
        return ProviderCut()
    return None


def is_timeout(error: BaseException | None) -> bool:
    """Tell whether time ran out, by the first cause: the SDK's transport calls refused connections timeouts as well."""
    while error is not None:
        if isinstance(error, TimeoutError):
            return True
        error = error.__cause__
    return False
