"""Pictures in the database, as their owner may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chat_service.conversations.schemas import ImageView
from chat_service.images.rules import ImageNotFound
from chat_service.models import Image
from service_kit.auth import Scope


class ImageRepository:
    """One caller's pictures."""

    def __init__(self, session: AsyncSession, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    async def owned(self, image_id: UUID) -> Image:
        """Return the picture, or raise ImageNotFound."""
        query = select(Image).where(*self._whose(), col(Image.id) == image_id)
        found = (await self._session.execute(query)).scalar_one_or_none()
        if found is None:
            raise ImageNotFound
        return found

    async def count_in(self, conversation_id: UUID) -> int:
        """Return how many pictures a conversation has, asked with or not."""
        query = select(func.count(col(Image.id))).where(*self._whose(), col(Image.conversation_id) == conversation_id)
        return (await self._session.execute(query)).scalar_one()

    async def use(self, conversation_id: UUID, message_id: UUID, image_ids: Sequence[UUID]) -> dict[UUID, ImageView]:
        """Give waiting pictures of a conversation to a message and return those that were."""
        used = await self._session.execute(
            update(Image)
            .where(
                *self._whose(),
                col(Image.id).in_(image_ids),
                col(Image.conversation_id) == conversation_id,
                col(Image.message_id).is_(None),
            )
            .values(message_id=message_id)
            .returning(col(Image.id), col(Image.media_type), col(Image.size_bytes))
            .execution_options(synchronize_session=False)
        )
        return {row.id: ImageView(id=row.id, media_type=row.media_type, size_bytes=row.size_bytes) for row in used}

    def _whose(self) -> tuple[Any, Any]:
        return col(Image.tenant_id) == self._scope.tenant_id, col(Image.owner_id) == self._scope.user_id


async def delete_unused(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete pictures that nobody asked with and return how many were."""
    old = select(col(Image.id)).where(col(Image.message_id).is_(None), col(Image.created_at) < before).limit(limit)
    deleted = await session.execute(
        delete(Image)
        .where(col(Image.id).in_(old), col(Image.message_id).is_(None))
        .returning(col(Image.id))
        .execution_options(synchronize_session=False)
    )
    return len(deleted.all())
