"""The lookout: tells the listeners of a conversation about turns that began in other replicas."""

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import Final
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from chat_service.models import Turn
from chat_service.replicas.line import Began, Line, Note
from chat_service.replicas.repository import open_turns, open_turns_of
from chat_service.turns.log import TurnLogs
from service_kit.db import Database
from service_kit.logs import get_logger

LOOK_SECONDS: Final = 2.0
# Notes may be lost without anybody noticing.
LIVE_LOOK_SECONDS: Final = 15.0
CONVERSATIONS_AT_ONCE: Final = 1_000

log = get_logger(__name__)

ListenedConversations = Callable[[], Collection[UUID]]
Notice = Callable[[Turn], None]


class Lookout:
    """Hears of turns on the line; while it is dead, and now and then anyway, the database is asked.

    `notice` is called with every turn that has not ended and may be new here; it may hear of one more than once.
    """

    def __init__(
        self,
        database: Database,
        logs: TurnLogs,
        line: Line,
        *,
        listened_conversations: ListenedConversations,
        notice: Notice,
    ) -> None:
        self._database = database
        self._logs = logs
        self._line = line
        self._listened_conversations = listened_conversations
        self._notice = notice
        self._told: set[UUID] = set()
        self._has_been_told = asyncio.Event()

    def hear(self, note: Note) -> None:
        """Look up a turn that began where somebody here listens."""
        if not isinstance(note, Began) or self._logs.find(note.turn_id) is not None:
            return
        if note.conversation_id in self._listened_conversations():
            self._told.add(note.turn_id)
            self._has_been_told.set()

    async def run(self) -> None:
        """Look until cancelled."""
        loop = asyncio.get_running_loop()
        looked_at, was_live = loop.time(), self._line.is_live
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._has_been_told.wait()
            self._has_been_told.clear()
            is_live = self._line.is_live
            # What began while the line was dead was told to nobody.
            looks_everywhere = not (is_live and was_live) or loop.time() - looked_at >= LIVE_LOOK_SECONDS
            was_live = is_live
            try:
                await self._look_up_told()
                if looks_everywhere:
                    looked_at = loop.time()
                    await self._look_everywhere()
            except (SQLAlchemyError, OSError) as error:
                log.warning("lookout_waits", error=type(error).__name__)

    async def _look_up_told(self) -> None:
        told = frozenset(self._told)
        if told:
            async with self._database.read() as session:
                turns = await open_turns(session, told)
            self._told -= told
            self._pass_on(turns)

    async def _look_everywhere(self) -> None:
        listened = list(self._listened_conversations())
        for start in range(0, len(listened), CONVERSATIONS_AT_ONCE):
            async with self._database.read() as session:
                turns = await open_turns_of(session, listened[start : start + CONVERSATIONS_AT_ONCE])
            self._pass_on(turns)

    def _pass_on(self, turns: Collection[Turn]) -> None:
        for turn in turns:
            # Who runs a turn has told its own listeners.
            if self._logs.find(turn.id) is None:
                self._notice(turn)
