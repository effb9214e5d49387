"""Branches of conversations, put into the database as turns would have left them."""

from typing import Any
from uuid import UUID

from chat_service.conversations.schemas import ImageView
from chat_service.models import Conversation, Message, Turn
from chat_service.providers.catalog import Model
from chat_service.providers.port import Parameters
from chat_service.turns.asking import BegunTurn
from service_kit.auth import Scope
from service_kit.clock import new_id, utc_now
from service_kit.db import Database
from service_kit.json_body import encode_json

NO_PARAMETERS = Parameters()
Said = str | tuple[str, list[ImageView]]


async def new_conversation(database: Database, scope: Scope, **facts: Any) -> Conversation:
    """Store an empty conversation."""
    now = utc_now()
    conversation = Conversation(
        id=new_id(),
        tenant_id=scope.tenant_id,
        owner_id=scope.user_id,
        created_at=now,
        updated_at=now,
        active_at=now,
        **facts,
    )
    async with database.write() as session:
        session.add(conversation)
    return conversation


async def grow(
    database: Database,
    scope: Scope,
    conversation_id: UUID,
    *said: Said,
    below: Message | None = None,
    position: int = 0,
) -> list[Message]:
    """Store messages, one below the other, the user first; an empty one is an answer that failed before a word."""
    messages: list[Message] = []
    parent = below
    for number, each in enumerate(said):
        text, images = (each, []) if isinstance(each, str) else each
        message = Message(
            id=new_id(),
            tenant_id=scope.tenant_id,
            owner_id=scope.user_id,
            conversation_id=conversation_id,
            parent_id=parent.id if parent else None,
            position=position + number,
            depth=parent.depth + 1 if parent else 0,
            role="assistant" if parent is not None and parent.role == "user" else "user",
            content=text,
            images=encode_json([image.model_dump() for image in images]).decode(),
            created_at=utc_now(),
        )
        messages.append(message)
        parent = message
    async with database.write() as session:
        for message in messages:
            session.add(message)
            await session.flush()
    return messages


def asked_below(
    conversation: Conversation,
    parent: Message | None,
    content: str,
    *,
    model: Model,
    continues: Message | None = None,
    images: str = "[]",
    parameters: Parameters = NO_PARAMETERS,
    system_prompt: str = "be brief",
) -> BegunTurn:
    """A turn as the engine has it when it begins to answer; its own rows are not needed in the database."""
    shared = _shared(conversation)
    depth = 0 if parent is None else parent.depth + 1
    above = None if parent is None else parent.id
    question = Message(
        **shared, id=new_id(), parent_id=above, position=depth, depth=depth, role="user", content=content, images=images
    )
    reply = Message(**shared, id=new_id(), parent_id=question.id, position=depth + 1, depth=depth + 1, role="assistant")
    return BegunTurn(
        turn=_turn(shared, question, reply, model),
        question=question,
        reply=reply,
        conversation=conversation,
        model=model,
        parameters=parameters,
        system_prompt=system_prompt,
        continues=continues,
        is_new=True,
    )


def _shared(conversation: Conversation) -> dict[str, Any]:
    return {
        "tenant_id": conversation.tenant_id,
        "owner_id": conversation.owner_id,
        "conversation_id": conversation.id,
        "created_at": utc_now(),
    }


def _turn(shared: dict[str, Any], question: Message, reply: Message, model: Model) -> Turn:
    return Turn(
        **shared,
        id=new_id(),
        question_id=question.id,
        reply_id=reply.id,
        client_message_id=new_id(),
        purpose="reply",
        transport="json",
        provider="scripted",
        model=model.name,
        epoch=str(new_id()),
        lease_owner=new_id(),
        lease_until=utc_now(),
    )
