"""One connection to an MCP server: its tools are listed and called here, through the official SDK.

The SDK ties a connection to the task that opened it, and cancels that task when the connection breaks. So one task
opens and closes it (`mcp_server.py`), and every call is a task of its own: nobody waits for it who no longer wants to.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from chat_service.tools.configuration import ServerConfiguration
from chat_service.tools.mcp_results import as_text
from chat_service.tools.mcp_transport import News, load_sdk, transport_for
from chat_service.tools.port import ToolFailed

if TYPE_CHECKING:
    from mcp import Client
    from mcp_types import CallToolResult
    from mcp_types import Tool as ListedTool

# A program may have to load a lot before it says its first word.
CONNECT_SECONDS: Final = 30.0
MAX_PAGES: Final = 20
MAX_TOOLS: Final = 128


class Connection:
    """A live connection."""

    def __init__(self, configuration: ServerConfiguration, client: "Client", news: News) -> None:
        self.news = news
        self._configuration = configuration
        self._client = client
        self._calls: set[asyncio.Task[CallToolResult]] = set()

    async def list_tools(self) -> list["ListedTool"]:
        """Return what the server lists, page by page up to a bound; raises whatever goes wrong."""
        found: list[ListedTool] = []
        cursor: str | None = None
        async with asyncio.timeout(self._configuration.timeout_seconds):
            for _ in range(MAX_PAGES):
                page = await self._client.list_tools(cursor=cursor)
                found.extend(page.tools)
                cursor = page.next_cursor
                if cursor is None or len(found) >= MAX_TOOLS:
                    break
        return found[:MAX_TOOLS]

    async def call(self, tool: str, arguments: dict[str, Any]) -> str:
        """Call a tool and return what it says; raises ToolFailed. Whoever is cancelled here waits for nothing."""
        calling = asyncio.create_task(self._ask(tool, arguments))
        self._calls.add(calling)
        calling.add_done_callback(self._forget)
        try:
            await asyncio.wait({calling})
        finally:
            calling.cancel()
        result = self._result_of(calling)
        if result.is_error:
            raise ToolFailed(as_text(result) or "The tool failed and did not say why.")
        return as_text(result)

    async def end_calls(self) -> None:
        """End the calls that still wait for an answer."""
        waiting = list(self._calls)
        for calling in waiting:
            calling.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _ask(self, tool: str, arguments: dict[str, Any]) -> "CallToolResult":
        from mcp_types import CallToolRequest, CallToolRequestParams, CallToolResult

        # Not `call_tool`, which would check the result against the server's schema, with its regular expressions.
        request = CallToolRequest(params=CallToolRequestParams(name=tool, arguments=arguments))
        return await self._client.session.send_request(request, CallToolResult)

    def _result_of(self, calling: "asyncio.Task[CallToolResult]") -> "CallToolResult":
        from mcp import MCPError
        from mcp_types import INVALID_PARAMS

        gone = ToolFailed(f"The server {self._configuration.name} cannot be reached right now.")
        if calling.cancelled():
            raise gone
        error = calling.exception()
        if error is None:
            return calling.result()
        # The arguments may be at fault, and then the server says how; anything else may mean that it is dead.
        if isinstance(error, MCPError) and error.code == INVALID_PARAMS:
            raise ToolFailed(f"The tool refused the arguments: {error.message}")
        self.news.tell()
        raise gone

    def _forget(self, calling: "asyncio.Task[CallToolResult]") -> None:
        self._calls.discard(calling)
        if not calling.cancelled():
            # Looked at, so that nobody is told of an error that came after its caller had gone.
            calling.exception()


@asynccontextmanager
async def connected(configuration: ServerConfiguration) -> AsyncIterator[Connection]:
    """Hold a connection open; raises whatever goes wrong while it is opened or held."""
    await asyncio.to_thread(load_sdk)
    from mcp import Client
    from mcp_types import Implementation

    news = News()
    async with AsyncExitStack() as stack:
        client = Client(
            transport_for(configuration.address, news),
            client_info=Implementation(name="parley", version="1"),
            cache=None,
        )
        connection = Connection(configuration, client, news)
        # Entered first and so left last, when every call has already heard that the connection is closed.
        stack.push_async_callback(connection.end_calls)
        async with asyncio.timeout(CONNECT_SECONDS):
            await stack.enter_async_context(client)
        yield connection
