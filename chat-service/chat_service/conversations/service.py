"""The use cases of conversations."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from chat_service.conversations.repository import ConversationRepository
from chat_service.conversations.schemas import CallParameters, ContextPolicy, ConversationChange, NewConversation
from chat_service.models import Conversation, outbox
from chat_service.providers.catalog import Catalog
from chat_service.providers.rules import ensure_parameters_fit
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
    ensure_parameters_fit(catalog.find(wish.model), wish.parameters.for_call())
    conversation = Conversation(
        id=new_id(),
        tenant_id=caller.tenant_id,
        owner_id=caller.user_id,
        client_conversation_id=wish.client_conversation_id,
        title=wish.title,
        model=wish.model,
        system_prompt=wish.system_prompt,
        **_policy(wish.context),
        parameters=_stored(wish.parameters),
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
    """Change what the wish names; the parameters must suit the model that they are then for."""
    if wish.model is not None:
        catalog.find(wish.model)
    named = wish.model_dump(include=wish.model_fields_set & {"title", "model", "system_prompt"})
    if "context" in wish.model_fields_set:
        named.update(_policy(wish.context))
    if "parameters" in wish.model_fields_set:
        named["parameters"] = _stored(wish.parameters)
    for field, value in named.items():
        setattr(conversation, field, value)
    if "model" in named or "parameters" in named:
        _ensure_parameters_fit(conversation, catalog)
    conversation.updated_at = now
    session.add(conversation)
    await session.flush()


def _ensure_parameters_fit(conversation: Conversation, catalog: Catalog) -> None:
    model = catalog.find_or_default(conversation.model)
    ensure_parameters_fit(model, CallParameters.model_validate_json(conversation.parameters).for_call())


def _policy(context: ContextPolicy) -> dict[str, Any]:
    return {
        "context_messages": context.messages,
        "context_tokens": context.tokens,
        "summarises": context.summarises,
    }


def _stored(parameters: CallParameters) -> str:
    return parameters.model_dump_json(exclude_defaults=True)
