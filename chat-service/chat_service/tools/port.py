"""What the turn engine asks of a tool, and the way in which one can fail."""

import re
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chat_service.providers.port import OfferedTool
from service_kit.auth import Scope

TIMEOUT_SECONDS: Final = 20.0
# What PostgreSQL cannot store and UTF-8 cannot say.
UNSAYABLE = re.compile("[\x00\ud800-\udfff]")


class ToolFailed(Exception):
    """A tool could not do what it was asked; the message is read by the model and by people, so it holds no secrets."""


class Tool(Protocol):
    """Something that the service does for a model."""

    @property
    def offered(self) -> OfferedTool:
        """What a model is told of it."""
        ...

    @property
    def timeout_seconds(self) -> float:
        """How long it may take."""
        ...

    async def run(self, arguments: dict[str, Any], *, caller: Scope) -> str:
        """Do it for this caller and return what the model is told; raises ToolFailed."""
        ...


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What came of a call: the text that the model is told, good or bad."""

    result: str
    is_failed: bool = False


def sayable(text: str) -> str:
    """Return a text without the characters that cannot be stored."""
    return UNSAYABLE.sub("", text)
