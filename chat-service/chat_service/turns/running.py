"""A turn at work in this process."""

import asyncio
from dataclasses import dataclass

from chat_service.turns.draft import Draft


@dataclass(slots=True)
class RunningTurn:
    """A draft and the task that writes it; whoever first makes it end decides how."""

    draft: Draft
    task: asyncio.Task[None] | None = None
    has_begun: bool = False
    is_cancelled: bool = False
    is_stop_asked: bool = False
    is_ending: bool = False

    def stop(self) -> None:
        """End it as its reader wished."""
        if not self.is_ending:
            self.is_stop_asked = True
            self.cancel()

    def cancel(self) -> None:
        """Stop listening to the model; what was said so far is then stored."""
        if self.is_ending or self.is_cancelled:
            return
        self.is_cancelled = True
        # A task that is cancelled before its first step would end without storing anything; it looks by itself then.
        if self.task is not None and self.has_begun:
            self.task.cancel()
