"""A context composed from a real branch: what is loaded, in what order, with which pictures, and how it is told."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event
from tests.chat_service.branches import asked_below, grow, new_conversation

from chat_service.context.rules import CONTINUE_INSTRUCTION, Context
from chat_service.context.service import compose
from chat_service.conversations.schemas import ImageView
from chat_service.models import ChatTable, Conversation, Image, Message
from chat_service.providers.catalog import Model
from chat_service.providers.port import ContextMessage, OfferedTool, Parameters
from chat_service.providers.port import Image as ShownImage
from chat_service.testing import ScriptedProvider
from service_kit.auth import Scope
from service_kit.clock import new_id, utc_now
from service_kit.db import Database
from service_kit.testing import created_tables

SCOPE = Scope(uuid4(), uuid4())
MODEL = Model("scripted-1", ScriptedProvider(), 8_000)
SEEING = Model("scripted-2", ScriptedProvider(), 8_000, capabilities=frozenset({"images"}))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with created_tables(database_url, ChatTable.metadata) as database:
        yield database


async def composed(
    database: Database, conversation: Conversation, parent: Message | None, *, model: Model = MODEL, **more: object
) -> Context:
    asking = {name: more.pop(name) for name in ("continues", "images", "parameters") if name in more}
    begun = asked_below(conversation, parent, "and now?", model=model, **asking)  # type: ignore[arg-type]  # As named.
    async with database.read() as session:
        return await compose(session, begun, model, default_messages=4, **more)  # type: ignore[arg-type]  # As named.


def contents(context: Context) -> list[str]:
    return [message.content for message in context.messages]


async def test_the_branch_above_a_question_is_sent_and_nothing_beside_it(database: Database) -> None:
    conversation = await new_conversation(database, SCOPE)
    trunk = await grow(database, SCOPE, conversation.id, "q1", "a1", "q2", "a2")
    side = await grow(database, SCOPE, conversation.id, "other q2", "other a2", below=trunk[1], position=4)
    assert contents(await composed(database, conversation, trunk[3])) == [
        "be brief",
        *("q1", "a1", "q2", "a2"),
        "and now?",
    ]
    assert contents(await composed(database, conversation, side[1]))[1:5] == ["q1", "a1", "other q2", "other a2"]
    first = await composed(database, conversation, None)
    assert (contents(first), first.left_out) == (["be brief", "and now?"], 0)


async def test_the_policy_of_the_conversation_bounds_what_is_sent(database: Database) -> None:
    conversation = await new_conversation(database, SCOPE, context_messages=3)
    said = await grow(database, SCOPE, conversation.id, *[f"message {number}" for number in range(12)])
    context = await composed(database, conversation, said[-1])
    assert contents(context)[1:-1] == ["message 9", "message 10", "message 11"]
    assert context.left_out == 9
    tight = await new_conversation(database, SCOPE, context_tokens=256)
    said = await grow(database, SCOPE, tight.id, *["word " * 60] * 8)
    context = await composed(database, tight, said[-1])
    assert context.budget == 256
    assert context.tokens <= 256
    assert [part.reason for part in context.parts if part.reason][-4:] == ["over_token_budget", *["newest"] * 3]


async def test_failed_answers_take_no_place_of_the_messages_that_are_sent(database: Database) -> None:
    conversation = await new_conversation(database, SCOPE)
    said = await grow(database, SCOPE, conversation.id, "q0", "a0", "q1", "", "q2", "", "q3", "")
    context = await composed(database, conversation, said[-1])
    assert contents(context)[1:-1] == ["a0", "q1", "q2", "q3"]
    assert context.left_out == 1


async def test_no_more_is_loaded_than_can_be_sent(database: Database) -> None:
    """A conversation of thousands of long messages costs what its window costs."""
    conversation = await new_conversation(database, SCOPE, context_messages=1_000, context_tokens=256)
    said = await grow(database, SCOPE, conversation.id, *["x" * 3_000] * 60)
    statements: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    context = await composed(database, conversation, said[-1])
    assert len(context.parts) < 8
    assert context.left_out == 60
    assert len([each for each in statements if "SELECT" in each]) == 1


async def test_a_continued_answer_is_sent_with_the_wish_to_go_on(database: Database) -> None:
    conversation = await new_conversation(database, SCOPE)
    said = await grow(database, SCOPE, conversation.id, "q1", "a1", "and now?", "half an ans")
    context = await composed(database, conversation, said[1], continues=said[3])
    assert [(message.role, message.content) for message in context.messages][-3:] == [
        ("user", "and now?"),
        ("assistant", "half an ans"),
        ("user", CONTINUE_INSTRUCTION),
    ]
    assert next(part for part in context.parts if part.message_id == said[3].id).is_sent


async def test_rounds_of_tools_follow_the_question_and_take_room_from_earlier_messages(database: Database) -> None:
    conversation = await new_conversation(database, SCOPE, context_tokens=256)
    said = await grow(database, SCOPE, conversation.id, "word " * 60, "word " * 60)
    rounds = (ContextMessage("assistant", "let me see"), ContextMessage("tool", "digits " * 120, tool_call_id="1"))
    tool = OfferedTool("calculator", "Calculates.", {"type": "object"})
    context = await composed(database, conversation, said[-1], said_before=rounds, tools=(tool,))
    assert context.messages[-2:] == rounds
    assert context.left_out > 0
    assert sum(part.tokens for part in context.parts if part.is_sent) == context.tokens <= 256


async def test_an_answer_that_may_be_long_leaves_less_room(database: Database) -> None:
    conversation = await new_conversation(database, SCOPE)
    context = await composed(database, conversation, None, parameters=Parameters(max_output_tokens=7_500))
    assert (context.budget, context.fits) == (500, True)


async def stored_image(database: Database, conversation_id: UUID, scope: Scope, data: bytes) -> ImageView:
    image = Image(
        id=new_id(),
        tenant_id=scope.tenant_id,
        owner_id=scope.user_id,
        conversation_id=conversation_id,
        media_type="image/png",
        size_bytes=len(data),
        data=data,
        created_at=utc_now(),
    )
    async with database.write() as session:
        session.add(image)
    return ImageView(id=image.id, media_type=image.media_type, size_bytes=image.size_bytes)


async def test_pictures_come_with_their_messages_and_only_those_of_the_owner(database: Database) -> None:
    conversation = await new_conversation(database, SCOPE)
    mine = await stored_image(database, conversation.id, SCOPE, b"mine")
    foreign = await stored_image(database, conversation.id, Scope(SCOPE.tenant_id, uuid4()), b"foreign")
    said = await grow(database, SCOPE, conversation.id, ("look", [mine]), "I see", ("and this", [foreign]), "no")
    context = await composed(database, conversation, said[-1], model=SEEING)
    assert [message.images for message in context.messages] == [
        (),
        (ShownImage("image/png", b"mine"),),
        *[()] * 4,
    ]
    blind = await composed(database, conversation, said[-1])
    assert not any(message.images for message in blind.messages)
