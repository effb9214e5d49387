"""Answering: asks models until a reply is said, with retries, fallbacks and rounds of tools."""

import asyncio
import random
from contextlib import aclosing
from itertools import count
from typing import Final

from chat_service.context.rules import Context
from chat_service.context.service import compose
from chat_service.context.summaries import ensure_summary
from chat_service.providers.catalog import Catalog, Model
from chat_service.providers.port import (
    ContextMessage,
    Delta,
    Finish,
    ModelCall,
    OfferedTool,
    Piece,
    ProviderError,
    ProviderRefusedCall,
    ProviderTimedOut,
    ProviderUnavailable,
    Reasoning,
    ToolCall,
    Usage,
)
from chat_service.providers.retry_budget import RetryBudget
from chat_service.providers.rules import fitting
from chat_service.tools.rounds import accepted, next_messages, run_round
from chat_service.tools.toolbox import Toolbox
from chat_service.turns.draft import Draft
from chat_service.turns.rounds import settle_round
from service_kit.auth import Scope
from service_kit.clock import utc_now
from service_kit.db import Database, patiently
from service_kit.fault_points import fault_point

MAX_REPLY_BYTES: Final = 2 * 1_048_576
MAX_RETRIES: Final = 2
RETRY_SECONDS: Final = 0.4


class ReplyTooLong(Exception):
    """The model does not stop."""


class Answering:
    """What a reply is made with: the models, what keeps them from being asked in vain, the tools."""

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        toolbox: Toolbox,
        *,
        context_messages: int,
        max_rounds: int,
        turn_seconds: float,
    ) -> None:
        self._retries = RetryBudget()
        self._database = database
        self._catalog = catalog
        self._toolbox = toolbox
        self._context_messages = context_messages
        self._max_rounds = max_rounds
        self._turn_seconds = turn_seconds

    async def answer(self, draft: Draft) -> None:
        """Say the whole reply into the draft; raises ProviderError or ReplyTooLong."""
        try:
            async with asyncio.timeout(self._turn_seconds):
                await self._converse(draft)
        except TimeoutError:
            raise ProviderTimedOut from None

    async def _converse(self, draft: Draft) -> None:
        said_before: tuple[ContextMessage, ...] = ()
        # A server of tools that comes or goes meanwhile changes nothing for this turn.
        tools = self._toolbox.offered
        scope = Scope(draft.begun.turn.tenant_id, draft.begun.turn.owner_id)
        for number in count(1):
            asked_for = await self._ask(draft, said_before, tools if number <= self._max_rounds else ())
            if not asked_for or number > self._max_rounds:
                return
            calls = accepted(asked_for, taken={step.call_id for step in draft.steps})
            said = draft.text[draft.counted_chars :]
            await settle_round(self._database, draft, number=number, now=utc_now())
            outcomes = await run_round(calls, self._toolbox, scope=scope, on_step=draft.step)
            said_before = next_messages(said_before, said=said, calls=calls, outcomes=outcomes)

    async def _ask(
        self, draft: Draft, said_before: tuple[ContextMessage, ...], tools: tuple[OfferedTool, ...]
    ) -> list[ToolCall]:
        """Ask the model of the draft, and when it fails before its first word, those that stand behind it."""
        while True:
            model = draft.model
            taken = tools if "tools" in model.capabilities else ()
            context = await self._context(draft, taken, said_before)
            draft.begin_call(context)
            parameters = fitting(model, draft.begun.parameters) if draft.fallbacks else draft.begun.parameters
            try:
                if not context.fits and draft.fallbacks:
                    # The model that was asked had room for the question; this one in its place has not.
                    raise ProviderRefusedCall
                return await self._attempts(draft, ModelCall(model.provider_model, context.messages, parameters, taken))
            except ProviderError as error:
                following = self._following(draft)
                is_refused = isinstance(error, ProviderRefusedCall) and not draft.fallbacks
                if following is None or draft.has_spoken_in_call or is_refused:
                    raise
                draft.fall_back(error.code, following)

    async def _context(
        self, draft: Draft, tools: tuple[OfferedTool, ...], said_before: tuple[ContextMessage, ...]
    ) -> Context:
        begun = draft.begun
        if not said_before:
            await ensure_summary(
                self._database, begun, draft.model, tools=tools, default_messages=self._context_messages
            )

        async def composed() -> Context:
            async with self._database.read() as session:
                return await compose(
                    session,
                    begun,
                    draft.model,
                    tools=tools,
                    said_before=said_before,
                    default_messages=self._context_messages,
                )

        return await patiently(composed)

    async def _attempts(self, draft: Draft, call: ModelCall) -> list[ToolCall]:
        model = draft.model
        key = model.key
        budget = self._retries.of(model.provider.name)
        budget.called()
        for attempt in count():
            if not self._catalog.breaker.admits(key):
                raise ProviderUnavailable
            try:
                calls = await self._listen(draft, model, call)
            except ProviderError as error:
                self._note_failure(key, error)
                is_last = attempt == MAX_RETRIES or not error.is_worth_retrying or draft.has_spoken_in_call
                if is_last or not budget.may_retry():
                    raise
                pause = error.retry_after_seconds
            else:
                self._catalog.breaker.succeeded(key)
                return calls
            # Full jitter, so that many turns that failed together do not return together.
            await asyncio.sleep(random.uniform(0, RETRY_SECONDS * 2**attempt) if pause is None else pause)
        raise AssertionError("attempts are counted without end")

    async def _listen(self, draft: Draft, model: Model, call: ModelCall) -> list[ToolCall]:
        calls: list[ToolCall] = []
        await fault_point("turn.call.before")
        async with aclosing(model.provider.stream(call)) as pieces:
            async for piece in pieces:
                if type(piece) is Delta:
                    draft.say(piece.text)
                    if draft.size_bytes > MAX_REPLY_BYTES:
                        raise ReplyTooLong
                else:
                    _take(draft, piece, calls)
        await fault_point("turn.call.after")
        return calls

    def _note_failure(self, key: str, error: ProviderError) -> None:
        if error.is_provider_down:
            self._catalog.breaker.failed(key)
        else:
            # It answered, even if with a refusal.
            self._catalog.breaker.succeeded(key)

    def _following(self, draft: Draft) -> Model | None:
        """Return the next model behind the asked one that was not asked yet."""
        asked = {failed.model for failed in draft.fallbacks} | {draft.model.name}
        for name in draft.begun.model.fallbacks:
            if name not in asked:
                return self._catalog.find(name)
        return None


def _take(draft: Draft, piece: Piece, calls: list[ToolCall]) -> None:
    match piece:
        case Reasoning():
            draft.think(piece.text)
            if draft.size_bytes > MAX_REPLY_BYTES:
                raise ReplyTooLong
        case ToolCall():
            calls.append(piece)
        case Usage():
            draft.usage = piece
        case Finish():
            draft.finish_reason = piece.reason[:40]
