"""How turns look from outside."""

from chat_service.conversations.views import message_view
from chat_service.models import Message, Turn
from chat_service.turns.schemas import TurnAnswer, TurnView


def turn_view(turn: Turn) -> TurnView:
    """Show a turn to its owner."""
    state = "ended" if turn.outcome is not None else "queued" if turn.is_queued else "running"
    return TurnView.model_validate({**turn.model_dump(), "state": state})


def turn_answer(turn: Turn, question: Message, reply: Message) -> TurnAnswer:
    """Show a turn with both its messages."""
    return TurnAnswer(turn=turn_view(turn), question=message_view(question), reply=message_view(reply))
