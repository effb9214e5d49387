"""Rolling summaries: before a turn is answered, a model tells what has fallen out of the context and nobody has told.

Nothing is held while a model tells a summary. What the call used is recorded with the summary, or without one when it
failed: the turn then goes on, and what is not told counts as left out.
"""

import asyncio
from datetime import datetime
from typing import Final
from uuid import uuid5

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from chat_service.context.composition import plan
from chat_service.context.planning import frame_of, load_earlier
from chat_service.context.repository import ContextRepository, Glimpse, StoredSummary
from chat_service.context.rules import Counter, Digest, Frame, context_budget
from chat_service.context.telling import SummaryWanted, Telling, listen
from chat_service.context.transcript import (
    INSTRUCTION,
    SUMMARY_MAX_CHARS,
    SUMMARY_TOKENS,
    Line,
    messages_for,
    parameters_for,
    transcript,
)
from chat_service.models import Summary, outbox
from chat_service.providers.catalog import Model
from chat_service.providers.port import ModelCall, OfferedTool
from chat_service.providers.token_counter import BYTES_PER_TOKEN, TOKENS_PER_MESSAGE
from chat_service.turns.asking import BegunTurn
from service_kit.auth import Scope
from service_kit.clock import new_id, utc_now
from service_kit.contracts.events import Purpose, Transport, TurnFinished
from service_kit.db import Database
from service_kit.fault_points import fault_point
from service_kit.logs import get_logger

# What one call is told at most. A long conversation that begins to be summarised takes several, over several turns.
ROUND_TOKENS: Final = 32_000
ROUND_MESSAGES: Final = 400
MAX_ROUNDS: Final = 3

log = get_logger(__name__)


async def ensure_summary(
    database: Database,
    begun: BegunTurn,
    model: Model,
    *,
    tools: tuple[OfferedTool, ...] = (),
    default_messages: int,
) -> None:
    """Have told what falls out of the context of a turn, where its conversation wishes that; failing is no failure."""
    if not begun.conversation.summarises or not begun.question.depth:
        return
    frame = frame_of(begun, model, tools=tools, default_messages=default_messages)
    for _ in range(MAX_ROUNDS):
        async with database.read() as session:
            wanted = await summary_wanted(session, begun, frame)
        if wanted is None or not await _tell(database, begun, model, wanted):
            return


async def summary_wanted(session: AsyncSession, begun: BegunTurn, frame: Frame) -> SummaryWanted | None:
    """Return the summary to be made now, or None when everything that falls out is told already."""
    newest_id = begun.question.parent_id
    if newest_id is None:
        return None
    contexts = ContextRepository(session, Scope(begun.turn.tenant_id, begun.turn.owner_id))
    counter = Counter(frame.model)
    earlier = await load_earlier(contexts, frame, newest_id)
    if plan(frame, earlier, counter).choice.reached >= frame.above:
        return None
    stored = await contexts.newest_summary(newest_id)
    digest = Digest(stored.row.content, stored.distance) if stored else None
    planned = plan(frame, earlier, counter, digest=digest, reserved=0 if stored else SUMMARY_TOKENS)
    reached = planned.choice.reached
    is_pointless = planned.room < 0 or planned.choice.digest != digest
    if is_pointless or (stored is not None and stored.distance <= reached + 1):
        return None
    # Half of what is still sent is told as well, so that the next few questions need no summary of their own.
    untold = await contexts.oldest_untold(newest_id, nearest=reached // 2 + 1, limit=ROUND_MESSAGES)
    return await _wanted(contexts, frame.model, stored, untold)


async def _wanted(
    contexts: ContextRepository, model: Model, stored: StoredSummary | None, untold: list[Glimpse]
) -> SummaryWanted:
    parameters = parameters_for(model)
    budget = min(ROUND_TOKENS, context_budget(model, parameters))
    room = budget - model.count(INSTRUCTION) - 2 * TOKENS_PER_MESSAGE
    chosen, chars = [], 0
    for glimpse in untold:
        chosen.append(glimpse)
        chars += glimpse.chars
        if chars > room * BYTES_PER_TOKEN * 2:
            break
    contents = await contexts.contents([glimpse.message_id for glimpse in chosen])
    lines = [Line(glimpse.role, contents[glimpse.message_id]) for glimpse in chosen]
    text, told = transcript(stored.row.content if stored else None, lines, room=room, count=model.count)
    messages = messages_for(text)
    return SummaryWanted(
        ModelCall(model.provider_model, messages, parameters),
        sum(model.count(message.content) + TOKENS_PER_MESSAGE for message in messages),
        chosen[told - 1].message_id,
    )


async def _tell(database: Database, begun: BegunTurn, model: Model, wanted: SummaryWanted) -> bool:
    telling = Telling()
    await fault_point("summary.call.before")
    try:
        await listen(model, wanted, telling)
    except asyncio.CancelledError:
        # The turn was stopped; what was used until then is counted all the same.
        telling.end("stopped")
        await _store(database, begun, model, wanted, telling)
        raise
    await fault_point("summary.call.after")
    return await _store(database, begun, model, wanted, telling) and telling.outcome == "finished"


async def _store(database: Database, begun: BegunTurn, model: Model, wanted: SummaryWanted, telling: Telling) -> bool:
    """Store how it went; False when there is no summary of it."""
    try:
        async with database.write() as session:
            has_summary = await store_summary(session, begun, model, wanted, telling, now=utc_now())
            await fault_point("summary.store.before_commit")
        return has_summary
    except IntegrityError:
        # This turn was begun again elsewhere and has recorded the same call already.
        log.warning("summary_recorded_before", turn_id=str(begun.turn.id))
    except (SQLAlchemyError, OSError) as error:
        log.warning("summary_not_stored", turn_id=str(begun.turn.id), error=type(error).__name__)
    return False


async def store_summary(
    session: AsyncSession, begun: BegunTurn, model: Model, wanted: SummaryWanted, telling: Telling, *, now: datetime
) -> bool:
    """Store a summary and what its call used in one transaction; of two with the same end the first one stays."""
    turn, text = begun.turn, telling.text.strip()[:SUMMARY_MAX_CHARS]
    has_summary = telling.outcome == "finished" and bool(text)
    if has_summary:
        summary = Summary(
            id=new_id(),
            tenant_id=turn.tenant_id,
            owner_id=turn.owner_id,
            conversation_id=turn.conversation_id,
            last_message_id=wanted.last_message_id,
            content=text,
            model=model.name,
            created_at=now,
        )
        await ContextRepository(session, Scope(turn.tenant_id, turn.owner_id)).add_summary(summary)
    await outbox.record(session, _finished(begun, model, wanted, telling, now=now), occurred_at=now)
    return has_summary


def _finished(
    begun: BegunTurn, model: Model, wanted: SummaryWanted, telling: Telling, *, now: datetime
) -> TurnFinished:
    turn = begun.turn
    usage, source = telling.spent(model, input_tokens=wanted.input_tokens)
    cost = model.cost(usage, at=now)
    return TurnFinished(
        tenant_id=turn.tenant_id,
        user_id=turn.owner_id,
        conversation_id=turn.conversation_id,
        # A call of its own in the ledger. The model is part of it: one that stands in may be asked for the same again.
        turn_id=uuid5(turn.id, f"summary:{wanted.last_message_id}:{model.name}"),
        purpose=Purpose.SUMMARY,
        provider=model.provider.name,
        model=model.name,
        transport=Transport(turn.transport),
        outcome=telling.outcome,
        error_code=telling.error_code,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        usage_source=source,
        cost_micro_usd=cost.micro_usd,
        price_version=cost.price_version,
        time_to_first_token_ms=telling.time_to_first_token_ms,
        duration_ms=telling.duration_ms,
    )
