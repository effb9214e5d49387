"""A toolbox that is connected to one real MCP server, over each of the ways to reach one."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from tests.doubles import mcp_server
from tests.service_kit.patience import until

from chat_service.providers.port import ToolCall
from chat_service.tools.configuration import HttpAddress, ProgramAddress, ServerConfiguration
from chat_service.tools.mcp_server import McpServer
from chat_service.tools.port import ToolOutcome
from chat_service.tools.toolbox import Toolbox
from service_kit.auth import Scope

CALLER = Scope(uuid4(), uuid4())
PROGRAM = Path(mcp_server.__file__)


@dataclass
class Connected:
    """A supervised server called `double` and the toolbox that offers it."""

    server: McpServer
    toolbox: Toolbox
    supervisor: "asyncio.Task[None]"

    @property
    def names(self) -> set[str]:
        return {tool.name for tool in self.toolbox.offered}

    async def call(self, tool: str, arguments: str = "{}", **how: Any) -> ToolOutcome:
        return await self.toolbox.run(ToolCall("1", f"double__{tool}", arguments), scope=CALLER, **how)

    async def until_available(self, *, is_so: bool = True) -> None:
        await until(lambda: self.server.is_available is is_so)


@asynccontextmanager
async def supervised(configuration: ServerConfiguration, *, look_seconds: float = 30.0) -> AsyncIterator[Connected]:
    server = McpServer(configuration, first_pause_seconds=0.02, look_seconds=look_seconds)
    toolbox = Toolbox(servers=[server])
    supervisor = asyncio.create_task(toolbox.supervise())
    try:
        yield Connected(server, toolbox, supervisor)
    finally:
        supervisor.cancel()
        await asyncio.gather(supervisor, return_exceptions=True)


def program(*arguments: str, **wish: Any) -> ServerConfiguration:
    address = ProgramAddress(
        command=sys.executable, args=(str(PROGRAM), *arguments), variables=wish.pop("variables", {})
    )
    return ServerConfiguration(name="double", address=address, **wish)


def address(port: int, **wish: Any) -> ServerConfiguration:
    url = f"http://127.0.0.1:{port}/mcp"
    return ServerConfiguration(name="double", address=HttpAddress(url=url, headers=wish.pop("headers", {})), **wish)


class HttpServer:
    """The double on a port of its own, which it keeps when it is stopped and started again."""

    def __init__(self, *, json_response: bool = False) -> None:
        self.app = mcp_server.asgi(json_response=json_response)
        self._json_response = json_response
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        # An application of the SDK lives once.
        self.app = mcp_server.asgi(json_response=self._json_response)
        config = uvicorn.Config(
            self.app, host="127.0.0.1", port=self.port, log_config=None, access_log=False, timeout_graceful_shutdown=0
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        try:
            await until(lambda: server.started)
            yield
        finally:
            server.should_exit = True
            await task
