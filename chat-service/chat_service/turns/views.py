"""How turns look from outside."""

from typing import Any

from chat_service.conversations.views import message_view
from chat_service.models import Message, Turn
from chat_service.turns.rules import INTERNAL_CODE, detail_of
from chat_service.turns.schemas import TurnAnswer, TurnView


def turn_view(turn: Turn) -> TurnView:
    """Show a turn to its owner."""
    state = "ended" if turn.outcome is not None else "queued" if turn.is_queued else "running"
    return TurnView.model_validate({**turn.model_dump(), "state": state})


def turn_answer(turn: Turn, question: Message, reply: Message) -> TurnAnswer:
    """Show a turn with both its messages."""
    return TurnAnswer(turn=turn_view(turn), question=message_view(question), reply=message_view(reply))


def ending_event(reply: Message) -> tuple[str, dict[str, Any]]:
    """Return the last event of a turn, as its stored reply tells it."""
    shown = message_view(reply).model_dump()
    if reply.outcome in ("finished", "stopped"):
        return "done", {"outcome": reply.outcome, "reply": shown}
    code = reply.error_code or INTERNAL_CODE
    return "failed", {"outcome": reply.outcome, "code": code, "detail": detail_of(code), "reply": shown}
