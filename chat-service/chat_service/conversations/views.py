"""How rows look from outside."""

from uuid import UUID

from chat_service.conversations.schemas import ConversationView, MessageView
from chat_service.models import Conversation, Message
from chat_service.turns.rules import detail_of


def conversation_view(conversation: Conversation, *, running_turn_id: UUID | None = None) -> ConversationView:
    """Show a conversation to its owner."""
    view = ConversationView.model_validate(conversation)
    view.running_turn_id = running_turn_id
    return view


def message_view(message: Message) -> MessageView:
    """Show a message to its owner, with a sentence for its error code."""
    view = MessageView.model_validate(message)
    view.error_detail = detail_of(message.error_code)
    return view
