"""The tools on offer, and the one way to run one: whatever a model asks and a tool does, there is an outcome."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chat_service.providers.port import OfferedTool, ToolCall
from chat_service.settings import ChatSettings
from chat_service.tools import arguments
from chat_service.tools.calculator import Calculator
from chat_service.tools.configuration import BUILT_IN, configured_servers
from chat_service.tools.current_time import CurrentTime
from chat_service.tools.mcp_server import McpServer
from chat_service.tools.port import Tool, ToolFailed, ToolOutcome, sayable
from service_kit.auth import Scope
from service_kit.logs import get_logger
from service_kit.settings import ConfigurationError

MAX_RESULT_BYTES: Final = 32_768
NO_TOOLS: Final = "none"
BUILT_INS: Final = {"calculator": Calculator, "current_time": CurrentTime}

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ListedTool:
    """A tool as people are told of it; one whose server is away is listed and not offered."""

    offered: OfferedTool
    source: str
    is_available: bool


class Toolbox:
    """The service's own tools and those of servers."""

    def __init__(self, tools: Sequence[Tool] = (), servers: Sequence[McpServer] = ()) -> None:
        self._own = {tool.offered.name: tool for tool in tools}
        self._servers = tuple(servers)

    @property
    def offered(self) -> tuple[OfferedTool, ...]:
        """What a model can be offered now. A turn takes it once, at its start."""
        return tuple(listed.offered for listed in self.listed() if listed.is_available)

    def listed(self) -> list[ListedTool]:
        """Return every tool that is known, the service's own first."""
        own = [ListedTool(tool.offered, BUILT_IN, is_available=True) for tool in self._own.values()]
        return own + [
            ListedTool(tool.offered, server.name, server.is_available)
            for server in self._servers
            for tool in server.tools
        ]

    async def run(self, call: ToolCall, *, scope: Scope, timeout_seconds: float | None = None) -> ToolOutcome:
        """Run what a model asked for, for as long as the tool may take unless the caller says otherwise.

        Raises nothing but a cancellation: every failure is an outcome.
        """
        limit = timeout_seconds or 0.0
        try:
            tool = self._find(call.name)
            given = arguments.decoded(call.arguments)
            arguments.check(given, tool.offered.parameters)
            limit = timeout_seconds or tool.timeout_seconds
            async with asyncio.timeout(limit):
                return ToolOutcome(_bounded(await tool.run(given, caller=scope)))
        except ToolFailed as failure:
            return ToolOutcome(_bounded(str(failure)), is_failed=True)
        except TimeoutError:
            return ToolOutcome(f"The tool did not answer within {limit:g} seconds.", is_failed=True)
        except Exception as error:  # noqa: BLE001 - a tool that crashes must not take the turn with it.
            log.error("tool_crashed", tool=call.name[:64], error=type(error).__name__)
            return ToolOutcome("The tool failed.", is_failed=True)

    async def supervise(self) -> None:
        """Stay connected to the servers until cancelled; without servers there is nothing to do."""
        async with asyncio.TaskGroup() as group:
            for server in self._servers:
                group.create_task(server.supervise(), name=f"tool server {server.name}")

    def _find(self, name: str) -> Tool:
        tools = (tool for server in self._servers for tool in server.tools)
        found = self._own.get(name) or next((tool for tool in tools if tool.offered.name == name), None)
        if found is None:
            raise ToolFailed(f"There is no tool called {name[:64]!r}.")
        return found


def _bounded(text: str) -> str:
    """Return what can be stored of a result, and say so where something is missing."""
    whole = sayable(text)
    size_bytes = len(whole.encode())
    if size_bytes <= MAX_RESULT_BYTES:
        return whole
    note = f"\n[Cut off here: the result has {size_bytes} bytes, and at most {MAX_RESULT_BYTES} are kept.]"
    return whole.encode()[: MAX_RESULT_BYTES - len(note.encode())].decode(errors="ignore") + note


def toolbox_for(settings: ChatSettings) -> Toolbox:
    """Return the tools that the settings name; raises ConfigurationError. Nothing is connected to yet."""
    names = [] if settings.tools == NO_TOOLS else [name.strip() for name in settings.tools.split(",") if name.strip()]
    unknown = [name for name in names if name not in BUILT_INS]
    if unknown:
        known = ", ".join([*BUILT_INS, NO_TOOLS])
        raise ConfigurationError(f"TOOLS names {', '.join(unknown)}, but there are only: {known}")
    own: list[Tool] = [BUILT_INS[name]() for name in dict.fromkeys(names)]
    return Toolbox(own, [McpServer(server) for server in configured_servers(settings.tools_file)])
