"""Answers that wait in the middle until a test says go."""

import asyncio
from dataclasses import dataclass, field

from tests.doubles.openai_script import Step, TellUsage, WaitFor, delta, done, finish, role
from tests.doubles.openai_server import Call


@dataclass
class HeldAnswer:
    """Says its beginning, waits, and says the rest."""

    beginning: str = "The beginning, **before the wait**.\n\n"
    rest: str = "And *the rest*, after it."
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def text(self) -> str:
        """All of it."""
        return self.beginning + self.rest

    def __call__(self, call: Call) -> tuple[Step, ...]:
        """Answer a call."""
        return (
            role(),
            *(delta(word) for word in self.beginning.splitlines(keepends=True)),
            WaitFor(self.goes_on),
            *(delta(word) for word in self.rest.splitlines(keepends=True)),
            finish(),
            TellUsage(),
            done(),
        )

    def go_on(self) -> None:
        """Let it say the rest."""
        self.goes_on.set()
