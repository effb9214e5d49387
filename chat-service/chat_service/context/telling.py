"""Telling: a model says a summary, and what came of it is noted, whatever happens."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from chat_service.context.transcript import SUMMARY_MAX_CHARS
from chat_service.providers.catalog import Model
from chat_service.providers.port import Delta, ModelCall, Piece, ProviderError, ProviderTimedOut, Reasoning, Usage
from chat_service.turns.rules import INTERNAL_CODE
from service_kit.contracts.events import Outcome, UsageSource
from service_kit.logs import get_logger

# A person waits for the answer meanwhile.
SUMMARY_SECONDS: Final = 30.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SummaryWanted:
    """A summary to be made: what to send for it, and which message it will end at."""

    call: ModelCall
    input_tokens: int
    last_message_id: UUID


@dataclass(slots=True)
class Telling:
    """A summary while a model tells it."""

    outcome: Outcome = "finished"
    error_code: str | None = None
    usage: Usage | None = None
    time_to_first_token_ms: int | None = None
    duration_ms: int = 0
    text: str = ""
    thoughts: str = ""
    _started: float = field(default_factory=time.perf_counter)

    def take(self, piece: Piece) -> None:
        """Take what the model says."""
        if isinstance(piece, Usage):
            self.usage = piece
        elif isinstance(piece, Delta | Reasoning):
            if self.time_to_first_token_ms is None:
                self.time_to_first_token_ms = self._elapsed_ms()
            if isinstance(piece, Reasoning):
                self.thoughts += piece.text
            else:
                self.text += piece.text

    @property
    def is_too_long(self) -> bool:
        """Whether the model does not stop."""
        return len(self.text) + len(self.thoughts) > 4 * SUMMARY_MAX_CHARS

    def end(self, outcome: Outcome, error_code: str | None = None) -> None:
        """Note how it ended."""
        self.outcome, self.error_code, self.duration_ms = outcome, error_code, self._elapsed_ms()

    def spent(self, model: Model, *, input_tokens: int) -> tuple[Usage, UsageSource]:
        """Return what the call used; what the provider did not tell is estimated."""
        if self.usage is not None:
            return self.usage, "provider"
        if self.outcome == "failed" and not self.text and not self.thoughts:
            # Refused before a word was said: nobody bills that.
            return Usage(0, 0), "estimated"
        thought = model.count(self.thoughts)
        return Usage(input_tokens, model.count(self.text) + thought, reasoning_tokens=thought), "estimated"

    def _elapsed_ms(self) -> int:
        return round((time.perf_counter() - self._started) * 1000)


async def listen(model: Model, wanted: SummaryWanted, telling: Telling) -> None:
    """Hear a summary; raises nothing but a cancellation."""
    try:
        async with asyncio.timeout(SUMMARY_SECONDS), aclosing(model.provider.stream(wanted.call)) as pieces:
            async for piece in pieces:
                telling.take(piece)
                if telling.is_too_long:
                    break
    except TimeoutError:
        telling.end("failed", ProviderTimedOut.code)
    except ProviderError as error:
        telling.end("failed", error.code)
    except Exception as error:
        log.error("summary_failed", exc_info=error)
        telling.end("failed", INTERNAL_CODE)
    else:
        telling.end("finished")
