"""The draft of a reply: what was said so far, and what it will have cost when it ends now."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from chat_service.providers.port import Usage
from chat_service.providers.pricing import UNPRICED, Cost, cost_of
from chat_service.turns.log import TurnLog
from chat_service.turns.rules import Context
from chat_service.turns.service import BegunTurn, Ending
from service_kit.contracts.events import Outcome, UsageSource


@dataclass(slots=True)
class Draft:
    """The growing reply of one running turn."""

    begun: BegunTurn
    log: TurnLog
    context: Context | None = None
    usage: Usage | None = None
    size_bytes: int = 0
    saved_bytes: int = 0
    _parts: list[str] = field(default_factory=list)
    _started: float = field(default_factory=time.perf_counter)
    _first_delta: float | None = None

    def say(self, text: str) -> None:
        """Add what the model said and let the followers hear it."""
        if self._first_delta is None:
            self._first_delta = time.perf_counter()
        self._parts.append(text)
        self.size_bytes += len(text.encode())
        self.log.append("delta", text=text)

    @property
    def has_spoken(self) -> bool:
        """Whether anything was said."""
        return bool(self._parts)

    @property
    def text(self) -> str:
        """Everything said so far."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def end(self, outcome: Outcome, *, error_code: str | None, at: datetime) -> Ending:
        """Return how the turn ended; usage the provider did not tell is estimated, never taken as zero."""
        text = self.text
        usage, source = self._counted(text, outcome=outcome)
        turn = self.begun.turn
        return Ending(
            outcome=outcome,
            error_code=error_code,
            text=text,
            usage=usage,
            usage_source=source,
            cost=price(self.begun, usage, at=at),
            time_to_first_token_ms=self._milliseconds(self._first_delta),
            duration_ms=self._milliseconds(time.perf_counter()) or 0,
            left_out=self.context.left_out if self.context else 0,
            # The closing event itself comes after what the log holds now.
            last_seq=max(turn.last_seq, self.log.last_seq + 2),
            at=at,
        )

    def _counted(self, text: str, *, outcome: Outcome) -> tuple[Usage, UsageSource]:
        if self.usage is not None:
            return self.usage, "provider"
        if outcome == "failed" and not text:
            # Refused before a word was said: nobody bills that.
            return Usage(0, 0), "estimated"
        asked = self.context.tokens if self.context else 0
        return Usage(input_tokens=asked, output_tokens=self.begun.model.count(text)), "estimated"

    def _milliseconds(self, moment: float | None) -> int | None:
        return None if moment is None else round((moment - self._started) * 1000)


def price(begun: BegunTurn, usage: Usage, *, at: datetime) -> Cost:
    """Return what a turn cost; the demo model is free."""
    if begun.model.is_demo:
        return Cost(0, UNPRICED)
    return cost_of(usage, provider=begun.turn.provider, model=begun.turn.model, at=at)
