"""What a model is sent for a turn."""

from sqlalchemy.ext.asyncio import AsyncSession

from chat_service.context.composition import messages_of, pictures_sent
from chat_service.context.planning import frame_of, load_earlier, plan_with_summary
from chat_service.context.repository import ContextRepository
from chat_service.context.rules import Context
from chat_service.providers.catalog import Model
from chat_service.providers.port import ContextMessage, OfferedTool
from chat_service.turns.asking import BegunTurn
from service_kit.auth import Scope


async def compose(
    session: AsyncSession,
    begun: BegunTurn,
    model: Model,
    *,
    tools: tuple[OfferedTool, ...] = (),
    said_before: tuple[ContextMessage, ...] = (),
    default_messages: int,
) -> Context:
    """Compose what a model is sent for a turn; `said_before` are the rounds of tools that follow the question."""
    frame = frame_of(begun, model, tools=tools, said_before=said_before, default_messages=default_messages)
    contexts = ContextRepository(session, Scope(begun.turn.tenant_id, begun.turn.owner_id))
    newest_id = begun.question.parent_id
    earlier = await load_earlier(contexts, frame, newest_id)
    planned, _ = await plan_with_summary(contexts, frame, earlier, newest_id, summarises=begun.conversation.summarises)
    images = await contexts.images(list(pictures_sent(frame, planned.choice)))
    return Context(
        messages=messages_of(frame, planned.choice, images),
        parts=planned.parts,
        tokens=planned.tokens,
        budget=frame.budget,
        left_out=planned.choice.left_out,
    )
