"""The draft of a reply: what was said so far, and what it will have cost when it ends now."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from chat_service.context.rules import Context
from chat_service.conversations.schemas import Fallback, ToolStep
from chat_service.providers.catalog import Model
from chat_service.providers.port import Usage
from chat_service.tools.rounds import settled
from chat_service.turns.asking import BegunTurn
from chat_service.turns.ending import Ending, Said, Spent
from chat_service.turns.log import TurnLog
from service_kit.contracts.events import Outcome, UsageSource
from service_kit.json_body import decode_json, encode_json

URGENT_BYTES = 2_048
NOTHING = Usage(0, 0)


@dataclass(slots=True)
class Draft:
    """The growing reply of one running turn. It may begin with the text that it continues."""

    begun: BegunTurn
    log: TurnLog
    on_growth: Callable[[], None]
    model: Model
    context: Context | None = None
    usage: Usage | None = None
    finish_reason: str | None = None
    has_spoken_in_call: bool = False
    steps: list[ToolStep] = field(default_factory=list)
    fallbacks: list[Fallback] = field(default_factory=list)
    size_bytes: int = 0
    saved_bytes: int = 0
    counted: Usage = NOTHING
    counted_chars: int = 0
    _parts: list[str] = field(default_factory=list)
    _thoughts: list[str] = field(default_factory=list)
    _thoughts_in_call: list[str] = field(default_factory=list)
    _started: float = field(default_factory=time.perf_counter)
    _call_started: float = field(default_factory=time.perf_counter)
    _first_delta: float | None = None

    @classmethod
    def of(cls, begun: BegunTurn, log: TurnLog, *, on_growth: Callable[[], None]) -> "Draft":
        """Begin the draft of a turn."""
        draft = cls(begun, log, on_growth, begun.model, counted_chars=begun.turn.counted_chars)
        if begun.reply.content:
            draft._parts.append(begun.reply.content)
            draft.size_bytes = draft.saved_bytes = len(begun.reply.content.encode())
        if begun.reply.reasoning:
            draft._thoughts.append(begun.reply.reasoning)
        draft.steps.extend(ToolStep.model_validate(step) for step in decode_json(begun.reply.steps))
        return draft

    def say(self, text: str) -> None:
        """Add what the model said and let the followers hear it."""
        if self._first_delta is None:
            self._first_delta = time.perf_counter()
        self.has_spoken_in_call = True
        self._parts.append(text)
        self.log.append("delta", text=text)
        self._grow(len(text.encode()))

    def think(self, text: str) -> None:
        """Add what the model thought."""
        self.has_spoken_in_call = True
        self._thoughts.append(text)
        self._thoughts_in_call.append(text)
        self.log.append("reasoning", text=text)
        self._grow(len(text.encode()))

    def step(self, step: ToolStep) -> None:
        """Note how a tool stands."""
        places = [place for place, known in enumerate(self.steps) if known.call_id == step.call_id]
        if places:
            self.steps[places[0]] = step
        else:
            self.steps.append(step)
        told = step.model_dump()
        self.log.append("tool", step=told)
        self._grow(len(encode_json(told)))

    def fall_back(self, code: str, following: Model) -> None:
        """Note that a model failed before its first word, and which one is asked instead."""
        failed = Fallback(model=self.model.name, provider=self.model.provider.name, code=code)
        self.fallbacks.append(failed)
        self.model = following
        self.log.append("fallback", failed=failed.model_dump(), model=following.name, provider=following.provider.name)
        self._grow(URGENT_BYTES)

    def begin_call(self, context: Context) -> None:
        """Begin another call to a model; what was said before it is counted already."""
        self.context = context
        self.usage = None
        self.finish_reason = None
        self.has_spoken_in_call = False
        self._thoughts_in_call.clear()
        self._call_started = time.perf_counter()

    @property
    def call_ms(self) -> int:
        """How long the call at work has taken, in milliseconds."""
        return round((time.perf_counter() - self._call_started) * 1000)

    def counted_with(self, spent: Spent) -> Usage:
        """Return what all calls used up to this one."""
        return _sum(self.counted, spent.usage)

    def settle_call(self, spent: Spent) -> None:
        """Close the books of a call that was not the last one of this turn."""
        self.counted = self.counted_with(spent)
        self.counted_chars = len(self.text)
        self.usage = None

    @property
    def text(self) -> str:
        """Everything said so far."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @property
    def said(self) -> Said:
        """What the reply holds now."""
        if len(self._thoughts) > 1:
            self._thoughts = ["".join(self._thoughts)]
        return Said(
            text=self.text,
            reasoning=self._thoughts[0] if self._thoughts else "",
            steps=encode_json([step.model_dump() for step in self.steps]).decode() if self.steps else "[]",
            fallbacks=encode_json([each.model_dump() for each in self.fallbacks]).decode() if self.fallbacks else "[]",
        )

    @property
    def has_unsaved(self) -> bool:
        """Whether something was said since the last checkpoint."""
        return self.size_bytes != self.saved_bytes

    @property
    def asked_model(self) -> str | None:
        """The model that was asked, when another one answers."""
        return self.begun.model.name if self.fallbacks else None

    def spent(self, *, at: datetime, has_failed: bool = False) -> Spent:
        """Return what the call at work used; what the provider did not tell is estimated, never taken as zero."""
        usage, source = self._counted(has_failed=has_failed)
        return Spent(usage, source, self.model.cost(usage, at=at))

    def end(self, outcome: Outcome, *, error_code: str | None, at: datetime) -> Ending:
        """Return how the turn ended."""
        self.steps = settled(self.steps)
        spent = self.spent(at=at, has_failed=outcome == "failed")
        turn = self.begun.turn
        return Ending(
            outcome=outcome,
            error_code=error_code,
            finish_reason=self.finish_reason if outcome == "finished" else None,
            said=self.said,
            spent=spent,
            total=_sum(self.counted, spent.usage),
            model=self.model.name,
            asked_model=self.asked_model,
            provider=self.model.provider.name,
            time_to_first_token_ms=self._milliseconds(self._first_delta),
            duration_ms=self._milliseconds(time.perf_counter()) or 0,
            left_out=self.context.left_out if self.context else 0,
            # The usage and the closing event come after what the log holds now.
            last_seq=max(turn.last_seq, self.log.last_seq + 2),
            at=at,
        )

    def _grow(self, size_bytes: int) -> None:
        self.size_bytes += size_bytes
        if self.size_bytes - self.saved_bytes >= URGENT_BYTES:
            self.on_growth()

    def _counted(self, *, has_failed: bool) -> tuple[Usage, UsageSource]:
        if self.usage is not None:
            return self.usage, "provider"
        if has_failed and not self.has_spoken_in_call:
            # Refused before a word was said: nobody bills that.
            return Usage(0, 0), "estimated"
        asked = self.context.tokens if self.context else 0
        thought = self.model.count("".join(self._thoughts_in_call))
        answered = self.model.count(self.text[self.counted_chars :]) + thought
        return Usage(input_tokens=asked, output_tokens=answered, reasoning_tokens=thought), "estimated"

    def _milliseconds(self, moment: float | None) -> int | None:
        return None if moment is None else round((moment - self._started) * 1000)


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(
        input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cached_tokens=one.cached_tokens + other.cached_tokens,
        reasoning_tokens=one.reasoning_tokens + other.reasoning_tokens,
    )
