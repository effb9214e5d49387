"""The context as people see it: what would be sent with the next question, what would not, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chat_service.context.composition import Plan
from chat_service.context.planning import load_earlier, most_messages, plan_with_summary
from chat_service.context.repository import PREVIEW_CHARS, ContextRepository, Glimpse, StoredSummary
from chat_service.context.rules import Entry, Frame, Part, Reason, context_budget
from chat_service.context.schemas import ContextView, PartView, SummaryView
from chat_service.conversations.schemas import CallParameters, ContextPolicy
from chat_service.models import Conversation, Message
from chat_service.providers.catalog import Model
from chat_service.providers.port import OfferedTool
from chat_service.providers.token_counter import BYTES_PER_TOKEN, TOKENS_PER_MESSAGE, estimate_tokens, token_counter
from service_kit.auth import Scope

# Of the messages that are not sent, so many are shown; `left_out` counts them all.
MAX_UNSENT_SHOWN = 50
BEFORE_MESSAGES = ("system", "tools", "summary")


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """The question that people are thinking of: how long it is, where it stands, and who is to answer it."""

    parent: Message | None
    content_tokens: int
    model: Model
    system_prompt: str
    tools: tuple[OfferedTool, ...]
    default_messages: int


async def preview(session: AsyncSession, scope: Scope, conversation: Conversation, asked: NextQuestion) -> ContextView:
    """Tell what would be sent with the next question."""
    frame, newest_id = _frame_of(conversation, asked), asked.parent.id if asked.parent else None
    contexts = ContextRepository(session, scope)
    earlier = await load_earlier(contexts, frame, newest_id)
    planned, summary = await plan_with_summary(contexts, frame, earlier, newest_id, summarises=conversation.summarises)
    beyond = await contexts.glimpses(newest_id, after=len(earlier), limit=MAX_UNSENT_SHOWN)
    return ContextView(
        model=frame.model.name,
        window=frame.model.context_window,
        budget=frame.budget,
        tokens=planned.tokens,
        fits=planned.tokens <= frame.budget,
        counting=_counting_of(frame.model),
        policy=ContextPolicy(
            messages=frame.most_messages, tokens=conversation.context_tokens, summarises=conversation.summarises
        ),
        left_out=planned.choice.left_out,
        parts=_part_views(planned, frame, earlier, beyond, summary),
        summary=_summary_view(summary, frame),
    )


def _frame_of(conversation: Conversation, asked: NextQuestion) -> Frame:
    parameters = CallParameters.model_validate_json(conversation.parameters).for_call()
    prompt = asked.system_prompt if conversation.system_prompt is None else conversation.system_prompt
    return Frame(
        model=asked.model,
        budget=context_budget(asked.model, parameters, policy_tokens=conversation.context_tokens),
        most_messages=most_messages(conversation, asked.default_messages),
        above=0 if asked.parent is None else asked.parent.depth + 1,
        system_prompt=prompt,
        question=Entry(None, "user", "", tokens=asked.content_tokens),
        tools=asked.tools,
    )


def _part_views(
    planned: Plan,
    frame: Frame,
    earlier: Sequence[Entry],
    beyond: Sequence[Glimpse],
    summary: StoredSummary | None,
) -> list[PartView]:
    openings: dict[UUID | None, str] = {entry.message_id: entry.content[:PREVIEW_CHARS] for entry in earlier}
    openings.update({glimpse.message_id: glimpse.opening for glimpse in beyond})
    of_kinds = {
        "system": frame.system_prompt[:PREVIEW_CHARS],
        "tools": ", ".join(tool.name for tool in frame.tools)[:PREVIEW_CHARS],
        "summary": summary.row.content[:PREVIEW_CHARS] if summary else "",
    }
    is_full = len(planned.choice.sent) >= frame.most_messages
    unloaded = [_part_beyond(glimpse, planned, is_full=is_full) for glimpse in reversed(beyond)]
    head = [part for part in planned.parts if part.kind in BEFORE_MESSAGES]
    return [
        PartView(
            kind=part.kind,
            message_id=part.message_id,
            role=part.role,
            preview=of_kinds.get(part.kind) or openings.get(part.message_id, ""),
            tokens=part.tokens,
            is_sent=part.is_sent,
            reason=part.reason,
        )
        for part in (*head, *unloaded, *planned.parts[len(head) :])
    ]


def _part_beyond(glimpse: Glimpse, planned: Plan, *, is_full: bool) -> Part:
    digest = planned.choice.digest
    reason: Reason = "over_message_limit" if is_full else "over_token_budget"
    if digest is not None and glimpse.distance >= digest.distance:
        reason = "summarised"
    if not glimpse.chars:
        return Part("message", glimpse.message_id, glimpse.role, 0, is_sent=False, reason="empty")
    tokens = -(-glimpse.chars // BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE
    return Part("message", glimpse.message_id, glimpse.role, tokens, is_sent=False, reason=reason)


def _summary_view(summary: StoredSummary | None, frame: Frame) -> SummaryView | None:
    if summary is None:
        return None
    row = summary.row
    return SummaryView(
        last_message_id=row.last_message_id,
        covers=frame.above - summary.distance + 1,
        content=row.content,
        model=row.model,
        created_at=row.created_at,
    )


def _counting_of(model: Model) -> Literal["counted", "estimated"]:
    return "estimated" if model.is_demo or token_counter() is estimate_tokens else "counted"
