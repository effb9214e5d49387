"""What a model is told to do in a generated turn, and a provider that plays it to whoever asks with its tag."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field

from chat_service.providers.catalog import Capability, Catalog, Model
from chat_service.providers.port import Delta, Finish, ModelCall, Piece, ProviderError, Usage

TAG = "§"


@dataclass(frozen=True)
class Yields:
    """Let everybody else of this process move so many times."""

    times: int


@dataclass(frozen=True)
class Hangs:
    """Say nothing any more, until the turn is stopped."""


Step = Piece | Yields | Hangs | ProviderError
Script = tuple[Step, ...]


@dataclass
class Play:
    """The scripts of one question, one for each call to a model, and what was truly said."""

    scripts: deque[Script]
    said: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.said)


class Theatre:
    """The plays of all questions. The question carries its tag, so that any number of turns run at once."""

    def __init__(self) -> None:
        self._plays: dict[str, Play] = {}
        tools: frozenset[Capability] = frozenset({"tools"})
        first, second = Actor(self, "scripted-a"), Actor(self, "scripted-b")
        self.catalog = Catalog(
            [
                Model("first", first, 8_000, capabilities=tools, fallbacks=("second", "third")),
                Model("second", second, 8_000, capabilities=tools),
                Model("third", second, 8_000),
            ]
        )

    def announce(self, content: str, scripts: Iterable[Script]) -> Play:
        """Play these scripts, one a call, to whoever asks this question next."""
        play = self._plays[content] = Play(deque(scripts))
        return play

    def play_of(self, call: ModelCall) -> Play:
        """Return the play of a call."""
        asked = next(each.content for each in reversed(call.messages) if each.content.startswith(TAG))
        return self._plays[asked]


class Actor:
    """A provider that plays what the theatre announced."""

    def __init__(self, theatre: Theatre, name: str) -> None:
        self.name = name
        self._theatre = theatre

    async def stream(self, call: ModelCall) -> AsyncGenerator[Piece, None]:
        """Play the next script of the question; without one, say `ok`."""
        play = self._theatre.play_of(call)
        for step in play.scripts.popleft() if play.scripts else (Delta("ok"), Finish("stop"), Usage(1, 1)):
            match step:
                case Yields(times):
                    for _ in range(times):
                        await asyncio.sleep(0)
                case Hangs():
                    await asyncio.Event().wait()
                case Exception():
                    raise step
                case _:
                    if isinstance(step, Delta):
                        play.said.append(step.text)
                    yield step

    async def close(self) -> None:
        """Nothing is held."""
