"""The tree of a conversation: edits, other answers and continued ones are new branches, and nothing is overwritten."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any
from uuid import uuid4

import pytest
from tests.chat_service.algebra.doors import ASK, Asked
from tests.chat_service.algebra.situations import View, asked_twice, interrupted
from tests.chat_service.conftest import Chat, Person

from chat_service.models import Message, Turn
from chat_service.providers.port import Delta, Finish, ProviderCut, Usage
from chat_service.turns.events import CLOSING


async def over_http(asked: Asked) -> View:
    """Return the reply of a wish."""
    return await asked.answered()


async def over_a_stream(asked: Asked, door: str) -> View:
    async with aclosing(ASK[door](asked)) as events:
        async for event in events:
            if event["kind"] in CLOSING:
                return dict(event["reply"])
    raise AssertionError("the stream ended before its turn")


DOORS: dict[str, Callable[[Asked], Awaitable[View]]] = {
    "json": over_http,
    "sse": lambda asked: over_a_stream(asked, "sse"),
    "poll": lambda asked: over_a_stream(asked, "poll"),
    "websocket": lambda asked: over_a_stream(asked, "websocket"),
}


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest) -> Callable[[Asked], Awaitable[View]]:
    return DOORS[request.param]


def wish(person: Person, conversation: str, kind: str, message: View | None = None, **body: Any) -> Asked:
    facts = {"client_message_id": str(uuid4()), **body}
    return Asked(person, conversation, kind, facts, message["id"] if message else None)


def heard_by(chat: Chat) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in chat.provider.calls[-1].messages[1:]]


async def test_an_edited_question_stands_beside_the_first_one(
    chat: Chat, door: Callable[[Asked], Awaitable[View]]
) -> None:
    person = chat.person()
    conversation, before = await asked_twice(chat, person)
    chat.provider.will_say("another answer")
    reply = await door(wish(person, conversation, "send", content="edited", edits=before[2]["id"]))
    after = await person.messages(conversation)
    assert after[:4] == before
    question, stored = after[4:]
    assert stored == reply
    assert (question["content"], question["parent_id"]) == ("edited", before[2]["parent_id"])
    assert (stored["content"], stored["parent_id"]) == ("another answer", question["id"])
    assert heard_by(chat) == [("user", "first question"), ("assistant", "first answer"), ("user", "edited")]


async def test_the_first_question_can_be_edited(chat: Chat) -> None:
    person = chat.person()
    conversation, before = await asked_twice(chat, person)
    reply = await over_http(wish(person, conversation, "send", content="anew", edits=before[0]["id"]))
    question = (await person.messages(conversation))[4]
    assert (question["id"], question["parent_id"]) == (reply["parent_id"], None)
    assert heard_by(chat) == [("user", "anew")]
    assert (await person.request("GET", f"/conversations/{conversation}")).json()["title"] == "first question"


@pytest.mark.parametrize("model", [None, "scripted-2"])
@pytest.mark.parametrize("of", ["the question", "its answer"])
async def test_another_answer_stands_beside_the_first_one(
    chat: Chat, door: Callable[[Asked], Awaitable[View]], model: str | None, of: str
) -> None:
    person = chat.person()
    conversation, before = await asked_twice(chat, person)
    message = before[2 if of == "the question" else 3]
    chat.provider.will_say("another ", "answer")
    reply = await door(wish(person, conversation, "regenerate", message, **({"model": model} if model else {})))
    after = await person.messages(conversation)
    assert after == [*before, reply]
    assert (reply["content"], reply["parent_id"], reply["model"]) == (
        "another answer",
        before[2]["id"],
        model or "scripted-1",
    )
    assert heard_by(chat) == [("user", "first question"), ("assistant", "first answer"), ("user", "second question")]
    # Another answer is not another question.
    assert len(await chat.recorded("chat.turn.started.v1")) == 2
    assert len(await chat.recorded("chat.turn.finished.v1")) == 3


async def test_a_continued_answer_begins_with_what_was_kept(
    chat: Chat, door: Callable[[Asked], Awaitable[View]]
) -> None:
    person = chat.person()
    conversation, cut = await interrupted(chat, person, "half ", "of ")
    chat.provider.will_play(Delta("the "), Delta("answer"), Finish("stop"))
    reply = await door(wish(person, conversation, "continue", cut))
    question, kept, stored = await person.messages(conversation)
    assert (kept, stored) == (cut, reply)
    assert (reply["content"], reply["outcome"]) == ("half of the answer", "finished")
    assert (reply["continues_id"], reply["parent_id"]) == (cut["id"], question["id"])
    roles = [role for role, _ in heard_by(chat)]
    assert (roles, heard_by(chat)[1]) == (["user", "assistant", "user"], ("assistant", "half of "))
    # What was said before was counted then; only the rest is counted now.
    model = chat.app.state.catalog.default
    assert reply["output_tokens"] == model.count("the answer")


async def test_a_continued_answer_can_be_continued_again(chat: Chat) -> None:
    person = chat.person()
    conversation, first = await interrupted(chat, person, "one ")
    chat.provider.will_play(Delta("two "), ProviderCut())
    second = await over_http(wish(person, conversation, "continue", first))
    chat.provider.will_say("three")
    third = await over_http(wish(person, conversation, "continue", second, model="scripted-2"))
    assert (third["content"], third["outcome"], third["model"]) == ("one two three", "finished", "scripted-2")
    assert [each["content"] for each in await person.messages(conversation)][1:] == [
        "one ",
        "one two ",
        "one two three",
    ]


async def test_a_stopped_and_a_shortened_answer_can_be_continued(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_play(Delta("too "), Finish("length"), Usage(1, 1))
    shortened = (await person.ask(conversation, "question")).json()["reply"]
    assert (shortened["outcome"], shortened["finish_reason"]) == ("finished", "length")
    chat.provider.will_play(Delta("long"), asyncio.Event())
    continued = wish(person, conversation, "continue", shortened)
    async with aclosing(ASK["sse"](continued)) as events:
        async for event in events:
            if event["kind"] == "delta":
                await person.request("POST", f"/turns/{event['turn_id']}/stop")
    assert (event["reply"]["content"], event["outcome"]) == ("too long", "stopped")
    chat.provider.will_say(" indeed")
    assert (await over_http(wish(person, conversation, "continue", event["reply"])))["content"] == "too long indeed"


async def test_what_is_complete_or_empty_cannot_be_continued(chat: Chat) -> None:
    person = chat.person()
    conversation, messages = await asked_twice(chat, person)
    chat.provider.will_play(ProviderCut(retry_after_seconds=0))
    chat.provider.will_play(ProviderCut(retry_after_seconds=0))
    chat.provider.will_play(ProviderCut(retry_after_seconds=0))
    empty = (await person.ask(conversation, "?")).json()["reply"]
    assert (empty["content"], empty["outcome"]) == ("", "failed")
    before = await person.messages(conversation)
    for message in (messages[0], messages[1], empty):
        refused = await person.again("continue", conversation, message["id"])
        assert (refused.status_code, refused.json()["code"]) == (409, "not_continuable"), message
    refused = await person.ask(conversation, "an answer is no question", edits=messages[1]["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "not_a_question")
    both = await person.ask(conversation, "?", edits=messages[0]["id"], parent_id=messages[1]["id"])
    assert (both.status_code, both.json()["code"]) == (422, "validation_failed")
    assert await person.messages(conversation) == before
    assert len(await chat.rows(Turn)) == 3


async def test_a_running_answer_cannot_be_continued(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_play(Delta("half"), asyncio.Event())
    begun = await person.begin(conversation, "?")
    refused = await person.again("continue", conversation, begun["reply"]["id"], if_busy="queue")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_continuable")


async def test_a_stale_tab_branches_and_clobbers_nothing(chat: Chat) -> None:
    """Two tabs show the same conversation; one of them has not heard of what the other one asked since."""
    person = chat.person()
    conversation = await person.start()
    known = (await person.ask(conversation, "question")).json()["reply"]
    newer = (await person.ask(conversation, "from the other tab")).json()
    stale = (await person.ask(conversation, "from the stale tab", parent_id=known["id"])).json()
    assert stale["question"]["parent_id"] == known["id"] == newer["question"]["parent_id"]
    assert [content for _, content in heard_by(chat)] == ["question", "ok", "from the stale tab"]
    messages = await person.messages(conversation)
    assert [each["id"] for each in messages[2:4]] == [newer["question"]["id"], newer["reply"]["id"]]
    assert messages[3] == newer["reply"]
    assert messages[4:] == [stale["question"], stale["reply"]]


async def test_asking_again_with_one_id_is_asking_once_through_every_door(chat: Chat) -> None:
    person = chat.person()
    conversation, messages = await asked_twice(chat, person)
    chat.provider.will_play(Delta("half "), ProviderCut())
    cut = (await person.ask(conversation, "?")).json()["reply"]
    wishes = [
        wish(person, conversation, "send", content="edited", edits=messages[0]["id"]),
        wish(person, conversation, "regenerate", messages[1]),
        wish(person, conversation, "continue", cut),
        wish(person, conversation, "send", content="below", parent_id=messages[1]["id"]),
    ]
    for asked in wishes:
        calls, rows, turns = len(chat.provider.calls), len(await chat.rows(Message)), len(await chat.rows(Turn))
        answers = await asyncio.gather(*(ask(asked) for ask in DOORS.values()), *(ask(asked) for ask in DOORS.values()))
        assert all(answer == answers[0] for answer in answers)
        assert answers[0] in await person.messages(conversation)
        new_rows = 2 if asked.kind == "send" else 1
        assert len(chat.provider.calls) == calls + 1
        assert len(await chat.rows(Message)) == rows + new_rows
        assert len(await chat.rows(Turn)) == turns + 1
