"""The routes of conversations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.exc import IntegrityError

from chat_service.conversations import service
from chat_service.conversations.repository import ConversationRepository
from chat_service.conversations.schemas import (
    ConversationChange,
    ConversationPage,
    ConversationView,
    MessagePage,
    NewConversation,
)
from chat_service.conversations.views import conversation_view, message_view
from chat_service.parts import CatalogPart, DatabasePart
from service_kit.auth import CurrentPrincipal
from service_kit.clock import utc_now
from service_kit.json_body import StrictRoute
from service_kit.pagination import Cursor, CursorInvalid

MAX_PAGE = 100
MAX_POSITION_DIGITS = 9

router = APIRouter(prefix="/conversations", route_class=StrictRoute, tags=["conversations"])


@router.post("", status_code=201, responses={200: {"model": ConversationView, "description": "Started before."}})
async def start_conversation(
    wish: NewConversation, caller: CurrentPrincipal, database: DatabasePart, catalog: CatalogPart, response: Response
) -> ConversationView:
    """Start a conversation."""
    try:
        async with database.write() as session:
            conversation, is_new = await service.start(session, caller, wish, catalog=catalog, now=utc_now())
    except IntegrityError:
        # Two requests with one client id at once: the other one was first.
        async with database.write() as session:
            conversation, is_new = await service.start(session, caller, wish, catalog=catalog, now=utc_now())
    response.status_code = 201 if is_new else 200
    return conversation_view(conversation)


@router.get("")
async def list_conversations(
    caller: CurrentPrincipal,
    database: DatabasePart,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 30,
    cursor: str | None = None,
    deleted: bool = False,  # noqa: FBT001, FBT002 - a query parameter is passed by name
) -> ConversationPage:
    """List the caller's conversations, newest activity first."""
    after = Cursor.decode(cursor)
    async with database.read() as session:
        conversations = ConversationRepository(session, caller.scope)
        found = await conversations.page(after=after, limit=limit + 1, deleted=deleted)
        shown = found[:limit]
        turns = await conversations.open_turns([conversation.id for conversation in shown])
    last = shown[-1] if len(found) > limit else None
    return ConversationPage(
        items=[conversation_view(conversation, turns.get(conversation.id)) for conversation in shown],
        next_cursor=Cursor(last.active_at, last.id).encode() if last else None,
    )


@router.get("/{conversation_id}")
async def read_conversation(
    conversation_id: UUID, caller: CurrentPrincipal, database: DatabasePart
) -> ConversationView:
    """Read one conversation."""
    async with database.read() as session:
        conversations = ConversationRepository(session, caller.scope)
        conversation = await conversations.owned(conversation_id)
        turns = await conversations.open_turns([conversation_id])
    return conversation_view(conversation, turns.get(conversation_id))


@router.patch("/{conversation_id}")
async def change_conversation(
    conversation_id: UUID,
    wish: ConversationChange,
    caller: CurrentPrincipal,
    database: DatabasePart,
    catalog: CatalogPart,
) -> ConversationView:
    """Rename a conversation, or change its model, its system prompt, its context policy or its parameters."""
    async with database.write() as session:
        conversations = ConversationRepository(session, caller.scope)
        conversation = await conversations.owned(conversation_id, lock=True)
        await service.change(session, conversation, wish, catalog=catalog, now=utc_now())
        turns = await conversations.open_turns([conversation_id])
    return conversation_view(conversation, turns.get(conversation_id))


@router.delete("/{conversation_id}", status_code=204)
async def delete_conversation(conversation_id: UUID, caller: CurrentPrincipal, database: DatabasePart) -> None:
    """Put a conversation into the bin; a running answer is still finished and counted."""
    async with database.write() as session:
        conversations = ConversationRepository(session, caller.scope)
        # Asking twice is answered twice the same: the first answer may have been lost.
        if (await conversations.owned(conversation_id, or_deleted=True)).deleted_at is None:
            await conversations.set_deleted(conversation_id, at=utc_now())


@router.post("/{conversation_id}/restore")
async def restore_conversation(
    conversation_id: UUID, caller: CurrentPrincipal, database: DatabasePart
) -> ConversationView:
    """Take a conversation out of the bin."""
    async with database.write() as session:
        conversations = ConversationRepository(session, caller.scope)
        conversation = await conversations.owned(conversation_id, or_deleted=True)
        await conversations.set_deleted(conversation_id, at=None)
        conversation.deleted_at = None
        turns = await conversations.open_turns([conversation_id])
    return conversation_view(conversation, turns.get(conversation_id))


@router.get("/{conversation_id}/messages")
async def list_messages(
    conversation_id: UUID,
    caller: CurrentPrincipal,
    database: DatabasePart,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: str | None = None,
) -> MessagePage:
    """List messages: the newest page first, oldest first within a page."""
    async with database.read() as session:
        conversations = ConversationRepository(session, caller.scope)
        await conversations.owned(conversation_id)
        found = await conversations.messages(conversation_id, before=_position(cursor), limit=limit + 1)
    shown = found[:limit]
    return MessagePage(
        items=[message_view(message) for message in reversed(shown)],
        next_cursor=str(shown[-1].position) if len(found) > limit else None,
    )


def _position(cursor: str | None) -> int | None:
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= MAX_POSITION_DIGITS):
        raise CursorInvalid
    return int(cursor)
