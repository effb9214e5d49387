"""The reaper: ends turns whose process died, keeping what they had said, and starts what waited behind them."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from chat_service.models import Message, Turn
from chat_service.providers.catalog import Catalog
from chat_service.providers.port import Usage
from chat_service.turns.ending import Ending, Said, Spent, finish
from chat_service.turns.engine import TurnEngine
from chat_service.turns.repository import TurnRepository, expired_turns
from chat_service.turns.rules import INTERRUPTED_CODE
from chat_service.turns.service import LEASE
from service_kit.auth import Scope
from service_kit.clock import utc_now
from service_kit.db import Database
from service_kit.fault_points import fault_point
from service_kit.logs import get_logger

LOOK_SECONDS = 1.0
BATCH = 100

log = get_logger(__name__)


class Reaper:
    """One reaper of a process; several may run, each turn is ended by exactly one."""

    def __init__(self, database: Database, catalog: Catalog, engine: TurnEngine) -> None:
        self._database = database
        self._catalog = catalog
        self._engine = engine

    async def run(self) -> None:
        """Reap until cancelled."""
        while True:
            try:
                await self.reap()
                await self._engine.start_waiting()
            except (SQLAlchemyError, OSError) as error:
                log.warning("reaper_waits", error=type(error).__name__)
            except Exception as error:
                # Without a reaper what a dead process left behind would stay open.
                log.error("reaper_failed", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def reap(self) -> int:
        """End every turn whose lease ran out and return how many were."""
        async with self._database.read() as session:
            expired = await expired_turns(session, now=utc_now(), limit=BATCH)
        # Our own running turns are alive: their lease ran out because the database was away.
        return sum([await self._end(turn) for turn in expired if turn.id not in self._engine.running])

    async def _end(self, turn: Turn) -> bool:
        async with self._database.write() as session:
            _, reply = await TurnRepository(session, Scope(turn.tenant_id, turn.owner_id)).question_and_reply(turn)
            ended = await finish(session, turn, self._ending(turn, reply), expired_only=True)
            await fault_point("turn.reap.before_commit")
        if ended:
            log.info("turn_reaped", turn_id=str(turn.id))
        return ended

    def _ending(self, turn: Turn, reply: Message) -> Ending:
        model = self._catalog.find_or_default(turn.model)
        # Only the last call is not in the ledger yet; what it used can only be estimated.
        usage = Usage(input_tokens=turn.context_tokens, output_tokens=model.count(reply.content[turn.counted_chars :]))
        now = utc_now()
        last_sign = turn.lease_until - LEASE
        return Ending(
            outcome="interrupted",
            error_code=INTERRUPTED_CODE,
            finish_reason=None,
            said=Said(reply.content, reply.reasoning, reply.steps, reply.fallbacks),
            spent=Spent(usage, "estimated", model.cost(usage, at=now)),
            total=Usage(
                input_tokens=(reply.input_tokens or 0) + usage.input_tokens,
                output_tokens=(reply.output_tokens or 0) + usage.output_tokens,
                cached_tokens=reply.cached_tokens or 0,
                reasoning_tokens=reply.reasoning_tokens or 0,
            ),
            model=turn.model,
            asked_model=reply.asked_model,
            provider=turn.provider,
            time_to_first_token_ms=None,
            duration_ms=max(0, round((last_sign - turn.created_at).total_seconds() * 1000)),
            left_out=0,
            last_seq=turn.last_seq,
            at=now,
        )
