"""A real MCP server, written with the server side of the official SDK: a program, or an application on a socket.

Started as a program it speaks over its standard input and output. `asgi(...)` gives the same server for HTTP.
"""

import asyncio
import os
import sys

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, ImageContent, TextContent
from starlette.types import ASGIApp, Receive, Scope, Send

HUGE_CHARS = 200_000


def server() -> MCPServer:
    """A server whose tools do what tools do, good and bad."""
    made = MCPServer("double")
    _add_good_tools(made)
    _add_bad_tools(made)
    return made


def _add_good_tools(made: MCPServer) -> None:
    @made.tool(description="Says what it is told.")
    async def echo(text: str) -> str:
        return text

    @made.tool(name="search.web", description="Has a name that the OpenAI protocol does not allow.")
    async def search_web(query: str, limit: int = 3) -> str:
        return f"{limit} results for {query}"

    @made.tool(description="Tells a variable of its environment.")
    async def variable(name: str) -> str:
        return os.environ.get(name, "not set")

    @made.tool(description="Tells its process id.")
    async def process() -> str:
        return str(os.getpid())

    @made.tool(description="Answers with a picture and a text with a NUL in it.", structured_output=False)
    async def picture() -> CallToolResult:
        return CallToolResult(content=[ImageContent(data="AAAA", mime_type="image/png"), TextContent(text="a\x00b")])

    @made.tool(description="Offers a tool that was not there before.")
    async def learn() -> str:
        made.add_tool(_news, name="news", description="Was learned a moment ago.")
        return "learned"


def _add_bad_tools(made: MCPServer) -> None:
    @made.tool(description="Never answers.")
    async def hang() -> str:
        await asyncio.Event().wait()
        return "never"

    @made.tool(description="Says far too much.")
    async def huge() -> str:
        return "x" * HUGE_CHARS

    @made.tool(description="Fails and says why.")
    async def fail() -> str:
        raise ToolError("The shelf is empty.")

    @made.tool(description="Takes the whole server with it.")
    async def die() -> str:
        os._exit(1)


async def _news() -> str:
    return "new"


class RecordedHeaders:
    """The application, with the headers of every request that reached it."""

    def __init__(self, app: ASGIApp) -> None:
        self.headers: list[dict[str, str]] = []
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
        await self._app(scope, receive, send)


def asgi(*, json_response: bool = False) -> RecordedHeaders:
    """The server for HTTP, at `/mcp`."""
    return RecordedHeaders(server().streamable_http_app(json_response=json_response))


if __name__ == "__main__":
    if sys.argv[1:] == ["--deaf"]:
        # A program that runs and never says a word.
        asyncio.run(asyncio.Event().wait())
    server().run()
