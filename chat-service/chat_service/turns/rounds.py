"""Rounds of tools in the ledger: every call to a model is an entry of its own, stored before the next one begins."""

from datetime import datetime
from uuid import uuid5

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from chat_service.models import Message, Turn, outbox
from chat_service.turns.draft import Draft
from chat_service.turns.ending import Spent
from service_kit.contracts.events import Purpose, Transport, TurnFinished
from service_kit.db import Database, patiently
from service_kit.fault_points import fault_point
from service_kit.logs import get_logger

log = get_logger(__name__)


class TurnTaken(Exception):
    """Somebody else ended this turn, because we gave no sign of life for too long."""


async def settle_round(database: Database, draft: Draft, *, number: int, now: datetime) -> None:
    """Record what the call at work used; a process that dies later must not count it again.

    A database that is away is waited for. Raises TurnTaken when the turn is not ours any more.
    """
    spent = draft.spent(at=now)
    try:
        await patiently(lambda: _record(database, draft, spent, number=number, now=now))
    except IntegrityError:
        # It was stored the first time, although we were told that it was not.
        log.info("round_was_recorded", turn_id=str(draft.begun.turn.id))
    # Only now: what is not in the ledger must not count as settled.
    draft.settle_call(spent)


async def _record(database: Database, draft: Draft, spent: Spent, *, number: int, now: datetime) -> None:
    turn, total = draft.begun.turn, draft.counted_with(spent)
    said, seq = draft.said, draft.log.last_seq
    async with database.write() as session:
        held = await session.execute(
            update(Turn)
            .where(col(Turn.id) == turn.id, col(Turn.outcome).is_(None), col(Turn.lease_owner) == turn.lease_owner)
            .values(counted_chars=len(said.text), last_seq=seq, context_tokens=0)
            .returning(col(Turn.id))
        )
        if held.first() is None:
            raise TurnTaken
        await outbox.record(session, _round_of(draft, spent, number), occurred_at=now)
        await session.execute(
            update(Message)
            .where(col(Message.id) == turn.reply_id)
            .values(
                content=said.text,
                reasoning=said.reasoning,
                steps=said.steps,
                fallbacks=said.fallbacks,
                model=draft.model.name,
                asked_model=draft.asked_model,
                provider=draft.model.provider.name,
                input_tokens=total.input_tokens,
                output_tokens=total.output_tokens,
                cached_tokens=total.cached_tokens,
                reasoning_tokens=total.reasoning_tokens,
            )
        )
        await fault_point("turn.round.before_commit")


def _round_of(draft: Draft, spent: Spent, number: int) -> TurnFinished:
    turn = draft.begun.turn
    return TurnFinished(
        tenant_id=turn.tenant_id,
        user_id=turn.owner_id,
        conversation_id=turn.conversation_id,
        turn_id=uuid5(turn.id, f"round:{number}"),
        purpose=Purpose.TOOL,
        provider=draft.model.provider.name,
        model=draft.model.name,
        transport=Transport(turn.transport),
        outcome="finished",
        input_tokens=spent.usage.input_tokens,
        output_tokens=spent.usage.output_tokens,
        cached_tokens=spent.usage.cached_tokens,
        reasoning_tokens=spent.usage.reasoning_tokens,
        usage_source=spent.source,
        cost_micro_usd=spent.cost.micro_usd,
        price_version=spent.cost.price_version,
        time_to_first_token_ms=None,
        duration_ms=draft.call_ms,
    )
