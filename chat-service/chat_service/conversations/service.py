"""The use cases of conversations."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from chat_service.conversations.repository import ConversationRepository
from chat_service.conversations.schemas import ConversationChange, NewConversation
from chat_service.models import Conversation, outbox
from chat_service.providers.catalog import Catalog
from service_kit.auth import Principal
from service_kit.clock import new_id
from service_kit.contracts.events import ConversationCreated


async def start(
    session: AsyncSession, caller: Principal, wish: NewConversation, *, catalog: Catalog, now: datetime
) -> tuple[Conversation, bool]:
    """Start a conversation, or return the one this client already started; tells whether it is new."""
    conversations = ConversationRepository(session, caller.scope)
    if wish.client_conversation_id is not None:
        started = await conversations.started_by(wish.client_conversation_id)
        if started is not None:
            return started, False
    if wish.model is not None:
        catalog.find(wish.model)
    conversation = Conversation(
        id=new_id(),
        tenant_id=caller.tenant_id,
        owner_id=caller.user_id,
        client_conversation_id=wish.client_conversation_id,
        title=wish.title,
        model=wish.model,
        system_prompt=wish.system_prompt,
        created_at=now,
        updated_at=now,
        active_at=now,
    )
    session.add(conversation)
    await session.flush()
    await outbox.record(
        session,
        ConversationCreated(tenant_id=caller.tenant_id, user_id=caller.user_id, conversation_id=conversation.id),
        occurred_at=now,
    )
    return conversation, True


async def change(
    session: AsyncSession, conversation: Conversation, wish: ConversationChange, *, catalog: Catalog, now: datetime
) -> None:
    """Change what the wish names."""
    if wish.model is not None:
        catalog.find(wish.model)
    for field in wish.model_fields_set:
        setattr(conversation, field, getattr(wish, field))
    conversation.updated_at = now
    session.add(conversation)
    await session.flush()
