"""How rows look from outside."""

from typing import Any

from chat_service.conversations.repository import OpenTurns
from chat_service.conversations.schemas import CallParameters, ContextPolicy, ConversationView, MessageView
from chat_service.models import Conversation, Message
from chat_service.turns.rules import detail_of
from service_kit.json_body import decode_json

EMPTY_LIST = "[]"


def conversation_view(conversation: Conversation, turns: OpenTurns | None = None) -> ConversationView:
    """Show a conversation to its owner, with the turns that have not ended."""
    turns = turns or OpenTurns()
    return ConversationView(
        **conversation.model_dump(exclude={"parameters"}),
        context=ContextPolicy(
            messages=conversation.context_messages,
            tokens=conversation.context_tokens,
            summarises=conversation.summarises,
        ),
        parameters=CallParameters.model_validate_json(conversation.parameters),
        running_turn_id=turns.running,
        queued_turn_ids=turns.queued,
    )


def message_view(message: Message) -> MessageView:
    """Show a message to its owner, with a sentence for its error code."""
    facts: dict[str, Any] = message.model_dump()
    for name in ("steps", "fallbacks", "images"):
        facts[name] = [] if facts[name] == EMPTY_LIST else decode_json(facts[name])
    return MessageView(**facts, error_detail=detail_of(message.error_code))
