"""This process as one replica among others: the line, the copies it writes and the mirrors it reads, put together."""

import asyncio
from collections.abc import Callable
from typing import Final
from uuid import UUID

from chat_service.replicas.copies import Copies
from chat_service.replicas.line import Note, Stop, line_for
from chat_service.replicas.lookout import ListenedConversations, Lookout, Notice
from chat_service.replicas.mirrors import Mirrors
from chat_service.replicas.streams import TurnStreams
from chat_service.turns.log import TurnLogs
from service_kit.db import Database
from service_kit.logs import get_logger

REST_SECONDS: Final = 1.0

log = get_logger(__name__)


class Replica:
    """What one process shares with its neighbours; without Redis that is the database alone."""

    def __init__(self, database: Database, logs: TurnLogs, *, redis_url: str | None) -> None:
        self.line = line_for(redis_url)
        self._database = database
        self._logs = logs
        self._streams = TurnStreams(redis_url) if redis_url else None
        self.mirrors = Mirrors(database, logs, self.line, self._streams)
        self._copies = Copies(logs, self._streams) if self._streams else None

    async def run(
        self,
        *,
        on_stop: Callable[[UUID], None],
        listened_conversations: ListenedConversations,
        notice: Notice,
    ) -> None:
        """Work until cancelled.

        `on_stop` hears of turns that are to be stopped, wherever they run; `notice` of turns that began somewhere in
        a conversation that is listened to here.
        """
        lookout = Lookout(
            self._database, self._logs, self.line, listened_conversations=listened_conversations, notice=notice
        )

        def hear_stop(note: Note) -> None:
            if isinstance(note, Stop):
                on_stop(note.turn_id)

        for listener in (hear_stop, lookout.hear, self.mirrors.hear):
            self.line.listen(listener)
        if self._copies is not None:
            self.line.listen(self._copies.hear)
        while True:
            try:
                await self._work(lookout)
            except* Exception as errors:
                # Followers of other replicas' turns hang on this: whatever it was, it is not the end.
                log.error("replica_starts_anew", exc_info=errors)
                await asyncio.sleep(REST_SECONDS)

    async def _work(self, lookout: Lookout) -> None:
        async with asyncio.TaskGroup() as jobs:
            jobs.create_task(self.line.run())
            jobs.create_task(self.mirrors.run())
            jobs.create_task(lookout.run())
            if self._copies is not None:
                jobs.create_task(self._copies.run())

    async def close(self) -> None:
        """Close the connections."""
        await self.line.close()
        if self._streams is not None:
            await self._streams.close()
