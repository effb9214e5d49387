"""The turn engine: runs every turn of this process as a task of its own, whoever follows or goes away."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from chat_service.conversations.views import message_view
from chat_service.models import Message, Turn
from chat_service.providers.catalog import Catalog
from chat_service.providers.port import (
    ContextMessage,
    Delta,
    ModelCall,
    Piece,
    ProviderCut,
    ProviderError,
    ProviderTimedOut,
    Usage,
)
from chat_service.turns import service
from chat_service.turns.draft import Draft
from chat_service.turns.log import TurnLogs
from chat_service.turns.repository import TurnRepository, messages_above, request_stop
from chat_service.turns.rules import (
    INTERNAL_CODE,
    INTERRUPTED_CODE,
    REPLY_TOO_LONG_CODE,
    choose_context,
    context_budget,
    detail_of,
)
from chat_service.turns.service import Asking, BegunTurn, Ending
from service_kit.auth import Scope
from service_kit.clock import new_id, utc_now
from service_kit.contracts.events import Outcome
from service_kit.db import Database
from service_kit.logs import get_logger

MAX_REPLY_BYTES = 2 * 1_048_576
MAX_RETRIES = 2
RETRY_SECONDS = 0.4
FINISH_RETRY_SECONDS = 0.5

log = get_logger(__name__)

TurnListener = Callable[[BegunTurn], None]


class ReplyTooLong(Exception):
    """The model does not stop."""


@dataclass(slots=True)
class RunningTurn:
    """A turn at work in this process."""

    draft: Draft
    task: asyncio.Task[None] | None = None
    is_stop_asked: bool = False
    is_ending: bool = False

    def cancel(self) -> None:
        """Stop listening to the model; what was said so far is then stored."""
        if self.task is not None and not self.is_ending:
            self.task.cancel()


class TurnEngine:
    """Begins, runs, stops and finishes turns."""

    def __init__(
        self, database: Database, catalog: Catalog, logs: TurnLogs, *, system_prompt: str, context_messages: int
    ) -> None:
        self.instance_id = new_id()
        self.running: dict[UUID, RunningTurn] = {}
        self._database = database
        self._catalog = catalog
        self._logs = logs
        self._system_prompt = system_prompt
        self._context_messages = context_messages
        self._listeners: dict[UUID, set[TurnListener]] = {}

    async def ask(self, asking: Asking) -> BegunTurn:
        """Begin a turn and set it going; a repeated question returns its first turn."""
        try:
            begun = await self._begin(asking)
        except IntegrityError:
            # The same question came through two doors at once and the other one was first: now it is found.
            begun = await self._begin(asking)
        if begun.is_new:
            self._start(begun)
        return begun

    async def stop(self, turn: Turn) -> None:
        """Stop a turn and wait until it is stored; one that runs in another process is stopped by its owner soon."""
        running = self.running.get(turn.id)
        if running is None or running.task is None:
            async with self._database.write() as session:
                await request_stop(session, turn.id, at=utc_now())
            return
        if not running.is_ending:
            running.is_stop_asked = True
            running.cancel()
        await asyncio.wait([running.task])

    def listen(self, conversation_id: UUID, listener: TurnListener) -> Callable[[], None]:
        """Tell the listener of every turn that begins in a conversation; returns how to stop listening."""
        listeners = self._listeners.setdefault(conversation_id, set())
        listeners.add(listener)

        def forget() -> None:
            listeners.discard(listener)
            if not listeners:
                self._listeners.pop(conversation_id, None)

        return forget

    async def drain(self, *, seconds: float) -> None:
        """Let running turns finish, then interrupt the rest with what they have said."""
        tasks = [running.task for running in self.running.values() if running.task is not None]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for running in list(self.running.values()):
            running.cancel()
        if late:
            await asyncio.wait(late)

    async def _begin(self, asking: Asking) -> BegunTurn:
        async with self._database.write() as session:
            return await service.begin(
                session, asking, catalog=self._catalog, system_prompt=self._system_prompt, now=utc_now()
            )

    def _start(self, begun: BegunTurn) -> None:
        turn_log = self._logs.open(begun.turn.id, begun.turn.epoch)
        running = RunningTurn(Draft(begun, turn_log))
        turn_log.append(
            "started",
            client_message_id=str(begun.turn.client_message_id),
            question=_shown(begun.question),
            reply=_shown(begun.reply),
        )
        self.running[begun.turn.id] = running
        running.task = asyncio.create_task(self._run(running))
        for listener in list(self._listeners.get(begun.turn.conversation_id, ())):
            listener(begun)

    async def _run(self, running: RunningTurn) -> None:
        draft = running.draft
        outcome, error_code = await self._outcome_of(running)
        running.is_ending = True
        try:
            await self._end(draft, outcome, error_code)
        finally:
            self.running.pop(draft.begun.turn.id, None)
            self._logs.close(draft.log)

    async def _outcome_of(self, running: RunningTurn) -> tuple[Outcome, str | None]:
        try:
            await self._listen_to_model(running.draft)
        except asyncio.CancelledError:
            # Only `stop` and `drain` cancel a turn; the task goes on to store what was said.
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()
            return ("stopped", None) if running.is_stop_asked else ("interrupted", INTERRUPTED_CODE)
        except ProviderError as error:
            is_cut = running.draft.has_spoken and isinstance(error, ProviderCut | ProviderTimedOut)
            return ("interrupted" if is_cut else "failed"), error.code
        except ReplyTooLong:
            return "interrupted", REPLY_TOO_LONG_CODE
        except Exception as error:
            log.error("turn_failed", turn_id=str(running.draft.begun.turn.id), exc_info=error)
            return "failed", INTERNAL_CODE
        return "finished", None

    async def _listen_to_model(self, draft: Draft) -> None:
        call = await self._call_for(draft)
        for attempt in range(MAX_RETRIES + 1):
            try:
                async with aclosing(draft.begun.model.provider.stream(call)) as pieces:
                    async for piece in pieces:
                        _take(draft, piece)
                return
            except ProviderError as error:
                if attempt == MAX_RETRIES or draft.has_spoken or not error.is_worth_retrying:
                    raise
                pause = error.retry_after_seconds
            # Full jitter, so that many turns that failed together do not return together.
            await asyncio.sleep(random.uniform(0, RETRY_SECONDS * 2**attempt) if pause is None else pause)

    async def _call_for(self, draft: Draft) -> ModelCall:
        begun = draft.begun
        async with self._database.read() as session:
            above = await messages_above(session, begun.question, limit=self._context_messages)
        draft.context = choose_context(
            begun.system_prompt,
            [ContextMessage("assistant" if row.role == "assistant" else "user", row.content) for row in above],
            begun.question.content,
            earlier_total=begun.question.depth,
            budget=context_budget(begun.model.context_window),
            count=begun.model.count,
        )
        return ModelCall(begun.model.name, draft.context.messages)

    async def _end(self, draft: Draft, outcome: Outcome, error_code: str | None) -> None:
        ending = draft.end(outcome, error_code=error_code, at=utc_now())
        reply = await self._store(draft, ending)
        draft.log.append(
            "usage",
            input_tokens=ending.usage.input_tokens,
            output_tokens=ending.usage.output_tokens,
            cached_tokens=ending.usage.cached_tokens,
            usage_source=ending.usage_source,
        )
        kind, facts = ending_event(reply)
        draft.log.append(kind, **facts)

    async def _store(self, draft: Draft, ending: Ending) -> Message:
        """Store the end of a turn and return the reply as stored, however long the database is away."""
        turn = draft.begun.turn
        while True:
            try:
                async with self._database.write() as session:
                    is_ours = await service.finish(session, turn, ending)
                if is_ours:
                    return service.ended_reply(draft.begun.reply, ending)
                log.warning("turn_ended_elsewhere", turn_id=str(turn.id))
                async with self._database.read() as session:
                    turns = TurnRepository(session, Scope(turn.tenant_id, turn.owner_id))
                    _, reply = await turns.question_and_reply(turn)
                    return reply
            except (SQLAlchemyError, OSError) as error:
                log.warning("turn_not_stored_yet", turn_id=str(turn.id), error=type(error).__name__)
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(FINISH_RETRY_SECONDS)


def ending_event(reply: Message) -> tuple[str, dict[str, object]]:
    """Return the last event of a turn, as its stored reply tells it."""
    if reply.outcome in ("finished", "stopped"):
        return "done", {"outcome": reply.outcome, "reply": _shown(reply)}
    code = reply.error_code or INTERNAL_CODE
    return "failed", {"outcome": reply.outcome, "code": code, "detail": detail_of(code), "reply": _shown(reply)}


def _take(draft: Draft, piece: Piece) -> None:
    if isinstance(piece, Delta):
        draft.say(piece.text)
        if draft.size_bytes > MAX_REPLY_BYTES:
            raise ReplyTooLong
    elif isinstance(piece, Usage):
        draft.usage = piece


def _shown(message: Message) -> object:
    return message_view(message).model_dump()
