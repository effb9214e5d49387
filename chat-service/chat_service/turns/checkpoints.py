"""Checkpoints: what running turns have said reaches the database every second, all of it in one transaction."""

import asyncio

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chat_service.models import Message, Turn
from chat_service.turns.engine import RunningTurn, TurnEngine
from chat_service.turns.repository import extend_leases
from chat_service.turns.service import LEASE
from service_kit.clock import utc_now
from service_kit.db import Database
from service_kit.logs import get_logger

CHECKPOINT_SECONDS = 1.0

log = get_logger(__name__)


class Checkpointer:
    """Saves the drafts of one engine and keeps its leases."""

    def __init__(self, database: Database, engine: TurnEngine) -> None:
        self._database = database
        self._engine = engine

    async def run(self) -> None:
        """Save until cancelled."""
        while True:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            try:
                await self.save()
            except (SQLAlchemyError, OSError) as error:
                log.warning("checkpoint_waits", error=type(error).__name__)

    async def save(self) -> None:
        """Save every draft that grew, extend the leases, and stop turns that were stopped or taken over elsewhere."""
        running = {turn_id: turn for turn_id, turn in self._engine.running.items() if not turn.is_ending}
        if not running:
            return
        async with self._database.write() as session:
            held = await extend_leases(session, self._engine.instance_id, list(running), until=utc_now() + LEASE)
            grown = [turn for turn_id, turn in running.items() if turn_id in held]
            await _save_drafts(session, grown)
        for turn_id, turn in running.items():
            if turn_id not in held:
                turn.cancel()
            elif held[turn_id] is not None:
                turn.is_stop_asked = True
                turn.cancel()


async def _save_drafts(session: AsyncSession, turns: list[RunningTurn]) -> None:
    for turn in turns:
        draft = turn.draft
        if draft.size_bytes == draft.saved_bytes:
            continue
        size_bytes, seq, text = draft.size_bytes, draft.log.last_seq, draft.text
        tokens = draft.context.tokens if draft.context else 0
        await session.execute(
            update(Message)
            .where(col(Message.id) == draft.begun.turn.reply_id, col(Message.outcome).is_(None))
            .values(content=text)
        )
        await session.execute(
            update(Turn).where(col(Turn.id) == draft.begun.turn.id).values(last_seq=seq, context_tokens=tokens)
        )
        draft.saved_bytes = size_bytes
