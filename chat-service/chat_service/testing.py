"""Test doubles of chat-service: a provider that says what it is told to, at the moment it is told to."""

import asyncio
from collections.abc import AsyncGenerator

from chat_service.providers.port import Delta, Finish, ModelCall, Piece, ProviderError, Usage

Step = Piece | ProviderError | Exception | asyncio.Event


class ScriptedProvider:
    """Plays one script a call, in the order they were given; an Event in a script is waited for."""

    name = "scripted"

    def __init__(self) -> None:
        self.calls: list[ModelCall] = []
        self.cancelled = 0
        self._scripts: list[tuple[Step, ...]] = []

    def will_say(self, *words: str, usage: Usage | None = None) -> None:
        """Say these words next and finish properly."""
        told = usage or Usage(input_tokens=10, output_tokens=len(words))
        self.will_play(*(Delta(word) for word in words), Finish("stop"), told)

    def will_play(self, *steps: Step) -> None:
        """Play these steps next; an error is raised when its turn comes."""
        self._scripts.append(steps)

    async def stream(self, call: ModelCall) -> AsyncGenerator[Piece, None]:
        """Play the next script; without one, say `ok`."""
        self.calls.append(call)
        script = self._scripts.pop(0) if self._scripts else (Delta("ok"), Finish("stop"), Usage(1, 1))
        try:
            for step in script:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    await asyncio.sleep(0)
                    yield step
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    async def close(self) -> None:
        """Nothing is held."""
