"""Checkpoints: what running turns have said reaches the database every second or 2 KB, in one transaction for all."""

import asyncio
import contextlib

from sqlalchemy import bindparam, update
from sqlalchemy.exc import SQLAlchemyError

from chat_service.models import Message, Turn, table_of
from chat_service.turns.engine import TurnEngine
from chat_service.turns.repository import extend_leases
from chat_service.turns.running import RunningTurn
from chat_service.turns.service import LEASE
from service_kit.clock import utc_now
from service_kit.db import Database
from service_kit.fault_points import fault_point
from service_kit.logs import get_logger

CHECKPOINT_SECONDS = 1.0
# However fast models speak, so much time is left to everything else.
REST_SECONDS = 0.1

log = get_logger(__name__)


class Checkpointer:
    """Saves the drafts of one engine and keeps its leases."""

    def __init__(self, database: Database, engine: TurnEngine) -> None:
        self._database = database
        self._engine = engine

    async def run(self) -> None:
        """Save until cancelled."""
        while True:
            self._engine.has_grown.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECKPOINT_SECONDS):
                    await self._engine.has_grown.wait()
            try:
                await self.save()
            except (SQLAlchemyError, OSError) as error:
                log.warning("checkpoint_waits", error=type(error).__name__)
            except Exception as error:
                # Without checkpoints every lease of this process would run out.
                log.error("checkpoint_failed", exc_info=error)
            await asyncio.sleep(REST_SECONDS)

    async def save(self) -> None:
        """Save every draft that grew, extend the leases, and stop turns that were stopped or taken over elsewhere."""
        running = {turn_id: turn for turn_id, turn in self._engine.running.items() if not turn.is_ending}
        if not running:
            return
        async with self._database.write() as session:
            held = await extend_leases(session, self._engine.instance_id, list(running), until=utc_now() + LEASE)
            grown = [turn for turn_id, turn in running.items() if turn_id in held and turn.draft.has_unsaved]
            # Taken in one moment: while one statement runs, more is said, and a text must fit its number to the letter.
            sizes = [turn.draft.size_bytes for turn in grown]
            messages = [_message_facts(turn) for turn in grown]
            turns = [_turn_facts(turn) for turn in grown]
            if grown:
                await session.execute(SAVE_MESSAGES, messages)
                await session.execute(SAVE_TURNS, turns)
            await fault_point("turn.checkpoint.before_commit")
        for turn, size_bytes in zip(grown, sizes, strict=True):
            turn.draft.saved_bytes = size_bytes
        for turn_id, turn in running.items():
            if turn_id not in held:
                turn.cancel()
            elif held[turn_id] is not None:
                turn.stop()


# Made once and run for all drafts together: composing statements for each would cost more than storing them.
_messages, _turns = table_of(Message), table_of(Turn)
SAVE_MESSAGES = (
    update(_messages)
    .where(_messages.c.id == bindparam("reply"), _messages.c.outcome.is_(None))
    .values({name: bindparam(name) for name in ("content", "reasoning", "steps", "fallbacks")})
    .values(model=bindparam("answering"), asked_model=bindparam("asked"), provider=bindparam("served_by"))
)
SAVE_TURNS = (
    update(_turns)
    .where(_turns.c.id == bindparam("turn"))
    .values(
        last_seq=bindparam("seq"),
        context_tokens=bindparam("tokens"),
        model=bindparam("answering"),
        provider=bindparam("served_by"),
    )
)


def _message_facts(turn: RunningTurn) -> dict[str, object]:
    draft, said = turn.draft, turn.draft.said
    return {
        "reply": draft.begun.turn.reply_id,
        "content": said.text,
        "reasoning": said.reasoning,
        "steps": said.steps,
        "fallbacks": said.fallbacks,
        "answering": draft.model.name,
        "asked": draft.asked_model,
        "served_by": draft.model.provider.name,
    }


def _turn_facts(turn: RunningTurn) -> dict[str, object]:
    draft = turn.draft
    return {
        "turn": draft.begun.turn.id,
        "seq": draft.log.last_seq,
        "tokens": draft.context.tokens if draft.context else 0,
        "answering": draft.model.name,
        "served_by": draft.model.provider.name,
    }
