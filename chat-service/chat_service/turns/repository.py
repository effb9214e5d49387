"""Turns and their messages in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chat_service.conversations.repository import ConversationNotFound
from chat_service.models import Conversation, Message, Turn, table_of
from service_kit.auth import Scope
from service_kit.errors import ServiceError


class TurnNotFound(ServiceError):
    status, code = 404, "turn_not_found"
    detail = "There is no such turn."


class MessageNotFound(ServiceError):
    status, code = 404, "message_not_found"
    detail = "There is no such message in this conversation."


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conversation stands when something is asked in it, read in one statement."""

    conversation: Conversation
    asked: Turn | None
    busy_with: UUID | None
    newest: Message | None

    @property
    def is_current(self) -> bool:
        """Whether what stands beside the conversation was read as late as the conversation itself."""
        last = self.newest.position if self.newest is not None else -1
        return last == self.conversation.message_count - 1


class TurnRepository:
    """One caller's turns and messages."""

    def __init__(self, session: AsyncSession, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    async def owned(self, turn_id: UUID) -> Turn:
        """Return the turn, or raise TurnNotFound."""
        query = select(Turn).where(
            col(Turn.id) == turn_id,
            col(Turn.tenant_id) == self._scope.tenant_id,
            col(Turn.owner_id) == self._scope.user_id,
        )
        turn = (await self._session.execute(query)).scalar_one_or_none()
        if turn is None:
            raise TurnNotFound
        return turn

    async def standing(self, conversation_id: UUID, client_message_id: UUID) -> Standing:
        """Lock a conversation and return how it stands, or raise ConversationNotFound."""
        standing = await self._standing(conversation_id, client_message_id)
        if not standing.is_current:
            # Somebody else was writing when we came. PostgreSQL reads the locked row anew, but everything beside it as
            # it was before the wait; asked once more, with the lock in hand, it tells how things are.
            standing = await self._standing(conversation_id, client_message_id)
        return standing

    async def message(self, conversation_id: UUID, message_id: UUID) -> Message:
        """Return a message of a conversation, or raise MessageNotFound."""
        found = (
            await self._session.execute(self._messages().where(col(Message.id) == message_id))
        ).scalar_one_or_none()
        if found is None or found.conversation_id != conversation_id:
            raise MessageNotFound
        return found

    async def question_and_reply(self, turn: Turn) -> tuple[Message, Message]:
        """Return both messages of a turn."""
        query = self._messages().where(col(Message.id).in_([turn.question_id, turn.reply_id]))
        found = {message.id: message for message in (await self._session.execute(query)).scalars()}
        return found[turn.question_id], found[turn.reply_id]

    async def _standing(self, conversation_id: UUID, client_message_id: UUID) -> Standing:
        found = (
            await self._session.execute(
                STANDING.where(
                    col(Conversation.id) == conversation_id,
                    col(Conversation.tenant_id) == self._scope.tenant_id,
                    col(Conversation.owner_id) == self._scope.user_id,
                    col(Conversation.deleted_at).is_(None),
                ),
                {"client_message_id": client_message_id},
            )
        ).one_or_none()
        if found is None:
            raise ConversationNotFound
        conversation, asked, running, queued, newest = found
        return Standing(conversation, asked, running or queued, newest)

    def _messages(self) -> Select[Message]:
        return select(Message).where(
            col(Message.tenant_id) == self._scope.tenant_id, col(Message.owner_id) == self._scope.user_id
        )


def _standing() -> Any:
    # Made once: composing a statement costs more than running it.
    asked, newest = aliased(Turn, name="asked"), aliased(Message, name="newest")
    running, queued = aliased(Turn, name="running"), aliased(Turn, name="queued")
    asked_before = and_(
        col(asked.owner_id) == col(Conversation.owner_id),
        col(asked.tenant_id) == col(Conversation.tenant_id),
        col(asked.client_message_id) == bindparam("client_message_id", type_=Uuid()),
    )
    at_work = select(col(running.id)).where(
        col(running.conversation_id) == col(Conversation.id),
        col(running.outcome).is_(None),
        col(running.is_queued).is_(False),
    )
    waiting = select(col(queued.id)).where(
        col(queued.conversation_id) == col(Conversation.id), col(queued.is_queued).is_(True)
    )
    return (
        select(
            Conversation,
            asked,
            at_work.limit(1).scalar_subquery().label("running_id"),
            waiting.limit(1).scalar_subquery().label("queued_id"),
            newest,
        )
        .outerjoin(asked, asked_before)
        .outerjoin(
            newest,
            and_(
                col(newest.conversation_id) == col(Conversation.id),
                col(newest.position) == col(Conversation.message_count) - 1,
            ),
        )
        .with_for_update(of=Conversation)
    )


STANDING = _standing()


async def extend_leases(
    session: AsyncSession, owner: UUID, turn_ids: Sequence[UUID], *, until: datetime
) -> dict[UUID, datetime | None]:
    """Extend the leases this process still holds; returns them with the time a stop was asked for elsewhere."""
    extended = await session.execute(
        update(Turn)
        .where(col(Turn.id).in_(turn_ids), col(Turn.lease_owner) == owner, col(Turn.outcome).is_(None))
        .values(lease_until=until)
        .returning(col(Turn.id), col(Turn.stop_requested_at))
    )
    return {row.id: row.stop_requested_at for row in extended}


async def request_stop(session: AsyncSession, turn_id: UUID, *, at: datetime) -> None:
    """Leave the wish to stop a turn for its owner, who sees it at the next checkpoint."""
    await session.execute(
        update(Turn).where(col(Turn.id) == turn_id, col(Turn.outcome).is_(None)).values(stop_requested_at=at)
    )


async def expired_turns(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[Turn]:
    """Return turns whose process stopped caring for them."""
    query = (
        select(Turn)
        .where(col(Turn.outcome).is_(None), col(Turn.is_queued).is_(False), col(Turn.lease_until) < now)
        .order_by(col(Turn.lease_until))
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def conversations_with_queue(session: AsyncSession, *, limit: int) -> Sequence[UUID]:
    """Return conversations in which a question waits and none is being answered."""
    other = aliased(Turn)
    at_work = exists().where(
        col(other.conversation_id) == col(Turn.conversation_id),
        col(other.outcome).is_(None),
        col(other.is_queued).is_(False),
    )
    query = select(col(Turn.conversation_id)).where(col(Turn.is_queued).is_(True), ~at_work).distinct().limit(limit)
    return (await session.execute(query)).scalars().all()


async def claim_queued(session: AsyncSession, conversation_id: UUID, *, owner: UUID, until: datetime) -> Turn | None:
    """Take the question that has waited longest in a conversation, unless one is being answered there.

    The unique index on running turns lets one of several claimers through; the others meet an IntegrityError.
    """
    queued, other = aliased(Turn), aliased(Turn)
    first = (
        select(col(queued.id))
        .where(col(queued.conversation_id) == conversation_id, col(queued.is_queued).is_(True))
        .order_by(col(queued.position))
        .limit(1)
        .scalar_subquery()
    )
    at_work = exists().where(
        col(other.conversation_id) == conversation_id, col(other.outcome).is_(None), col(other.is_queued).is_(False)
    )
    claimed = await session.execute(
        update(Turn)
        .where(col(Turn.id) == first, col(Turn.is_queued).is_(True), ~at_work)
        .values(is_queued=False, lease_owner=owner, lease_until=until)
        .returning(Turn)
        .execution_options(synchronize_session=False)
    )
    return claimed.scalars().one_or_none()


OUTCOME_FACTS: Final = ("outcome", "finished_at", "last_seq", "model", "provider")
_turns = table_of(Turn)
# Made once: composing a statement costs more than running it.
CLAIM = (
    update(_turns)
    .where(
        _turns.c.id == bindparam("turn"),
        _turns.c.outcome.is_(None),
        _turns.c.lease_owner == bindparam("owner"),
        _turns.c.is_queued == bindparam("was_queued"),
    )
    .values({name: bindparam(f"new_{name}") for name in OUTCOME_FACTS})
    .values(is_queued=False)
    .returning(_turns.c.id)
)
CLAIM_EXPIRED = CLAIM.where(_turns.c.lease_until < bindparam("now"))


async def claim_outcome(
    session: AsyncSession, turn: Turn, facts: dict[str, Any], *, at: datetime, expired_only: bool
) -> bool:
    """Give a turn its one outcome; False when it already has one or belongs to somebody else.

    `facts` are the OUTCOME_FACTS by their names.
    """
    given = {f"new_{name}": value for name, value in facts.items()}
    given |= {"turn": turn.id, "owner": turn.lease_owner, "was_queued": turn.is_queued}
    if expired_only:
        given["now"] = at
    return (await session.execute(CLAIM_EXPIRED if expired_only else CLAIM, given)).first() is not None
