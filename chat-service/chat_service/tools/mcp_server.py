"""An MCP server whose tools are offered: one task connects to it, watches over it, and connects again when it dies."""

import asyncio
import random
from typing import Any, Final

from chat_service.providers.port import OfferedTool
from chat_service.tools.configuration import ServerConfiguration
from chat_service.tools.mcp_connection import Connection, connected
from chat_service.tools.mcp_results import offered_as
from chat_service.tools.names import offered_names
from chat_service.tools.port import ToolFailed
from service_kit.auth import Scope
from service_kit.logs import get_logger

# How soon tools that a server has learned are offered.
LOOK_SECONDS: Final = 30.0
# Calls that fail one after the other make for one look, not for as many.
REST_SECONDS: Final = 0.5
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
# Who dies sooner than this after connecting is not connected to without a pause that grows.
STEADY_SECONDS: Final = 60.0

log = get_logger(__name__)


class McpTool:
    """One tool of a server, under the name by which models know it."""

    def __init__(self, server: "McpServer", name: str, offered: OfferedTool, *, timeout_seconds: float) -> None:
        self.offered = offered
        self.timeout_seconds = timeout_seconds
        self._server = server
        self._name = name

    async def run(self, arguments: dict[str, Any], *, caller: Scope) -> str:
        """Have the server run it. The server does not learn who is asking."""
        return await self._server.call(self._name, arguments)


class McpServer:
    """One configured server; `tools` are those it listed last, also while it is away."""

    def __init__(
        self,
        configuration: ServerConfiguration,
        *,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self.name = configuration.name
        self.tools: tuple[McpTool, ...] = ()
        self._configuration = configuration
        self._first_pause_seconds = first_pause_seconds
        self._look_seconds = look_seconds
        self._connection: Connection | None = None
        self._is_known_to_be_away = False

    @property
    def is_available(self) -> bool:
        """Whether its tools can be called now."""
        return self._connection is not None and not self._connection.news.has_ended

    async def call(self, tool: str, arguments: dict[str, Any]) -> str:
        """Call a tool of the server; raises ToolFailed, at once when the server is away."""
        connection = self._connection
        if connection is None:
            raise ToolFailed(f"The server {self.name} cannot be reached right now.")
        return await connection.call(tool, arguments)

    async def supervise(self) -> None:
        """Stay connected until cancelled."""
        attempts = 0
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                async with connected(self._configuration) as connection:
                    await self._watch(connection)
            except Exception as error:  # noqa: BLE001 - whatever a server does, it is only away.
                self._tell_that_it_is_away(error)
            finally:
                self._connection = None
            # The SDK may turn a cancellation that met a broken connection into an error of its own.
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError
            attempts = 0 if clock() - began > STEADY_SECONDS else attempts + 1
            await asyncio.sleep(self._pause_seconds(attempts))

    async def _watch(self, connection: Connection) -> None:
        while not connection.news.has_ended:
            self._take_up(await connection.list_tools(), connection)
            await connection.news.wait(seconds=self._look_seconds)
            await asyncio.sleep(0 if connection.news.has_ended else REST_SECONDS)
        raise ConnectionResetError

    def _take_up(self, listed: list[Any], connection: Connection) -> None:
        wanted = self._configuration.tools
        by_name = {tool.name: tool for tool in listed if wanted is None or tool.name in wanted}
        names = offered_names(self.name, by_name)
        offered = {original: offered_as(name, by_name[original]) for name, original in sorted(names.items())}
        before = {tool.offered.name for tool in self.tools}
        seconds = self._configuration.timeout_seconds
        self.tools = tuple(
            McpTool(self, original, tool, timeout_seconds=seconds)
            for original, tool in offered.items()
            if tool is not None
        )
        if self._connection is None or before != {tool.offered.name for tool in self.tools}:
            left_out = len(listed) - len(self.tools)
            log.info("tool_server_connected", server=self.name, tools=len(self.tools), left_out=left_out)
        self._connection = connection
        self._is_known_to_be_away = False

    def _tell_that_it_is_away(self, error: Exception) -> None:
        # Told once, not at every attempt for as long as the server is down; its own words may quote messages.
        if not self._is_known_to_be_away:
            log.warning("tool_server_away", server=self.name, error=_name_of(error))
        self._is_known_to_be_away = True

    def _pause_seconds(self, attempts: int) -> float:
        longest = min(LONGEST_PAUSE_SECONDS, self._first_pause_seconds * 2.0 ** min(attempts, 16))
        return random.uniform(longest / 2, longest)


def _name_of(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
