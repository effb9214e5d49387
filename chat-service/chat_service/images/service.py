"""The use cases of pictures: hand one in, ask with them, clear away those that nobody asked with."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from chat_service.conversations.repository import ConversationRepository
from chat_service.conversations.schemas import ImageView
from chat_service.images.repository import ImageRepository, delete_unused
from chat_service.images.rules import (
    MAX_IN_CONVERSATION,
    MAX_QUESTION_BYTES,
    ImageNotFound,
    ImagesTooLarge,
    TooManyImages,
    ensure_picture,
)
from chat_service.models import Image
from service_kit.auth import Scope
from service_kit.clock import new_id, utc_now
from service_kit.db import Database
from service_kit.logs import get_logger

UNUSED_LIFETIME: Final = timedelta(days=1)
LOOK_SECONDS: Final = 3_600.0
PRUNED_AT_ONCE: Final = 100

log = get_logger(__name__)


async def hand_in(
    session: AsyncSession, scope: Scope, conversation_id: UUID, *, media_type: str, data: bytes, now: datetime
) -> Image:
    """Store a picture for a question of this conversation."""
    ensure_picture(media_type, data)
    await ConversationRepository(session, scope).owned(conversation_id, lock=True)
    if await ImageRepository(session, scope).count_in(conversation_id) >= MAX_IN_CONVERSATION:
        raise TooManyImages(limit=MAX_IN_CONVERSATION)
    image = Image(
        id=new_id(),
        tenant_id=scope.tenant_id,
        owner_id=scope.user_id,
        conversation_id=conversation_id,
        media_type=media_type,
        size_bytes=len(data),
        data=data,
        created_at=now,
    )
    session.add(image)
    await session.flush()
    return image


async def attach(
    session: AsyncSession, scope: Scope, conversation_id: UUID, message_id: UUID, image_ids: Sequence[UUID]
) -> list[ImageView]:
    """Give pictures to a question that is stored already; each can be asked with once."""
    wished = list(dict.fromkeys(image_ids))
    used = await ImageRepository(session, scope).use(conversation_id, message_id, wished)
    if len(used) < len(wished):
        raise ImageNotFound
    size_bytes = sum(image.size_bytes for image in used.values())
    if size_bytes > MAX_QUESTION_BYTES:
        raise ImagesTooLarge(size_bytes=size_bytes, limit=MAX_QUESTION_BYTES)
    return [used[image_id] for image_id in wished]


async def prune_unused(database: Database) -> None:
    """Delete pictures that have waited for a question for a day, every hour until cancelled."""
    while True:
        try:
            await prune(database, before=utc_now() - UNUSED_LIFETIME)
        except (SQLAlchemyError, OSError) as error:
            log.warning("image_pruning_waits", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def prune(database: Database, *, before: datetime) -> None:
    """Delete pictures that were handed in before then and never asked with."""
    pruned = PRUNED_AT_ONCE
    while pruned == PRUNED_AT_ONCE:
        # Many short transactions: on SQLite everybody else waits for each.
        async with database.write() as session:
            pruned = await delete_unused(session, before=before, limit=PRUNED_AT_ONCE)
