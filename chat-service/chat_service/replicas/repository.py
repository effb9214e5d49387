"""What one replica looks up about turns that others run."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chat_service.models import Message, Turn


async def turns_with_replies(session: AsyncSession, turn_ids: Collection[UUID]) -> list[tuple[Turn, Message]]:
    """Return turns that are followed here, each with its reply as of the same moment."""
    query = select(Turn, Message).join(Message, col(Message.id) == col(Turn.reply_id)).where(col(Turn.id).in_(turn_ids))
    return [(turn, reply) for turn, reply in await session.execute(query)]


async def open_turns_of(session: AsyncSession, conversation_ids: Collection[UUID]) -> Sequence[Turn]:
    """Return the turns of these conversations that have not ended, in the order they were asked."""
    query = (
        select(Turn)
        .where(col(Turn.conversation_id).in_(conversation_ids), col(Turn.outcome).is_(None))
        .order_by(col(Turn.id))
    )
    return (await session.execute(query)).scalars().all()


async def open_turns(session: AsyncSession, turn_ids: Collection[UUID]) -> Sequence[Turn]:
    """Return those of these turns that have not ended."""
    query = select(Turn).where(col(Turn.id).in_(turn_ids), col(Turn.outcome).is_(None)).order_by(col(Turn.id))
    return (await session.execute(query)).scalars().all()
