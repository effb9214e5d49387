"""Two replicas side by side, a follower that remembers what it heard, and a bad way to Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.contracts.redis_server import PrivateRedis, private_redis
from tests.contracts.replicas import Process, folded, running_process, stored_turn
from tests.service_kit.patience import until

from chat_service.models import Message, Turn
from chat_service.turns.log import Entry, TurnLog
from service_kit.db import Database


@dataclass
class Two:
    """Two replicas, what is between them, and a turn that the first one runs."""

    database: Database
    redis: PrivateRedis
    owner: Process
    reader: Process
    turn: Turn
    question: Message
    reply: Message

    def begin(self) -> TurnLog:
        """Begin the turn."""
        return self.owner.begin(self.turn, self.question, self.reply)

    async def until_live(self, *, is_so: bool = True) -> None:
        """Return when notes arrive everywhere, or nowhere."""
        await until(lambda: all(each.replica.line.is_live is is_so for each in (self.owner, self.reader)))


@asynccontextmanager
async def two_replicas(database: Database) -> AsyncIterator[Two]:
    """Run two replicas that hear each other."""
    async with (
        private_redis() as redis,
        running_process(database, redis.url) as owner,
        running_process(database, redis.url) as reader,
    ):
        two = Two(database, redis, owner, reader, *await stored_turn(database))
        await two.until_live()
        yield two


class Heard:
    """What a follower has heard so far, gathered by a task of its own."""

    def __init__(self, events: AsyncIterator[Entry]) -> None:
        self.entries: list[Entry] = []
        self.task = asyncio.create_task(self._gather(events))

    async def _gather(self, events: AsyncIterator[Entry]) -> None:
        async for entry in events:
            self.entries.append(entry)

    async def until(self, is_so: Callable[[list[Entry]], bool]) -> None:
        """Return when enough was heard."""
        await until(lambda: self.task.done() or is_so(self.entries))
        assert is_so(self.entries)

    async def until_text(self, text: str) -> None:
        """Return when the folded reply says this."""
        await self.until(lambda entries: (folded(entries) or {}).get("content") == text)

    @property
    def kinds(self) -> list[str]:
        """What kinds of events were heard."""
        return [entry.kind for entry in self.entries]

    def never_went_back(self) -> None:
        """The text only grew, and every event that is no snapshot stands right behind the one before it."""
        length, seq = 0, 0
        for place, entry in enumerate(self.entries, start=1):
            reply = folded(self.entries[:place])
            assert reply is not None
            assert len(reply["content"]) >= length
            assert entry.kind in ("snapshot", "done", "failed") or entry.seq == seq + 1
            assert entry.seq >= seq
            length, seq = len(reply["content"]), entry.seq


@asynccontextmanager
async def dark_alley(port: int) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A way to a server that lets everything through while its lamp is lit, and swallows everything otherwise."""
    lamp = asyncio.Event()
    lamp.set()
    carriers: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if lamp.is_set():
                writer.write(data)
                await writer.drain()
        writer.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", port)
        for one, other in ((reader, there[1]), (there[0], writer)):
            task = asyncio.create_task(carry(one, other))
            carriers.add(task)
            task.add_done_callback(carriers.discard)

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0", lamp
    finally:
        server.close()
        for task in list(carriers):
            task.cancel()
        await asyncio.gather(*carriers, return_exceptions=True)
