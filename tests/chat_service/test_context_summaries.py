"""Rolling summaries: when one is made, what the model is told, how it is counted, and what happens when it fails."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.chat_service.branches import asked_below, grow, new_conversation

from chat_service.context.rules import Context
from chat_service.context.service import compose
from chat_service.context.summaries import ensure_summary
from chat_service.context.transcript import INSTRUCTION, SUMMARY_TOKENS
from chat_service.models import ChatTable, Conversation, Message, Summary, outbox
from chat_service.providers.catalog import Model
from chat_service.providers.port import Delta, Finish, ProviderUnavailable, Usage
from chat_service.testing import ScriptedProvider
from chat_service.turns.asking import BegunTurn
from service_kit.auth import Scope
from service_kit.db import Database
from service_kit.json_body import decode_json
from service_kit.testing import created_tables

SCOPE = Scope(uuid4(), uuid4())


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with created_tables(database_url, ChatTable.metadata) as database:
        yield database


@pytest.fixture
def provider() -> ScriptedProvider:
    return ScriptedProvider()


@pytest.fixture
def model(provider: ScriptedProvider) -> Model:
    return Model("scripted-1", provider, 8_000)


async def summaries(database: Database) -> list[Summary]:
    async with database.read() as session:
        return list((await session.execute(select(Summary).order_by(Summary.created_at))).scalars())  # type: ignore[arg-type]  # A column.


async def recorded(database: Database) -> list[dict[str, Any]]:
    async with database.read() as session:
        query = select(outbox.events.c.data).order_by(outbox.events.c.id)
        return [decode_json(data) for data in (await session.execute(query)).scalars()]


async def conversation_of(database: Database, count: int, **facts: Any) -> tuple[Conversation, list[Message]]:
    conversation = await new_conversation(database, SCOPE, summarises=True, **facts)
    return conversation, await grow(database, SCOPE, conversation.id, *[f"message {number}" for number in range(count)])


async def answered(database: Database, model: Model, conversation: Conversation, parent: Message) -> Context:
    begun = asked_below(conversation, parent, "and now?", model=model)
    await ensure_summary(database, begun, model, default_messages=4)
    return await composed(database, begun, model)


async def composed(database: Database, begun: BegunTurn, model: Model) -> Context:
    async with database.read() as session:
        return await compose(session, begun, model, default_messages=4)


async def test_what_falls_out_is_told_and_counted_as_a_summary(
    database: Database, provider: ScriptedProvider, model: Model
) -> None:
    conversation, said = await conversation_of(database, 8)
    provider.will_say("bees ", "and honey", usage=Usage(50, 7, cached_tokens=3))
    context = await answered(database, model, conversation, said[-1])
    assert [message.content for message in context.messages] == [
        "be brief",
        "Summary of the earlier conversation:\n\nbees and honey",
        *[f"message {number}" for number in (4, 5, 6, 7)],
        "and now?",
    ]
    reasons = [part.reason for part in context.parts if part.kind == "message"]
    assert reasons == ["summarised", "newest", "newest", "newest", "newest"]
    assert context.left_out == 0
    (call,) = provider.calls
    assert call.messages[0].content == INSTRUCTION
    assert "message 0" in call.messages[1].content
    assert call.parameters.max_output_tokens == SUMMARY_TOKENS
    (event,) = await recorded(database)
    assert {name: event[name] for name in ("purpose", "outcome", "input_tokens", "output_tokens", "cached_tokens")} == {
        "purpose": "summary",
        "outcome": "finished",
        "input_tokens": 50,
        "output_tokens": 7,
        "cached_tokens": 3,
    }
    assert event["usage_source"] == "provider"


async def test_the_next_questions_need_no_summary_until_something_new_falls_out(
    database: Database, provider: ScriptedProvider, model: Model
) -> None:
    conversation, said = await conversation_of(database, 8)
    calls = []
    for number in range(8, 20, 2):
        await answered(database, model, conversation, said[-1])
        calls.append(len(provider.calls))
        said += await grow(
            database,
            SCOPE,
            conversation.id,
            f"message {number}",
            f"message {number + 1}",
            below=said[-1],
            position=number,
        )
    assert calls == [1, 1, 2, 2, 3, 3]
    assert provider.calls[1].messages[1].content.startswith("Summary so far:\n\nok\n\n---")
    assert len(await summaries(database)) == 3


async def test_no_summary_is_made_where_nobody_wants_one_or_nothing_falls_out(
    database: Database, provider: ScriptedProvider, model: Model
) -> None:
    conversation, said = await conversation_of(database, 4)
    await answered(database, model, conversation, said[-1])
    silent = await new_conversation(database, SCOPE)
    said = await grow(database, SCOPE, silent.id, *["message"] * 8)
    await answered(database, model, silent, said[-1])
    assert provider.calls == []


async def test_another_branch_is_not_told_what_it_never_heard(
    database: Database, provider: ScriptedProvider, model: Model
) -> None:
    conversation, said = await conversation_of(database, 8)
    await answered(database, model, conversation, said[-1])
    (summary,) = await summaries(database)
    side = await grow(database, SCOPE, conversation.id, "other", "way", below=said[1], position=8)
    begun = asked_below(conversation, side[-1], "and now?", model=model)
    context = await composed(database, begun, model)
    assert not [part for part in context.parts if part.kind == "summary"]
    assert summary.last_message_id == said[5].id
    below = await grow(database, SCOPE, conversation.id, "q", "a", "q", "a", "q", "a", below=said[5], position=10)
    shared = await composed(database, asked_below(conversation, below[-1], "?", model=model), model)
    assert [part.reason for part in shared.parts if part.kind == "summary"] == [None]


async def test_a_failed_summary_is_counted_and_the_turn_goes_on_without(
    database: Database, provider: ScriptedProvider, model: Model
) -> None:
    conversation, said = await conversation_of(database, 8)
    provider.will_play(ProviderUnavailable())
    context = await answered(database, model, conversation, said[-1])
    assert (context.left_out, len(await summaries(database))) == (4, 0)
    provider.will_play(Delta("half a"), ProviderUnavailable())
    await answered(database, model, conversation, said[-1])
    first, second = await recorded(database)
    facts = ("purpose", "outcome", "error_code", "usage_source")
    assert [first[name] for name in facts] == ["summary", "failed", "provider_unavailable", "estimated"]
    assert (first["input_tokens"], first["output_tokens"]) == (0, 0)
    assert second["input_tokens"] > 50
    assert second["output_tokens"] > 0


async def test_an_empty_summary_is_not_kept(database: Database, provider: ScriptedProvider, model: Model) -> None:
    conversation, said = await conversation_of(database, 8)
    provider.will_play(Delta("  \n"), Finish("stop"), Usage(50, 1))
    context = await answered(database, model, conversation, said[-1])
    assert (context.left_out, len(provider.calls), await summaries(database)) == (4, 1, [])
    assert [event["outcome"] for event in await recorded(database)] == ["finished"]


async def test_a_summary_that_is_stopped_is_counted(
    database: Database, provider: ScriptedProvider, model: Model
) -> None:
    conversation, said = await conversation_of(database, 8)
    spoken, never = asyncio.Event(), asyncio.Event()

    class Speaking(ScriptedProvider):
        async def stream(self, call: Any) -> Any:
            yield Delta("half a")
            spoken.set()
            await never.wait()

    patient = Model("scripted-1", Speaking(), 8_000)
    begun = asked_below(conversation, said[-1], "and now?", model=patient)
    task = asyncio.create_task(ensure_summary(database, begun, patient, default_messages=4))
    await spoken.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (event,) = await recorded(database)
    assert (event["outcome"], event["usage_source"]) == ("stopped", "estimated")
    assert await summaries(database) == []


async def test_two_who_tell_the_same_are_both_counted_and_one_summary_stays(database: Database) -> None:
    both = asyncio.Barrier(2)

    class AtOnce(ScriptedProvider):
        async def stream(self, call: Any) -> Any:
            await both.wait()
            yield Delta("bees")
            yield Finish("stop")

    model = Model("scripted-1", AtOnce(), 8_000)
    conversation, said = await conversation_of(database, 8)
    contexts = await asyncio.gather(*(answered(database, model, conversation, said[-1]) for _ in range(2)))
    (kept,) = await summaries(database)
    assert all(kept.content in context.messages[1].content for context in contexts)
    assert len({event["turn_id"] for event in await recorded(database)}) == 2


async def test_a_long_past_is_told_in_rounds_over_several_turns(database: Database, provider: ScriptedProvider) -> None:
    model = Model("scripted-1", provider, 2_000)
    conversation = await new_conversation(database, SCOPE, summarises=True, context_messages=2)
    said = await grow(database, SCOPE, conversation.id, *[f"{number} " + "word " * 300 for number in range(30)])
    context = await answered(database, model, conversation, said[-1])
    assert len(provider.calls) == 3
    assert context.left_out > 0
    while context.left_out:
        before = len(provider.calls)
        context = await answered(database, model, conversation, said[-1])
        assert 0 < len(provider.calls) - before <= 3
    for call in provider.calls:
        assert sum(model.count(message.content) for message in call.messages) <= 1_500
    told = " ".join(call.messages[1].content for call in provider.calls)
    assert all(f"{number} word" in told for number in range(28))


async def test_the_summary_of_a_model_that_thinks_has_room_for_thought(
    database: Database, provider: ScriptedProvider
) -> None:
    model = Model("thinker", provider, 16_000, capabilities=frozenset({"reasoning"}))
    conversation, said = await conversation_of(database, 8)
    await answered(database, model, conversation, said[-1])
    (call,) = provider.calls
    assert call.parameters.reasoning_effort == "low"
    assert (call.parameters.max_output_tokens or 0) > SUMMARY_TOKENS
