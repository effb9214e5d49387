"""Replicas of chat-service without its doors: logs that are written by hand, followers, and the rows between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import col

from chat_service.conversations.views import message_view
from chat_service.models import Conversation, Message, Turn
from chat_service.replicas.replica import Replica
from chat_service.turns.events import fold
from chat_service.turns.follow import Followers, Place
from chat_service.turns.log import Entry, TurnLog, TurnLogs
from service_kit.auth import Scope
from service_kit.clock import utc_now
from service_kit.db import Database
from service_kit.json_body import decode_json

Event = dict[str, Any]
USAGE = {"input_tokens": 1, "output_tokens": 2, "cached_tokens": 0, "reasoning_tokens": 0, "usage_source": "provider"}


@dataclass
class Process:
    """One replica: what it runs, what it follows, what it was told."""

    logs: TurnLogs
    replica: Replica
    followers: Followers
    stopped: list[UUID] = field(default_factory=list)
    noticed: list[Turn] = field(default_factory=list)
    listened: set[UUID] = field(default_factory=set)

    def begin(self, turn: Turn, question: Message, reply: Message) -> TurnLog:
        """Begin to answer a turn here."""
        log = self.logs.open(turn.id, turn.epoch)
        log.append(
            "started",
            client_message_id=str(turn.client_message_id),
            question=message_view(question).model_dump(),
            reply=message_view(reply).model_dump(),
        )
        return log

    async def follow(self, turn: Turn, place: Place | None = None) -> AsyncIterator[Entry]:
        """Follow a turn from here, one event after the other."""
        async with aclosing(self.followers.follow(scope_of(turn), turn, place or Place())) as batches:
            async for entries in batches:
                for entry in entries:
                    yield entry

    async def all(self, turn: Turn, place: Place | None = None) -> list[Entry]:
        """Follow a turn from here to its end."""
        return [entry async for entry in self.follow(turn, place)]


def scope_of(turn: Turn) -> Scope:
    """Who may see a turn."""
    return Scope(turn.tenant_id, turn.owner_id)


@asynccontextmanager
async def running_process(database: Database, redis_url: str | None) -> AsyncIterator[Process]:
    """Run a replica until the end of the block."""
    logs = TurnLogs()
    replica = Replica(database, logs, redis_url=redis_url)
    process = Process(logs, replica, Followers(database, logs, replica.mirrors))
    running = asyncio.create_task(
        replica.run(
            on_stop=process.stopped.append,
            listened_conversations=lambda: process.listened,
            notice=process.noticed.append,
        )
    )
    try:
        yield process
    finally:
        running.cancel()
        await asyncio.wait([running])
        await replica.close()
    if not running.cancelled():
        running.result()


def made_turn(**facts: Any) -> tuple[Conversation, Turn, Message, Message]:
    """A turn with its messages, as they are stored when it begins."""
    now, turn_id = utc_now(), uuid4()
    whose: dict[str, Any] = {"tenant_id": uuid4(), "owner_id": uuid4(), "created_at": now}
    conversation = Conversation(**whose, id=uuid4(), updated_at=now, active_at=now)
    message: dict[str, Any] = {**whose, "conversation_id": conversation.id, "turn_id": turn_id}
    question = Message(**message, id=uuid4(), position=0, depth=0, role="user", content="?")
    reply = Message(**message, id=uuid4(), position=1, depth=1, role="assistant", parent_id=question.id, model="m")
    work: dict[str, Any] = {
        "purpose": "reply",
        "transport": "sse",
        "provider": "p",
        "model": "m",
        "epoch": str(uuid4()),
    }
    turn = Turn(
        **whose,
        **{**work, **facts},
        id=turn_id,
        conversation_id=conversation.id,
        question_id=question.id,
        reply_id=reply.id,
        client_message_id=uuid4(),
        lease_owner=uuid4(),
        lease_until=now,
    )
    return conversation, turn, question, reply


async def stored_turn(database: Database, **facts: Any) -> tuple[Turn, Message, Message]:
    """A turn that the database knows."""
    conversation, turn, question, reply = made_turn(**facts)
    async with database.write() as session:
        session.add(conversation)
        await session.flush()
        session.add(question)
        await session.flush()
        session.add(reply)
        await session.flush()
        session.add(turn)
    return turn, question, reply


async def save(database: Database, turn: Turn, log: TurnLog, **reply_facts: Any) -> None:
    """Checkpoint what a log has said."""
    folded = log.reply_at(log.last_seq)
    assert folded is not None
    await write(database, turn, log.last_seq, content=folded["content"], reasoning=folded["reasoning"], **reply_facts)


async def write(database: Database, turn: Turn, last_seq: int, *, outcome: str | None = None, **facts: Any) -> None:
    """Store how far a turn is, or how it ended."""
    async with database.write() as session:
        told = {"last_seq": last_seq, "outcome": outcome}
        await session.execute(update(Turn).where(col(Turn.id) == turn.id).values(told))
        changed = {"outcome": outcome, **facts}
        await session.execute(update(Message).where(col(Message.id) == turn.reply_id).values(changed))


def end(log: TurnLog, *, outcome: str = "finished") -> None:
    """Say the last events of a turn."""
    log.append("usage", **USAGE)
    reply = log.reply_at(log.last_seq)
    assert reply is not None
    log.append("done", outcome=outcome, reply={**reply, "outcome": outcome})


def folded(entries: list[Entry]) -> Event | None:
    """The reply, as a client has it that heard these events."""
    reply: Event | None = None
    for entry in entries:
        reply = fold(reply, decode_json(entry.body))
    return reply
