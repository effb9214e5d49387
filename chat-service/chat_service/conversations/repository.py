"""Conversations and messages as their owner may see them: the scope is part of every query."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chat_service.models import Conversation, Message, Turn
from service_kit.auth import Scope
from service_kit.errors import ServiceError
from service_kit.pagination import Cursor


class ConversationNotFound(ServiceError):
    status, code = 404, "conversation_not_found"
    detail = "There is no such conversation."


@dataclass(slots=True)
class OpenTurns:
    """The turn that is being answered in a conversation, and those that wait for it, in their order."""

    running: UUID | None = None
    queued: list[UUID] = field(default_factory=list)


class ConversationRepository:
    """One caller's conversations."""

    def __init__(self, session: AsyncSession, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    async def owned(self, conversation_id: UUID, *, or_deleted: bool = False, lock: bool = False) -> Conversation:
        """Return the conversation, or raise ConversationNotFound; `lock` serialises the writers of one conversation."""
        query = select(Conversation).where(
            col(Conversation.id) == conversation_id,
            col(Conversation.tenant_id) == self._scope.tenant_id,
            col(Conversation.owner_id) == self._scope.user_id,
        )
        if not or_deleted:
            query = query.where(col(Conversation.deleted_at).is_(None))
        found = (await self._session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
        if found is None:
            raise ConversationNotFound
        return found

    async def started_by(self, client_conversation_id: UUID) -> Conversation | None:
        """Return the conversation that the client started under this id."""
        query = select(Conversation).where(
            col(Conversation.tenant_id) == self._scope.tenant_id,
            col(Conversation.owner_id) == self._scope.user_id,
            col(Conversation.client_conversation_id) == client_conversation_id,
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def page(self, *, after: Cursor | None, limit: int, deleted: bool) -> Sequence[Conversation]:
        """Return conversations by activity, newest first."""
        query = (
            select(Conversation)
            .where(
                col(Conversation.tenant_id) == self._scope.tenant_id,
                col(Conversation.owner_id) == self._scope.user_id,
                col(Conversation.deleted_at).is_not(None) if deleted else col(Conversation.deleted_at).is_(None),
            )
            .order_by(col(Conversation.active_at).desc(), col(Conversation.id).desc())
            .limit(limit)
        )
        if after is not None:
            query = query.where(tuple_(col(Conversation.active_at), col(Conversation.id)) < (after.at, after.row_id))
        return (await self._session.execute(query)).scalars().all()

    async def running_turns(self, conversation_ids: Sequence[UUID]) -> dict[UUID, UUID]:
        """Return which of these conversations is being answered, and by which turn."""
        open_turns = await self.open_turns(conversation_ids)
        return {conversation: turns.running for conversation, turns in open_turns.items() if turns.running}

    async def open_turns(self, conversation_ids: Sequence[UUID]) -> dict[UUID, OpenTurns]:
        """Return what is being answered in these conversations, and what waits there."""
        query = (
            select(col(Turn.conversation_id), col(Turn.id), col(Turn.is_queued))
            .where(
                col(Turn.conversation_id).in_(conversation_ids),
                col(Turn.tenant_id) == self._scope.tenant_id,
                col(Turn.owner_id) == self._scope.user_id,
                col(Turn.outcome).is_(None),
            )
            .order_by(col(Turn.position))
        )
        found: dict[UUID, OpenTurns] = {}
        for row in await self._session.execute(query):
            turns = found.setdefault(row.conversation_id, OpenTurns())
            if row.is_queued:
                turns.queued.append(row.id)
            else:
                turns.running = row.id
        return found

    async def messages(self, conversation_id: UUID, *, before: int | None, limit: int) -> Sequence[Message]:
        """Return messages of one conversation, newest first, before a position."""
        query = (
            select(Message)
            .where(
                col(Message.conversation_id) == conversation_id,
                col(Message.tenant_id) == self._scope.tenant_id,
                col(Message.owner_id) == self._scope.user_id,
            )
            .order_by(col(Message.position).desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(col(Message.position) < before)
        return (await self._session.execute(query)).scalars().all()

    async def set_deleted(self, conversation_id: UUID, *, at: datetime | None) -> None:
        """Put a conversation into the bin, or take it out."""
        await self._session.execute(
            update(Conversation)
            .where(
                col(Conversation.id) == conversation_id,
                col(Conversation.tenant_id) == self._scope.tenant_id,
                col(Conversation.owner_id) == self._scope.user_id,
            )
            .values(deleted_at=at)
        )
