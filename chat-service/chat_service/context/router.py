"""The route that shows a context."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chat_service.context.preview import NextQuestion, preview
from chat_service.context.repository import ContextRepository
from chat_service.context.schemas import ContextView
from chat_service.conversations.repository import ConversationRepository
from chat_service.conversations.schemas import ModelName
from chat_service.parts import CatalogPart, DatabasePart, SettingsPart
from chat_service.tools.router import ToolboxPart
from chat_service.turns.repository import TurnRepository
from service_kit.auth import CurrentPrincipal
from service_kit.json_body import StrictRoute

MAX_CONTENT_TOKENS = 10_000_000

router = APIRouter(prefix="/conversations", route_class=StrictRoute, tags=["context"])


@router.get("/{conversation_id}/context")
async def read_context(
    conversation_id: UUID,
    caller: CurrentPrincipal,
    database: DatabasePart,
    catalog: CatalogPart,
    settings: SettingsPart,
    toolbox: ToolboxPart,
    parent_id: UUID | None = None,
    model: ModelName | None = None,
    content_tokens: Annotated[int, Query(ge=0, le=MAX_CONTENT_TOKENS)] = 0,
) -> ContextView:
    """Show what would be sent with the next question: below `parent_id`, or below the newest message."""
    async with database.read() as session:
        conversation = await ConversationRepository(session, caller.scope).owned(conversation_id)
        if parent_id is None:
            parent = await ContextRepository(session, caller.scope).newest_in(conversation_id)
        else:
            parent = await TurnRepository(session, caller.scope).message(conversation_id, parent_id)
        chosen = catalog.find(model) if model else catalog.find_or_default(conversation.model)
        asked = NextQuestion(
            parent=parent,
            content_tokens=content_tokens,
            model=chosen,
            system_prompt=settings.system_prompt,
            tools=toolbox.offered if "tools" in chosen.capabilities else (),
            default_messages=settings.context_messages,
        )
        return await preview(session, caller.scope, conversation, asked)
