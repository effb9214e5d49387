"""Turns and their messages in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Uuid, bindparam, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chat_service.models import Message, Turn
from service_kit.auth import Scope
from service_kit.errors import ServiceError


class TurnNotFound(ServiceError):
    status, code = 404, "turn_not_found"
    detail = "There is no such turn."


class ParentNotFound(ServiceError):
    status, code = 404, "parent_not_found"
    detail = "The message this one should follow is not in this conversation."


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

    async def asked_as(self, client_message_id: UUID) -> Turn | None:
        """Return the turn that the client asked under this id."""
        query = (
            select(Turn)
            .join(Message, col(Message.turn_id) == col(Turn.id))
            .where(
                col(Message.client_message_id) == client_message_id,
                col(Message.tenant_id) == self._scope.tenant_id,
                col(Message.owner_id) == self._scope.user_id,
            )
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def running_in(self, conversation_id: UUID) -> UUID | None:
        """Return the turn that is being answered in a conversation."""
        query = select(col(Turn.id)).where(
            col(Turn.conversation_id) == conversation_id,
            col(Turn.tenant_id) == self._scope.tenant_id,
            col(Turn.owner_id) == self._scope.user_id,
            col(Turn.outcome).is_(None),
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def parent(self, conversation_id: UUID, parent_id: UUID | None) -> Message | None:
        """Return the message a question follows: the named one, else the newest; None in an empty conversation."""
        query = select(Message).where(
            col(Message.conversation_id) == conversation_id,
            col(Message.tenant_id) == self._scope.tenant_id,
            col(Message.owner_id) == self._scope.user_id,
        )
        if parent_id is not None:
            found = (await self._session.execute(query.where(col(Message.id) == parent_id))).scalar_one_or_none()
            if found is None:
                raise ParentNotFound
            return found
        return (await self._session.execute(query.order_by(col(Message.position).desc()).limit(1))).scalar_one_or_none()

    async def question_and_reply(self, turn: Turn) -> tuple[Message, Message]:
        """Return both messages of a turn."""
        query = select(Message).where(
            col(Message.id).in_([turn.question_id, turn.reply_id]),
            col(Message.tenant_id) == self._scope.tenant_id,
            col(Message.owner_id) == self._scope.user_id,
        )
        found = {message.id: message for message in (await self._session.execute(query)).scalars()}
        return found[turn.question_id], found[turn.reply_id]


async def messages_above(session: AsyncSession, message: Message, *, limit: int) -> list[Row[Any]]:
    """Return role and content of at most `limit` messages above one in its branch, oldest first."""
    if message.parent_id is None or limit <= 0:
        return []
    found = await session.execute(ABOVE, {"parent": message.parent_id, "furthest": limit})
    return list(found)


def _above() -> Any:
    # Made once: composing a recursive query costs more than running it.
    columns = Message.__table__.c  # type: ignore[attr-defined]  # SQLModel gives tables no type.
    first = select(columns.parent_id, columns.role, columns.content, literal(1).label("distance")).where(
        columns.id == bindparam("parent", type_=Uuid())
    )
    walk = first.cte("above", recursive=True)
    parent = Message.__table__.alias("parent")  # type: ignore[attr-defined]  # As above.
    further = select(parent.c.parent_id, parent.c.role, parent.c.content, walk.c.distance + 1).where(
        parent.c.id == walk.c.parent_id, walk.c.distance < bindparam("furthest", type_=Integer())
    )
    walk = walk.union_all(further)
    return select(walk.c.role, walk.c.content).order_by(walk.c.distance.desc())


ABOVE = _above()


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
        .where(col(Turn.outcome).is_(None), col(Turn.lease_until) < now)
        .order_by(col(Turn.lease_until))
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def claim_outcome(
    session: AsyncSession, turn: Turn, *, outcome: str, at: datetime, last_seq: int, expired_only: bool = False
) -> bool:
    """Give a turn its one outcome; False when it already has one or belongs to somebody else."""
    claim = update(Turn).where(
        col(Turn.id) == turn.id, col(Turn.outcome).is_(None), col(Turn.lease_owner) == turn.lease_owner
    )
    if expired_only:
        claim = claim.where(col(Turn.lease_until) < at)
    claimed = await session.execute(
        claim.values(outcome=outcome, finished_at=at, last_seq=last_seq).returning(col(Turn.id))
    )
    return claimed.first() is not None
