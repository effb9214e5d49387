"""The books of chat-service, read from its database: what must be true of them after any fault."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col
from tests.faults.journeys import Asked
from tests.system.people import Facts, Person

from chat_service.conversations.views import message_view
from chat_service.models import Conversation, Message, Turn, outbox
from service_kit.contracts.events import Purpose
from service_kit.db import Database
from service_kit.json_body import decode_json

FINISHED = "chat.turn.finished.v1"
PATIENCE_SECONDS = 45.0
LOOK_SECONDS = 0.2


@dataclass
class Books:
    """Everything that was stored."""

    turns: list[Turn]
    messages: list[Message]
    # Stamped number, type and data of every event, in the order they were recorded.
    events: list[tuple[int | None, str, dict[str, Any]]]

    @property
    def finished(self) -> list[dict[str, Any]]:
        """The ledger: every call to a model and every end of a turn."""
        return [data for _, kind, data in self.events if kind == FINISHED]

    @property
    def ends(self) -> Counter[str]:
        """How often the end of each turn was told."""
        return Counter(entry["turn_id"] for entry in self.finished if entry["purpose"] == Purpose.REPLY)


async def read_books(database: Database) -> Books:
    """Read everything at once."""
    async with database.read() as session:
        turns = (await session.execute(select(Turn).order_by(col(Turn.created_at)))).scalars().all()
        by_place = col(Message.conversation_id), col(Message.position)
        messages = (await session.execute(select(Message).order_by(*by_place))).scalars().all()
        events = outbox.events.c
        told = await session.execute(select(events.seq, events.type, events.data).order_by(events.id))
        return Books(list(turns), list(messages), [(seq, kind, decode_json(data)) for seq, kind, data in told])


async def settled_books(database: Database) -> Books:
    """Read the books when nothing is open any more, or as they are when that takes too long."""
    for _ in range(round(PATIENCE_SECONDS / LOOK_SECONDS)):
        books = await read_books(database)
        if all(turn.outcome for turn in books.turns) and all(seq is not None for seq, _, _ in books.events):
            break
        await asyncio.sleep(LOOK_SECONDS)
    return books


def ensure_in_order(books: Books) -> None:
    """Check what must hold whatever happened: one outcome, one end, a whole tree, a ledger that adds up."""
    assert [turn.id for turn in books.turns if turn.outcome is None or turn.is_queued] == []
    assert books.ends == {str(turn.id): 1 for turn in books.turns}
    replies = {message.id: message for message in books.messages if message.role == "assistant"}
    assert {turn.reply_id for turn in books.turns} == replies.keys()
    assert [turn.id for turn in books.turns if replies[turn.reply_id].outcome != turn.outcome] == []
    _ensure_tokens_agree(books, replies)
    stamped = [seq for seq, _, _ in books.events]
    assert sorted(seq or 0 for seq in stamped) == list(range(1, len(stamped) + 1)), "the outbox is not stamped gapless"


def _ensure_tokens_agree(books: Books, replies: dict[UUID, Message]) -> None:
    """What the replies show as used is what the ledger counts, in sum: rounds of tools have entries of their own."""
    counted, shown = Counter[str](), Counter[str]()
    for entry in books.finished:
        if entry["purpose"] != Purpose.SUMMARY:
            counted[entry["conversation_id"]] += entry["input_tokens"] + entry["output_tokens"]
    for reply in replies.values():
        shown[str(reply.conversation_id)] += (reply.input_tokens or 0) + (reply.output_tokens or 0)
    assert +shown == +counted


def ensure_linear(books: Books) -> None:
    """Check that each conversation is one chain: every message follows the one before it."""
    threads: defaultdict[UUID, list[Message]] = defaultdict(list)
    for message in books.messages:
        threads[message.conversation_id].append(message)
    for thread in threads.values():
        assert [message.position for message in thread] == list(range(len(thread)))
        assert [message.parent_id for message in thread] == [None, *(message.id for message in thread[:-1])]
        assert [message.role for message in thread] == ["user", "assistant"] * (len(thread) // 2)


def ensure_kept(books: Books, asked: list[Asked]) -> None:
    """Check that what was acknowledged is there once, and that followers hold what is stored."""
    stored = Counter(str(message.client_message_id) for message in books.messages if message.role == "user")
    assert {each.client_message_id: stored[each.client_message_id] for each in asked} == {
        each.client_message_id: 1 for each in asked
    }
    replies = {str(message.turn_id): message for message in books.messages if message.role == "assistant"}
    for each in asked:
        shown = decode_json(_as_json(replies[each.turn_id]))
        assert each.follower.reply == shown, each.content
        heard = each.follower.heard
        assert heard is not None, each.content
        for name in ("content", "reasoning", "steps", "fallbacks"):
            assert heard[name] == shown[name], f"{each.content}: a follower heard another {name}"


def _as_json(message: Message) -> bytes:
    return message_view(message).model_dump_json().encode()


async def totals(database: Database) -> dict[str, int]:
    """Return what analytics should tell, from what chat-service holds."""
    books = await read_books(database)
    async with database.read() as session:
        conversations = (await session.execute(select(func.count()).select_from(Conversation))).scalar_one()
    questions = sum(message.role == "user" for message in books.messages)
    replies = sum(message.outcome is not None for message in books.messages if message.role == "assistant")
    tokens = {name: sum(entry[name] for entry in books.finished) for name in ("input_tokens", "output_tokens")}
    return {
        "total_conversations": conversations,
        "questions": questions,
        "replies": replies,
        "total_messages": questions + replies,
        "total_tokens_used": tokens["input_tokens"] + tokens["output_tokens"],
        **tokens,
    }


async def ensure_analytics_agrees(database: Database, admin: Person) -> None:
    """Wait until analytics tells exactly what chat-service holds."""
    told: Facts = {}
    held: Facts = {}
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                held = await totals(database)
                answer = await admin.patiently("GET", "/analytics/analytics/summary")
                assert answer.status_code == 200, answer.text
                told = {name: answer.json().get(name) for name in held}
                if told == held:
                    return
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise AssertionError(f"analytics tells {told}, chat holds {held}") from None
