"""What a context is made of in the database: the branch above a question, its summaries, its pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, case, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chat_service.context.rules import Entry, Picture
from chat_service.models import Image, Message, Summary, table_of
from chat_service.providers.port import Image as ShownImage
from service_kit.auth import Scope
from service_kit.json_body import decode_json

EMPTY_LIST = "[]"
PREVIEW_CHARS = 80


@dataclass(frozen=True, slots=True)
class StoredSummary:
    """A summary of this branch; it tells the messages at `distance` from the question and everything above."""

    row: Summary
    distance: int


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A message that is not loaded: who said it, how it begins, and how long it is."""

    message_id: UUID
    role: str
    opening: str
    chars: int
    distance: int


class ContextRepository:
    """One caller's branches. A branch is named by its newest message, the one that a question follows."""

    def __init__(self, session: AsyncSession, scope: Scope) -> None:
        self._session = session
        self._whose = {"tenant": scope.tenant_id, "owner": scope.user_id}
        self._scope = scope

    async def newest_in(self, conversation_id: UUID) -> Message | None:
        """Return the newest message of a conversation."""
        query = (
            select(Message)
            .where(
                col(Message.conversation_id) == conversation_id,
                col(Message.tenant_id) == self._scope.tenant_id,
                col(Message.owner_id) == self._scope.user_id,
            )
            .order_by(col(Message.position).desc())
            .limit(1)
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def branch(self, newest_id: UUID | None, *, most: int, chars: int) -> list[Entry]:
        """Return the messages of a branch, newest first: `most` that say something, and the next one after those.

        It also ends where more than `chars` characters have come together.
        """
        if newest_id is None:
            return []
        bounds = {"newest": newest_id, "most": most, "chars": chars}
        found = await self._session.execute(BRANCH, {**bounds, **self._whose})
        return [Entry(row.id, row.role, row.content, pictures_of(row.images), row.distance) for row in found]

    async def glimpses(self, newest_id: UUID | None, *, after: int, limit: int) -> list[Glimpse]:
        """Return how the messages of a branch begin that lie beyond distance `after`, newest first."""
        if newest_id is None:
            return []
        bounds = {"newest": newest_id, "after": after, "furthest": after + limit}
        found = await self._session.execute(GLIMPSES, {**bounds, **self._whose})
        return [Glimpse(row.id, row.role, row.opening, row.chars, row.distance) for row in found]

    async def newest_summary(self, newest_id: UUID | None) -> StoredSummary | None:
        """Return the newest summary that tells something of a branch."""
        if newest_id is None:
            return None
        found = (await self._session.execute(NEWEST_SUMMARY, {"newest": newest_id, **self._whose})).one_or_none()
        return None if found is None else StoredSummary(found[0], found.distance)

    async def oldest_untold(self, newest_id: UUID, *, nearest: int, limit: int) -> list[Glimpse]:
        """Return messages from `nearest` up that no summary tells, oldest first."""
        bounds = {"newest": newest_id, "nearest": nearest, "limit": limit}
        found = await self._session.execute(UNTOLD, {**bounds, **self._whose})
        return [Glimpse(row.id, row.role, "", row.chars, row.distance) for row in found]

    async def contents(self, message_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Return what messages say."""
        query = select(col(Message.id), col(Message.content)).where(
            col(Message.id).in_(message_ids),
            col(Message.tenant_id) == self._scope.tenant_id,
            col(Message.owner_id) == self._scope.user_id,
        )
        return {row.id: row.content for row in await self._session.execute(query)}

    async def images(self, image_ids: Sequence[UUID]) -> dict[UUID, ShownImage]:
        """Return pictures as a model is shown them."""
        if not image_ids:
            return {}
        query = select(col(Image.id), col(Image.media_type), col(Image.data)).where(
            col(Image.id).in_(image_ids),
            col(Image.tenant_id) == self._scope.tenant_id,
            col(Image.owner_id) == self._scope.user_id,
        )
        return {row.id: ShownImage(row.media_type, row.data) for row in await self._session.execute(query)}

    async def add_summary(self, summary: Summary) -> bool:
        """Store a summary; False when another one ends at the same message already."""
        dialect = sqlite if self._session.get_bind().dialect.name == "sqlite" else postgresql
        stored = await self._session.execute(
            dialect.insert(table_of(Summary))
            .values(summary.model_dump())
            .on_conflict_do_nothing(index_elements=["last_message_id"])
            .returning(table_of(Summary).c.id)
        )
        return stored.first() is not None


def pictures_of(images: str) -> tuple[Picture, ...]:
    """Read the pictures of a stored message."""
    if images == EMPTY_LIST:
        return ()
    return tuple(Picture(UUID(image["id"]), image["size_bytes"]) for image in decode_json(images))


def _first(*columns: Any) -> Any:
    """Begin a walk up a branch at its newest message. Walks are made once: composing one costs more than running it."""
    message = table_of(Message)
    return select(message.c.id, message.c.parent_id, literal(1).label("distance"), *columns).where(
        message.c.id == bindparam("newest", type_=Uuid()),
        message.c.tenant_id == bindparam("tenant", type_=Uuid()),
        message.c.owner_id == bindparam("owner", type_=Uuid()),
    )


def _branch() -> Any:
    message, parent = table_of(Message), table_of(Message).alias("parent")
    walk = _first(
        case((message.c.content != "", 1), else_=0).label("speaking"),
        func.length(message.c.content).label("chars"),
    ).cte("branch", recursive=True)
    walk = walk.union_all(
        select(
            parent.c.id,
            parent.c.parent_id,
            walk.c.distance + 1,
            walk.c.speaking + case((parent.c.content != "", 1), else_=0),
            walk.c.chars + func.length(parent.c.content),
        ).where(
            parent.c.id == walk.c.parent_id,
            walk.c.speaking <= bindparam("most", type_=Integer()),
            walk.c.chars <= bindparam("chars", type_=Integer()),
        )
    )
    return (
        select(message.c.id, message.c.role, message.c.content, message.c.images, walk.c.distance)
        .join(walk, walk.c.id == message.c.id)
        .order_by(walk.c.distance)
    )


def _glimpses() -> Any:
    message, parent = table_of(Message), table_of(Message).alias("parent")
    walk = _first().cte("branch", recursive=True)
    walk = walk.union_all(
        select(parent.c.id, parent.c.parent_id, walk.c.distance + 1).where(
            parent.c.id == walk.c.parent_id, walk.c.distance < bindparam("furthest", type_=Integer())
        )
    )
    opening = func.substr(message.c.content, 1, PREVIEW_CHARS).label("opening")
    return (
        select(message.c.id, message.c.role, opening, func.length(message.c.content).label("chars"), walk.c.distance)
        .join(walk, walk.c.id == message.c.id)
        .where(walk.c.distance > bindparam("after", type_=Integer()))
        .order_by(walk.c.distance)
    )


def _up_to_a_summary() -> Any:
    """Walk up a branch until a message at which a summary ends, or to the top."""
    message, parent = table_of(Message), table_of(Message).alias("parent")
    ends_here, ends_there = table_of(Summary).alias("ends_here"), table_of(Summary).alias("ends_there")
    first = _first(ends_here.c.id.label("summary_id")).select_from(
        message.outerjoin(ends_here, ends_here.c.last_message_id == message.c.id)
    )
    walk = first.cte("branch", recursive=True)
    return walk.union_all(
        select(parent.c.id, parent.c.parent_id, walk.c.distance + 1, ends_there.c.id)
        .select_from(
            walk.join(parent, parent.c.id == walk.c.parent_id).outerjoin(
                ends_there, ends_there.c.last_message_id == parent.c.id
            )
        )
        .where(walk.c.summary_id.is_(None))
    )


def _newest_summary() -> Any:
    walk = _up_to_a_summary()
    return select(Summary, walk.c.distance).join(walk, walk.c.summary_id == col(Summary.id))


def _untold() -> Any:
    message, walk = table_of(Message), _up_to_a_summary()
    return (
        select(message.c.id, message.c.role, func.length(message.c.content).label("chars"), walk.c.distance)
        .join(walk, walk.c.id == message.c.id)
        .where(
            walk.c.summary_id.is_(None),
            walk.c.distance >= bindparam("nearest", type_=Integer()),
            message.c.content != "",
        )
        .order_by(walk.c.distance.desc())
        .limit(bindparam("limit", type_=Integer()))
    )


BRANCH = _branch()
GLIMPSES = _glimpses()
NEWEST_SUMMARY = _newest_summary()
UNTOLD = _untold()
