"""How an MCP server is reached, a program or an address; and what the official SDK is kept from doing.

It is kept from logging, because it quotes what servers say, and from reading answers without end. What a program writes
on its standard error goes nowhere, for it may quote messages too.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import httpx2

from chat_service.tools.bounded_http import BoundedTransport
from chat_service.tools.configuration import HttpAddress, ProgramAddress

if TYPE_CHECKING:
    from mcp.client._transport import ReadStream, TransportStreams
    from mcp.shared.message import SessionMessage

HTTP_CONNECT_SECONDS: Final = 10.0
# Between two portions of an answer; how long a call may take in all is the configuration's business.
HTTP_READ_SECONDS: Final = 600.0


def load_sdk() -> None:
    """Import the SDK, which takes about a second, and quieten it."""
    import mcp

    for logger in (mcp.__name__, "client"):
        logging.getLogger(logger).setLevel(logging.CRITICAL + 1)


class News:
    """What is to be looked at: the server may be dead, or nothing more can come from it."""

    def __init__(self) -> None:
        self.has_ended = False
        self._is_there = asyncio.Event()

    def tell(self) -> None:
        """Ask for a look at the server."""
        self._is_there.set()

    def end(self) -> None:
        """Tell that nothing more can come."""
        self.has_ended = True
        self._is_there.set()

    async def wait(self, *, seconds: float) -> None:
        """Wait for news, or so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._is_there.wait()
        except TimeoutError:
            return
        self._is_there.clear()


@asynccontextmanager
async def transport_for(address: ProgramAddress | HttpAddress, news: News) -> AsyncIterator["TransportStreams"]:
    """Reach a server, and tell when nothing more can come: a program that has ended is silent about it."""
    async with _reached(address) as (read, write):
        yield _Watched(read, news.end), write


def _reached(address: ProgramAddress | HttpAddress) -> "AbstractAsyncContextManager[TransportStreams]":
    return _over_http(address) if isinstance(address, HttpAddress) else _of_program(address)


@asynccontextmanager
async def _of_program(address: ProgramAddress) -> AsyncIterator["TransportStreams"]:
    from mcp.client.stdio import StdioServerParameters, stdio_client

    # Besides these variables the program gets PATH, HOME and the like from the SDK, and none of our settings.
    variables = {name: value.get_secret_value() for name, value in address.variables.items()}
    program = StdioServerParameters(command=address.command, args=list(address.args), env=variables)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # noqa: ASYNC230 - opening it waits for nothing.
        async with stdio_client(program, errlog=nowhere) as streams:
            yield streams


@asynccontextmanager
async def _over_http(address: HttpAddress) -> AsyncIterator["TransportStreams"]:
    from mcp.client.streamable_http import streamable_http_client

    headers = {name: value.get_secret_value() for name, value in address.headers.items()}
    limits = httpx2.Timeout(HTTP_CONNECT_SECONDS, read=HTTP_READ_SECONDS)
    async with (
        httpx2.AsyncClient(headers=headers, timeout=limits, transport=BoundedTransport()) as client,
        streamable_http_client(address.url, http_client=client) as streams,
    ):
        yield streams


class _Watched:
    """A stream of what a server says that calls somebody when it has ended."""

    def __init__(self, inner: "ReadStream[SessionMessage | Exception]", on_end: Callable[[], None]) -> None:
        self._inner = inner
        self._on_end = on_end

    @property
    def last_context(self) -> Any:
        """The context in which the last message was sent, where the transport keeps it."""
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> "SessionMessage | Exception":
        return await self._inner.receive()

    async def aclose(self) -> None:
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> "SessionMessage | Exception":
        try:
            return await self._inner.__anext__()
        except Exception:
            self._on_end()
            raise

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._inner.__aexit__(kind, error, trace)
