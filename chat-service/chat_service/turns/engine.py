"""The turn engine: runs every turn of this process as a task of its own, whoever follows or goes away."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from chat_service.conversations.views import message_view
from chat_service.models import Message, Turn
from chat_service.providers.catalog import Catalog
from chat_service.providers.port import ProviderCut, ProviderError, ProviderTimedOut
from chat_service.tools.toolbox import Toolbox
from chat_service.turns.answering import Answering, ReplyTooLong
from chat_service.turns.asking import Asking, BegunTurn
from chat_service.turns.draft import Draft
from chat_service.turns.ending import Ending, ended, finish
from chat_service.turns.events import USAGE_FIELDS
from chat_service.turns.listeners import TurnListener, TurnListeners
from chat_service.turns.log import TurnLog, TurnLogs
from chat_service.turns.repository import (
    TurnRepository,
    claim_queued,
    conversations_with_queue,
    request_stop,
)
from chat_service.turns.rules import INTERNAL_CODE, INTERRUPTED_CODE, REPLY_TOO_LONG_CODE
from chat_service.turns.running import RunningTurn
from chat_service.turns.service import LEASE, Beginning, begin, begun
from chat_service.turns.views import ending_event
from service_kit.auth import Scope
from service_kit.clock import new_id, utc_now
from service_kit.contracts.events import Outcome
from service_kit.db import Database
from service_kit.fault_points import fault_point
from service_kit.logs import get_logger

FINISH_RETRY_SECONDS: Final = 0.5
GIVE_UP_SECONDS: Final = 4.0
QUEUE_BATCH: Final = 50

log = get_logger(__name__)


class TurnEngine:
    """Begins, runs, stops and finishes turns."""

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        logs: TurnLogs,
        answering: Answering,
        *,
        toolbox: Toolbox,
        system_prompt: str,
        tell_began: TurnListener,
        tell_stop: Callable[[UUID], None],
    ) -> None:
        self.instance_id = new_id()
        self.running: dict[UUID, RunningTurn] = {}
        self.listeners = TurnListeners()
        # Set when some draft has more to save than should wait for the next round.
        self.has_grown = asyncio.Event()
        self._database = database
        self._beginning = Beginning(catalog, toolbox, system_prompt, self.instance_id)
        self._logs = logs
        self._answering = answering
        # How other replicas hear of it; what they do not hear they find in the database.
        self._tell_began = tell_began
        self._tell_stop = tell_stop
        self._draining_until: float | None = None
        self._has_given_up = False
        # Where questions are known to wait; what other processes know is found by `start_waiting`.
        self._queues: set[UUID] = set()
        self._following_on: set[asyncio.Task[None]] = set()

    async def ask(self, asking: Asking) -> BegunTurn:
        """Begin a turn and set it going, or let it queue; what was asked before returns its first turn."""
        try:
            started = await self._begin(asking)
        except IntegrityError:
            # The same thing came through two doors at once and the other one was first: now it is found.
            started = await self._begin(asking)
        await fault_point("turn.begun")
        if started.is_new or self._is_forgotten(started.turn):
            self._set_going(started)
        return started

    def _is_forgotten(self, turn: Turn) -> bool:
        """Whether a turn was stored by us, but whoever asked for it went away before it was set going."""
        is_ours = turn.outcome is None and not turn.is_queued and turn.lease_owner == self.instance_id
        return is_ours and self._logs.find(turn.id) is None

    def _set_going(self, started: BegunTurn) -> None:
        self._tell_began(started.turn)
        if started.turn.is_queued:
            # Whoever was at work may have ended before this question stood in the queue.
            self._queues.add(started.turn.conversation_id)
            self.listeners.tell(started.turn)
            self._follow_on(started.turn.conversation_id)
        else:
            self._start(started)

    async def stop(self, turn: Turn) -> None:
        """Stop a turn and wait until that is stored; one that runs in another process is stopped by its owner soon."""
        running = self.running.get(turn.id)
        if running is not None and running.task is not None:
            running.stop()
            await asyncio.wait([running.task])
        elif turn.is_queued and await self._stop_queued(turn):
            return
        else:
            async with self._database.write() as session:
                await request_stop(session, turn.id, at=utc_now())
            self._tell_stop(turn.id)

    def stop_here(self, turn_id: UUID) -> None:
        """Stop a turn that somebody asked another process to stop, if it runs in this one."""
        running = self.running.get(turn_id)
        if running is not None:
            running.stop()

    async def start_waiting(self) -> None:
        """Start what waits in conversations whose last turn ended in a process that did not live to go on."""
        if self._draining_until is not None:
            return
        async with self._database.read() as session:
            waiting = await conversations_with_queue(session, limit=QUEUE_BATCH)
        for conversation_id in waiting:
            await self._start_next(conversation_id)

    async def drain(self, *, seconds: float) -> None:
        """Let running turns finish, then interrupt the rest with what they have said; other replicas take the queue.

        Draining again ends when the first one would have: what was accepted meanwhile has as long as everything else.
        """
        clock = asyncio.get_running_loop().time
        if self._draining_until is None:
            self._draining_until = clock() + seconds
        while (tasks := self._tasks()) and (left := self._draining_until - clock()) > 0:
            await asyncio.wait(tasks, timeout=left)
        for running in list(self.running.values()):
            running.cancel()
        if tasks := self._tasks():
            # While the database is away nothing can be stored; what was saved before is ended by a reaper later.
            await asyncio.wait(tasks, timeout=GIVE_UP_SECONDS)
            self._has_given_up = True

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [running.task for running in self.running.values() if running.task is not None]

    async def _begin(self, asking: Asking) -> BegunTurn:
        async with self._database.write() as session:
            return await begin(session, asking, self._beginning, now=utc_now())

    def _start(self, started: BegunTurn) -> None:
        if self._logs.find(started.turn.id) is not None:
            # Two of us found it at once.
            return
        turn_log = self._logs.open(started.turn.id, started.turn.epoch)
        running = RunningTurn(Draft.of(started, turn_log, on_growth=self.has_grown.set))
        turn_log.append(
            "started",
            client_message_id=str(started.turn.client_message_id),
            question=message_view(started.question).model_dump(),
            reply=message_view(started.reply).model_dump(),
        )
        self.running[started.turn.id] = running
        running.task = asyncio.create_task(self._run(running))
        self.listeners.tell(started.turn)

    async def _run(self, running: RunningTurn) -> None:
        draft = running.draft
        running.has_begun = True
        try:
            outcome, error_code = await self._outcome_of(running)
            running.is_ending = True
            await self._end(draft, outcome, error_code)
        except Exception as error:
            # Its lease runs out now, and a reaper ends it with what was saved.
            log.error("turn_not_ended", turn_id=str(draft.begun.turn.id), exc_info=error)
        finally:
            running.is_ending = True
            self.running.pop(draft.begun.turn.id, None)
            self._logs.close(draft.log)
            if draft.begun.turn.conversation_id in self._queues:
                self._follow_on(draft.begun.turn.conversation_id)

    async def _outcome_of(self, running: RunningTurn) -> tuple[Outcome, str | None]:
        try:
            if running.is_cancelled:
                return _outcome_when_cancelled(running)
            await self._answering.answer(running.draft)
        except asyncio.CancelledError:
            # Only `stop` and `drain` cancel a turn; the task goes on to store what was said.
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()
            return _outcome_when_cancelled(running)
        except ProviderError as error:
            is_cut = running.draft.has_spoken_in_call and isinstance(error, ProviderCut | ProviderTimedOut)
            return ("interrupted" if is_cut else "failed"), error.code
        except ReplyTooLong:
            return "interrupted", REPLY_TOO_LONG_CODE
        except Exception as error:
            log.error("turn_failed", turn_id=str(running.draft.begun.turn.id), exc_info=error)
            return "failed", INTERNAL_CODE
        return "finished", None

    async def _end(self, draft: Draft, outcome: Outcome, error_code: str | None) -> None:
        ending = draft.end(outcome, error_code=error_code, at=utc_now())
        await fault_point("turn.end.before")
        reply = await self._store(draft, ending)
        await fault_point("turn.end.stored")
        shown = message_view(reply).model_dump()
        draft.log.append("usage", **{name: shown[name] for name in USAGE_FIELDS})
        kind, facts = ending_event(reply)
        draft.log.append(kind, **facts)

    async def _store(self, draft: Draft, ending: Ending) -> Message:
        """Store the end of a turn and return the reply as stored, however long the database is away."""
        turn = draft.begun.turn
        while True:
            try:
                async with self._database.write() as session:
                    is_ours = await finish(session, turn, ending)
                if is_ours:
                    return ended(turn, draft.begun.reply, ending)
                log.warning("turn_ended_elsewhere", turn_id=str(turn.id))
                async with self._database.read() as session:
                    turns = TurnRepository(session, Scope(turn.tenant_id, turn.owner_id))
                    _, reply = await turns.question_and_reply(turn)
                    return reply
            except (SQLAlchemyError, OSError) as error:
                log.warning("turn_not_stored_yet", turn_id=str(turn.id), error=type(error).__name__)
                if self._has_given_up:
                    raise
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(FINISH_RETRY_SECONDS)

    def _follow_on(self, conversation_id: UUID) -> None:
        if self._draining_until is not None:
            return
        task = asyncio.create_task(self._start_next(conversation_id))
        self._following_on.add(task)
        task.add_done_callback(self._following_on.discard)

    async def _start_next(self, conversation_id: UUID) -> None:
        try:
            async with self._database.write() as session:
                turn = await claim_queued(session, conversation_id, owner=self.instance_id, until=utc_now() + LEASE)
                if turn is None:
                    if not any(
                        each.draft.begun.turn.conversation_id == conversation_id for each in self.running.values()
                    ):
                        self._queues.discard(conversation_id)
                    return
                started = await begun(session, turn, self._beginning)
        except IntegrityError:
            # Another process was quicker.
            return
        except (SQLAlchemyError, OSError) as error:
            log.warning("queue_waits", error=type(error).__name__)
            return
        self._start(started)
        self._tell_began(started.turn)

    async def _stop_queued(self, turn: Turn) -> bool:
        """End a turn that nobody works on; False when somebody has just taken it."""
        async with self._database.write() as session:
            started = await begun(session, turn, self._beginning)
            draft = Draft.of(started, TurnLog(turn.id, turn.epoch), on_growth=self.has_grown.set)
            return await finish(session, turn, draft.end("stopped", error_code=None, at=utc_now()))


def _outcome_when_cancelled(running: RunningTurn) -> tuple[Outcome, str | None]:
    return ("stopped", None) if running.is_stop_asked else ("interrupted", INTERRUPTED_CODE)
