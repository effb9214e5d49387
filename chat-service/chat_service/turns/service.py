"""Beginning and ending a turn: two short transactions around one long stream."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chat_service.conversations.repository import ConversationRepository
from chat_service.models import Conversation, Message, Turn, outbox
from chat_service.providers.catalog import Catalog, Model
from chat_service.providers.port import Usage
from chat_service.providers.pricing import Cost
from chat_service.turns.repository import TurnRepository, claim_outcome
from chat_service.turns.rules import context_budget, ensure_question_fits, title_from
from chat_service.turns.schemas import Question
from service_kit.auth import Principal
from service_kit.clock import new_id
from service_kit.contracts.events import Outcome, Purpose, Transport, TurnFinished, TurnStarted, UsageSource
from service_kit.errors import ServiceError

LEASE = timedelta(seconds=10)


class ConversationBusy(ServiceError):
    status, code = 409, "conversation_busy"
    detail = "Another question of this conversation is still being answered. Wait for it, or stop it."


@dataclass(frozen=True, slots=True)
class BegunTurn:
    """A turn as it was begun; `is_new` is False when the same question had been asked before."""

    turn: Turn
    question: Message
    reply: Message
    model: Model
    system_prompt: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """How a turn ended and what it used."""

    outcome: Outcome
    error_code: str | None
    text: str
    usage: Usage
    usage_source: UsageSource
    cost: Cost
    time_to_first_token_ms: int | None
    duration_ms: int
    left_out: int
    last_seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """Everything a question needs besides its text."""

    caller: Principal
    conversation_id: UUID
    question: Question
    transport: Transport
    lease_owner: UUID


async def begin(
    session: AsyncSession, asking: Asking, *, catalog: Catalog, system_prompt: str, now: datetime
) -> BegunTurn:
    """Store the question and the empty reply, or return the first turn of a repeated question."""
    scope, question = asking.caller.scope, asking.question
    turns = TurnRepository(session, scope)
    conversation = await ConversationRepository(session, scope).owned(asking.conversation_id, lock=True)
    prompt = conversation.system_prompt if conversation.system_prompt is not None else system_prompt
    asked = await turns.asked_as(question.client_message_id)
    if asked is not None:
        stored, reply = await turns.question_and_reply(asked)
        return BegunTurn(asked, stored, reply, catalog.find_or_default(asked.model), prompt, is_new=False)
    running = await turns.running_in(conversation.id)
    if running is not None:
        raise ConversationBusy(turn_id=str(running))
    model = catalog.find(question.model) if question.model else catalog.find_or_default(conversation.model)
    ensure_question_fits(prompt, question.content, budget=context_budget(model.context_window), count=model.count)
    parent = await turns.parent(conversation.id, question.parent_id)
    turn, stored, reply = _rows(asking, conversation, parent, model=model, now=now)
    await _note_activity(session, conversation, question.content, now=now)
    session.add_all([stored, reply])
    await session.flush()
    session.add(turn)
    await session.flush()
    await outbox.record(session, _started(turn), occurred_at=now)
    return BegunTurn(turn, stored, reply, model, prompt, is_new=True)


async def finish(session: AsyncSession, turn: Turn, ending: Ending, *, expired_only: bool = False) -> bool:
    """Store how a turn ended, with its event; False when it already had an outcome."""
    if not await claim_outcome(
        session, turn, outcome=ending.outcome, at=ending.at, last_seq=ending.last_seq, expired_only=expired_only
    ):
        return False
    await session.execute(update(Message).where(col(Message.id) == turn.reply_id).values(_reply_facts(ending)))
    await outbox.record(session, _finished(turn, ending), occurred_at=ending.at)
    return True


def ended_reply(reply: Message, ending: Ending) -> Message:
    """Return the reply as `finish` stored it."""
    for name, value in _reply_facts(ending).items():
        setattr(reply, name, value)
    return reply


def _reply_facts(ending: Ending) -> dict[str, Any]:
    return {
        "content": ending.text,
        "outcome": ending.outcome,
        "error_code": ending.error_code,
        "finished_at": ending.at,
        "input_tokens": ending.usage.input_tokens,
        "output_tokens": ending.usage.output_tokens,
        "usage_source": ending.usage_source,
        "time_to_first_token_ms": ending.time_to_first_token_ms,
        "duration_ms": ending.duration_ms,
        "left_out": ending.left_out,
    }


def _rows(
    asking: Asking, conversation: Conversation, parent: Message | None, *, model: Model, now: datetime
) -> tuple[Turn, Message, Message]:
    scope = asking.caller.scope
    turn_id = new_id()
    shared: dict[str, Any] = {
        "tenant_id": scope.tenant_id,
        "owner_id": scope.user_id,
        "conversation_id": conversation.id,
        "created_at": now,
    }
    question = Message(
        **shared,
        id=new_id(),
        parent_id=parent.id if parent else None,
        position=conversation.message_count,
        depth=0 if parent is None else parent.depth + 1,
        role="user",
        content=asking.question.content,
        turn_id=turn_id,
        client_message_id=asking.question.client_message_id,
    )
    reply = Message(
        **shared,
        id=new_id(),
        parent_id=question.id,
        position=question.position + 1,
        depth=question.depth + 1,
        role="assistant",
        model=model.name,
        provider=model.provider.name,
        turn_id=turn_id,
    )
    turn = Turn(**shared, **_work(asking, model, now=now), id=turn_id, question_id=question.id, reply_id=reply.id)
    return turn, question, reply


def _work(asking: Asking, model: Model, *, now: datetime) -> dict[str, Any]:
    return {
        "client_message_id": asking.question.client_message_id,
        "purpose": Purpose.REPLY,
        "transport": asking.transport,
        "provider": model.provider.name,
        "model": model.name,
        "epoch": str(new_id()),
        "lease_owner": asking.lease_owner,
        "lease_until": now + LEASE,
    }


async def _note_activity(session: AsyncSession, conversation: Conversation, question: str, *, now: datetime) -> None:
    conversation.message_count += 2
    conversation.active_at = conversation.last_message_at = now
    if conversation.title is None:
        conversation.title = title_from(question) or None
    session.add(conversation)
    await session.flush()


def _started(turn: Turn) -> TurnStarted:
    return TurnStarted(
        tenant_id=turn.tenant_id,
        user_id=turn.owner_id,
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        purpose=Purpose(turn.purpose),
        provider=turn.provider,
        model=turn.model,
        transport=Transport(turn.transport),
    )


def _finished(turn: Turn, ending: Ending) -> TurnFinished:
    return TurnFinished(
        tenant_id=turn.tenant_id,
        user_id=turn.owner_id,
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        purpose=Purpose(turn.purpose),
        provider=turn.provider,
        model=turn.model,
        transport=Transport(turn.transport),
        outcome=ending.outcome,
        error_code=ending.error_code,
        input_tokens=ending.usage.input_tokens,
        output_tokens=ending.usage.output_tokens,
        cached_tokens=ending.usage.cached_tokens,
        usage_source=ending.usage_source,
        cost_micro_usd=ending.cost.micro_usd,
        price_version=ending.cost.price_version,
        time_to_first_token_ms=ending.time_to_first_token_ms,
        duration_ms=ending.duration_ms,
    )
