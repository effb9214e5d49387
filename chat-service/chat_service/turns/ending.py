"""The end of a turn: one outcome, stored with what it used and with its event in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat_service.models import Message, Turn, outbox, table_of
from chat_service.providers.port import Usage
from chat_service.providers.pricing import Cost
from chat_service.turns.repository import claim_outcome
from service_kit.contracts.events import Outcome, Purpose, Transport, TurnFinished, UsageSource

REPLY_FACTS: Final = (
    "content",
    "reasoning",
    "steps",
    "fallbacks",
    "outcome",
    "error_code",
    "finish_reason",
    "model",
    "asked_model",
    "provider",
    "finished_at",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "usage_source",
    "time_to_first_token_ms",
    "duration_ms",
    "left_out",
)
_messages = table_of(Message)
# Made once: composing a statement costs more than running it.
STORE_REPLY = (
    update(_messages)
    .where(_messages.c.id == bindparam("reply"))
    .values({name: bindparam(f"new_{name}") for name in REPLY_FACTS})
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a reply holds: its text and what stands around it; `steps` and `fallbacks` are JSON."""

    text: str
    reasoning: str
    steps: str
    fallbacks: str


@dataclass(frozen=True, slots=True)
class Spent:
    """What one call to a model used, and what that costs."""

    usage: Usage
    source: UsageSource
    cost: Cost


@dataclass(frozen=True, slots=True)
class Ending:
    """How a turn ended.

    `spent` is what its last call used; `total` adds the calls before it, which are in the ledger already.
    """

    outcome: Outcome
    error_code: str | None
    finish_reason: str | None
    said: Said
    spent: Spent
    total: Usage
    model: str
    asked_model: str | None
    provider: str
    time_to_first_token_ms: int | None
    duration_ms: int
    left_out: int
    last_seq: int
    at: datetime


async def finish(session: AsyncSession, turn: Turn, ending: Ending, *, expired_only: bool = False) -> bool:
    """Store how a turn ended, with its event; False when it already had an outcome."""
    if not await claim_outcome(session, turn, _turn_facts(ending), at=ending.at, expired_only=expired_only):
        return False
    stored = {f"new_{name}": value for name, value in _reply_facts(ending).items()}
    await session.execute(STORE_REPLY, {**stored, "reply": turn.reply_id})
    await outbox.record(session, _finished(turn, ending), occurred_at=ending.at)
    return True


def ended(turn: Turn, reply: Message, ending: Ending) -> Message:
    """Return the reply as `finish` stored it, and bring the turn up to that, so that nobody has to read them again."""
    for row, facts in ((turn, _turn_facts(ending)), (reply, _reply_facts(ending))):
        for name, value in facts.items():
            setattr(row, name, value)
    return reply


def _turn_facts(ending: Ending) -> dict[str, Any]:
    return {
        "outcome": ending.outcome,
        "finished_at": ending.at,
        "last_seq": ending.last_seq,
        "model": ending.model,
        "provider": ending.provider,
    }


def _reply_facts(ending: Ending) -> dict[str, Any]:
    return {
        "content": ending.said.text,
        "reasoning": ending.said.reasoning,
        "steps": ending.said.steps,
        "fallbacks": ending.said.fallbacks,
        "outcome": ending.outcome,
        "error_code": ending.error_code,
        "finish_reason": ending.finish_reason,
        "model": ending.model,
        "asked_model": ending.asked_model,
        "provider": ending.provider,
        "finished_at": ending.at,
        "input_tokens": ending.total.input_tokens,
        "output_tokens": ending.total.output_tokens,
        "cached_tokens": ending.total.cached_tokens,
        "reasoning_tokens": ending.total.reasoning_tokens,
        "usage_source": ending.spent.source,
        "time_to_first_token_ms": ending.time_to_first_token_ms,
        "duration_ms": ending.duration_ms,
        "left_out": ending.left_out,
    }


def _finished(turn: Turn, ending: Ending) -> TurnFinished:
    usage = ending.spent.usage
    return TurnFinished(
        tenant_id=turn.tenant_id,
        user_id=turn.owner_id,
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        purpose=Purpose(turn.purpose),
        provider=ending.provider,
        model=ending.model,
        transport=Transport(turn.transport),
        outcome=ending.outcome,
        error_code=ending.error_code,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        usage_source=ending.spent.source,
        cost_micro_usd=ending.spent.cost.micro_usd,
        price_version=ending.spent.cost.price_version,
        time_to_first_token_ms=ending.time_to_first_token_ms,
        duration_ms=ending.duration_ms,
    )
