"""Beginning a turn: one short transaction that stores what is asked, or finds that it was asked before."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chat_service.context.rules import ensure_question_fits
from chat_service.conversations.schemas import CallParameters
from chat_service.images.service import attach
from chat_service.models import Conversation, Message, Turn, outbox, table_of
from chat_service.providers.catalog import Catalog, Model
from chat_service.providers.port import Parameters
from chat_service.providers.rules import ensure_images_fit, ensure_parameters_fit
from chat_service.tools.toolbox import Toolbox
from chat_service.turns.asking import Asking, BegunTurn
from chat_service.turns.repository import TurnRepository
from chat_service.turns.rules import title_from
from chat_service.turns.schemas import Question
from chat_service.turns.tree import Spot, spot_for
from service_kit.auth import Scope
from service_kit.clock import new_id
from service_kit.contracts.events import Purpose, Transport, TurnStarted
from service_kit.errors import ServiceError
from service_kit.fault_points import fault_point
from service_kit.json_body import encode_json

LEASE = timedelta(seconds=10)
MAX_QUEUED = 20


# Made once: composing a statement costs more than running it.
_conversations = table_of(Conversation)
NOTE_ACTIVITY = (
    update(_conversations)
    .where(_conversations.c.id == bindparam("conversation"))
    .values(
        message_count=bindparam("count"),
        active_at=bindparam("at"),
        last_message_at=bindparam("at"),
        title=bindparam("named"),
    )
)
INSERT_MESSAGES = insert(table_of(Message))
INSERT_TURN = insert(table_of(Turn))


class ConversationBusy(ServiceError):
    status, code = 409, "conversation_busy"
    detail = "Another question of this conversation is still being answered. Wait for it, or stop it."


class QueueFull(ServiceError):
    status, code = 409, "queue_full"
    detail = "Too many questions wait in this conversation already."


@dataclass(frozen=True, slots=True)
class Beginning:
    """What beginning a turn needs to know of the service: the models, the tools, the usual system prompt, who it is."""

    catalog: Catalog
    toolbox: Toolbox
    system_prompt: str
    owner: UUID

    def prompt_of(self, conversation: Conversation) -> str:
        """What a conversation begins with."""
        return self.system_prompt if conversation.system_prompt is None else conversation.system_prompt


async def begin(session: AsyncSession, asking: Asking, beginning: Beginning, *, now: datetime) -> BegunTurn:
    """Store what is asked and an empty reply, or return the first turn when it was asked before."""
    turns = TurnRepository(session, asking.caller.scope)
    standing = await turns.standing(asking.conversation_id, asking.terms.client_message_id)
    conversation = standing.conversation
    if standing.asked is not None:
        return await _begun_before(turns, standing.asked, conversation, beginning)
    if standing.busy_with is not None:
        await _ensure_may_queue(session, asking, conversation, busy_with=standing.busy_with)
    spot = await spot_for(turns, standing, asking.wish)
    model, parameters = _chosen(asking, conversation, spot, beginning.catalog)
    turn, question, reply = _rows(asking, conversation, spot, model, owner=beginning.owner, now=now)
    turn.is_queued = standing.busy_with is not None
    turn.parameters = _stored(parameters)
    ensure_question_fits(
        beginning.prompt_of(conversation),
        question.content,
        model=model,
        parameters=parameters,
        images=len(asking.wish.image_ids) if isinstance(asking.wish, Question) else 0,
        tools=beginning.toolbox.offered if "tools" in model.capabilities else (),
        continued=spot.continues.content if spot.continues else "",
        policy_tokens=conversation.context_tokens,
    )
    await _store(session, asking, conversation, (turn, question, reply), now=now)
    await fault_point("turn.begin.before_commit")
    return BegunTurn(
        turn=turn,
        question=question,
        reply=reply,
        conversation=conversation,
        model=model,
        parameters=parameters,
        system_prompt=beginning.prompt_of(conversation),
        continues=spot.continues,
        is_new=True,
    )


async def begun(session: AsyncSession, turn: Turn, beginning: Beginning) -> BegunTurn:
    """Return a turn that waited as one that can be answered now."""
    turns = TurnRepository(session, Scope(turn.tenant_id, turn.owner_id))
    conversation = (
        await session.execute(select(Conversation).where(col(Conversation.id) == turn.conversation_id))
    ).scalar_one()
    return await _begun_before(turns, turn, conversation, beginning)


async def _begun_before(
    turns: TurnRepository, turn: Turn, conversation: Conversation, beginning: Beginning
) -> BegunTurn:
    question, reply = await turns.question_and_reply(turn)
    continues = None
    if reply.continues_id is not None:
        continues = await turns.message(turn.conversation_id, reply.continues_id)
    return BegunTurn(
        turn=turn,
        question=question,
        reply=reply,
        conversation=conversation,
        model=beginning.catalog.find_or_default(turn.model),
        parameters=CallParameters.model_validate_json(turn.parameters).for_call(),
        system_prompt=beginning.prompt_of(conversation),
        continues=continues,
        is_new=False,
    )


async def _ensure_may_queue(
    session: AsyncSession, asking: Asking, conversation: Conversation, *, busy_with: UUID
) -> None:
    if asking.terms.if_busy == "refuse":
        raise ConversationBusy(turn_id=str(busy_with))
    waiting = select(func.count()).where(col(Turn.conversation_id) == conversation.id, col(Turn.is_queued).is_(True))
    if (await session.execute(waiting)).scalar_one() >= MAX_QUEUED:
        raise QueueFull(limit=MAX_QUEUED)


def _chosen(asking: Asking, conversation: Conversation, spot: Spot, catalog: Catalog) -> tuple[Model, Parameters]:
    terms = asking.terms
    if terms.model is not None:
        model = catalog.find(terms.model)
    else:
        model = catalog.find_or_default(spot.continues.model if spot.continues else conversation.model)
    wished = terms.parameters or CallParameters.model_validate_json(conversation.parameters)
    parameters = wished.for_call()
    ensure_parameters_fit(model, parameters)
    if isinstance(asking.wish, Question) and asking.wish.image_ids:
        ensure_images_fit(model)
    return model, parameters


def _stored(parameters: Parameters) -> str:
    chosen = {name: value for name, value in asdict(parameters).items() if value not in (None, ())}
    return encode_json(chosen).decode()


def _rows(
    asking: Asking, conversation: Conversation, spot: Spot, model: Model, *, owner: UUID, now: datetime
) -> tuple[Turn, Message, Message]:
    scope, turn_id = asking.caller.scope, new_id()
    shared: dict[str, Any] = {
        "tenant_id": scope.tenant_id,
        "owner_id": scope.user_id,
        "conversation_id": conversation.id,
        "created_at": now,
    }
    position, question = conversation.message_count, spot.question
    if question is None:
        question = _question(asking, spot.parent, {**shared, "turn_id": turn_id, "position": position})
        position += 1
    continued = spot.continues
    reply = Message(
        **shared,
        id=new_id(),
        parent_id=question.id,
        position=position,
        depth=question.depth + 1,
        role="assistant",
        content=continued.content if continued else "",
        reasoning=continued.reasoning if continued else "",
        steps=continued.steps if continued else "[]",
        continues_id=continued.id if continued else None,
        model=model.name,
        provider=model.provider.name,
        turn_id=turn_id,
    )
    turn = Turn(
        **shared,
        **_work(asking, model, owner=owner, now=now),
        id=turn_id,
        question_id=question.id,
        reply_id=reply.id,
        position=position,
        counted_chars=len(reply.content),
    )
    return turn, question, reply


def _question(asking: Asking, parent: Message | None, shared: dict[str, Any]) -> Message:
    wish = asking.wish
    return Message(
        **shared,
        id=new_id(),
        parent_id=parent.id if parent else None,
        depth=0 if parent is None else parent.depth + 1,
        role="user",
        content=wish.content if isinstance(wish, Question) else "",
        client_message_id=asking.terms.client_message_id,
    )


def _work(asking: Asking, model: Model, *, owner: UUID, now: datetime) -> dict[str, Any]:
    return {
        "client_message_id": asking.terms.client_message_id,
        "purpose": Purpose.REPLY,
        "transport": asking.transport,
        "provider": model.provider.name,
        "model": model.name,
        "epoch": str(new_id()),
        "lease_owner": owner,
        "lease_until": now + LEASE,
    }


async def _store(
    session: AsyncSession,
    asking: Asking,
    conversation: Conversation,
    rows: tuple[Turn, Message, Message],
    *,
    now: datetime,
) -> None:
    turn, question, reply = rows
    # Plain statements: tracking these rows as objects of the session costs more than storing them.
    new = [question, reply] if isinstance(asking.wish, Question) else [reply]
    title = conversation.title
    if title is None and question in new:
        title = title_from(question.content) or None
    count = conversation.message_count + len(new)
    await session.execute(NOTE_ACTIVITY, {"conversation": conversation.id, "count": count, "at": now, "named": title})
    await session.execute(INSERT_MESSAGES, [message.model_dump() for message in new])
    if isinstance(asking.wish, Question) and asking.wish.image_ids:
        images = await attach(session, asking.caller.scope, conversation.id, question.id, asking.wish.image_ids)
        question.images = encode_json([image.model_dump() for image in images]).decode()
        await session.execute(update(Message).where(col(Message.id) == question.id).values(images=question.images))
    await session.execute(INSERT_TURN, turn.model_dump())
    if question in new:
        await outbox.record(session, _started(turn), occurred_at=now)


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
