"""Planning a context: the room there is, the messages that are looked at, and the choice among them."""

from uuid import UUID

from chat_service.context.composition import Plan, plan
from chat_service.context.repository import ContextRepository, StoredSummary, pictures_of
from chat_service.context.rules import Counter, Digest, Entry, Frame, context_budget
from chat_service.models import Conversation
from chat_service.providers.catalog import Model
from chat_service.providers.port import ContextMessage, OfferedTool
from chat_service.turns.asking import BegunTurn

# In the long run no text has more characters a token, so what lies beyond is not loaded in vain.
CHARS_PER_TOKEN = 16


def frame_of(
    begun: BegunTurn,
    model: Model,
    *,
    tools: tuple[OfferedTool, ...] = (),
    said_before: tuple[ContextMessage, ...] = (),
    default_messages: int,
) -> Frame:
    """Return what is sent for a turn whatever was said before, and the room there is."""
    question, continues = begun.question, begun.continues
    return Frame(
        model=model,
        budget=context_budget(model, begun.parameters, policy_tokens=begun.conversation.context_tokens),
        most_messages=most_messages(begun.conversation, default_messages),
        above=question.depth,
        system_prompt=begun.system_prompt,
        question=Entry(question.id, question.role, question.content, pictures_of(question.images)),
        continued=Entry(continues.id, continues.role, continues.content) if continues and continues.content else None,
        said_since=said_before,
        tools=tools,
    )


def most_messages(conversation: Conversation, default_messages: int) -> int:
    """Return how many earlier messages of a conversation are sent at most."""
    return default_messages if conversation.context_messages is None else conversation.context_messages


async def load_earlier(contexts: ContextRepository, frame: Frame, newest_id: UUID | None) -> list[Entry]:
    """Return as many of the earlier messages, newest first, as may be sent, and the first that may not."""
    return await contexts.branch(newest_id, most=frame.most_messages, chars=frame.budget * CHARS_PER_TOKEN)


async def plan_with_summary(
    contexts: ContextRepository, frame: Frame, earlier: list[Entry], newest_id: UUID | None, *, summarises: bool
) -> tuple[Plan, StoredSummary | None]:
    """Choose what is sent, with the newest summary of the branch where something falls out."""
    counter = Counter(frame.model)
    planned = plan(frame, earlier, counter)
    if not summarises or planned.choice.reached >= frame.above:
        return planned, None
    summary = await contexts.newest_summary(newest_id)
    if summary is None:
        return planned, None
    return plan(frame, earlier, counter, digest=Digest(summary.row.content, summary.distance)), summary
