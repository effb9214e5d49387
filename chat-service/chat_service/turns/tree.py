"""The tree of a conversation: where the question and the reply of a new turn stand. Nothing is ever overwritten."""

from dataclasses import dataclass
from uuid import UUID

from chat_service.models import Message
from chat_service.turns.asking import Continue, Regenerate, Wish
from chat_service.turns.repository import MessageNotFound, Standing, TurnRepository
from chat_service.turns.schemas import Question
from service_kit.errors import ServiceError


class ParentNotFound(ServiceError):
    status, code = 404, "parent_not_found"
    detail = "The message this one should follow is not in this conversation."


class NotAQuestion(ServiceError):
    status, code = 409, "not_a_question"
    detail = "Only a question can be edited."


class NotContinuable(ServiceError):
    status, code = 409, "not_continuable"
    detail = "Only an answer that was interrupted, stopped or cut can be continued."


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a turn stands: a new question below `parent`, or a new reply to a `question` that is there already."""

    parent: Message | None = None
    question: Message | None = None
    continues: Message | None = None


async def spot_for(turns: TurnRepository, standing: Standing, wish: Wish) -> Spot:
    """Find the spot of what is asked."""
    conversation_id = standing.conversation.id
    match wish:
        case Question(edits=UUID() as edited):
            return Spot(parent=await _parent_of_question(turns, conversation_id, edited))
        case Question(parent_id=parent_id):
            return Spot(parent=await _parent(turns, standing, parent_id))
        case Regenerate(message_id=message_id):
            message = await turns.message(conversation_id, message_id)
            return Spot(question=await _question_of(turns, message))
        case Continue(message_id=message_id):
            reply = await turns.message(conversation_id, message_id)
            _ensure_continuable(reply)
            return Spot(question=await _question_of(turns, reply), continues=reply)


async def _parent(turns: TurnRepository, standing: Standing, parent_id: UUID | None) -> Message | None:
    newest = standing.newest
    if parent_id is None or (newest is not None and newest.id == parent_id):
        return newest
    try:
        return await turns.message(standing.conversation.id, parent_id)
    except MessageNotFound:
        raise ParentNotFound from None


async def _parent_of_question(turns: TurnRepository, conversation_id: UUID, edited_id: UUID) -> Message | None:
    edited = await turns.message(conversation_id, edited_id)
    if edited.role != "user":
        raise NotAQuestion
    return None if edited.parent_id is None else await turns.message(conversation_id, edited.parent_id)


async def _question_of(turns: TurnRepository, message: Message) -> Message:
    if message.role == "user" or message.parent_id is None:
        return message
    return await turns.message(message.conversation_id, message.parent_id)


def _ensure_continuable(reply: Message) -> None:
    is_cut = reply.outcome in ("interrupted", "stopped", "failed") or reply.finish_reason == "length"
    if reply.role != "assistant" or reply.outcome is None or not reply.content or not is_cut:
        raise NotContinuable
