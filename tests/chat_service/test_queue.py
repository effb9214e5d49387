"""Questions that wait: answered one after another in the order they were asked, stopped, refused, taken over."""

import asyncio
import json
from contextlib import aclosing
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from tests.chat_service.algebra.doors import ASK, FOLLOW, Asked, opened
from tests.chat_service.algebra.listener import Listener
from tests.chat_service.conftest import Chat, Person, running_chat

from chat_service.models import Message, Turn
from chat_service.providers.port import Delta, Finish, ProviderMalformed, Usage
from chat_service.turns.reaper import Reaper
from chat_service.turns.service import MAX_QUEUED
from service_kit.clock import utc_now

Begun = dict[str, Any]


async def busy(chat: Chat, person: Person, *words: str) -> tuple[str, Begun, asyncio.Event]:
    """A conversation in which an answer is being said until the event is set."""
    conversation, go_on = await person.start(), asyncio.Event()
    chat.provider.will_play(*map(Delta, words or ("first ",)), go_on, Delta("answer"), Finish("stop"), Usage(1, 2))
    return conversation, await person.begin(conversation, "first question"), go_on


async def follow(person: Person, conversation: str, begun: Begun, *, over: str = "sse") -> Listener:
    """Follow a turn to its end."""
    listener = Listener()
    async with aclosing(FOLLOW[over](person, conversation, begun["turn"]["id"], None)) as events:
        async for event in events:
            listener.take(event)
            if listener.is_over:
                break
    return listener


async def test_questions_are_answered_in_the_order_they_were_asked(chat: Chat) -> None:
    person = chat.person()
    conversation, first, go_on = await busy(chat, person)
    waiting = [await person.begin(conversation, f"question {number}", if_busy="queue") for number in range(4)]
    assert [begun["turn"]["state"] for begun in (first, *waiting)] == ["running", *["queued"] * 4]
    shown = (await person.request("GET", f"/conversations/{conversation}")).json()
    assert shown["running_turn_id"] == first["turn"]["id"]
    assert shown["queued_turn_ids"] == [begun["turn"]["id"] for begun in waiting]
    assert len(chat.provider.calls) == 1
    for number in range(4):
        chat.provider.will_say(f"answer {number}")
    go_on.set()
    heard = await asyncio.gather(*(follow(person, conversation, begun) for begun in waiting))
    assert [each.text for each in heard] == [f"answer {number}" for number in range(4)]
    messages = await person.messages(conversation)
    assert [each["content"] for each in messages] == [
        *("first question", "first answer"),
        *(text for number in range(4) for text in (f"question {number}", f"answer {number}")),
    ]
    # Each stands below the one before it.
    assert [each["parent_id"] for each in messages] == [None, *(each["id"] for each in messages[:-1])]
    shown = (await person.request("GET", f"/conversations/{conversation}")).json()
    assert (shown["running_turn_id"], shown["queued_turn_ids"]) == (None, [])
    assert len(await chat.recorded("chat.turn.finished.v1")) == 5


async def test_a_question_that_waited_is_sent_with_the_answer_before_it(chat: Chat) -> None:
    person = chat.person()
    conversation, _, go_on = await busy(chat, person, "the whole ")
    second = await person.begin(conversation, "second question", if_busy="queue")
    go_on.set()
    await follow(person, conversation, second)
    heard = [(message.role, message.content) for message in chat.provider.calls[-1].messages[1:]]
    assert heard == [
        ("user", "first question"),
        ("assistant", "the whole answer"),
        ("user", "second question"),
    ]


@pytest.mark.parametrize("door", ["sse", "poll", "websocket"])
async def test_a_follower_may_wait_with_its_question(chat: Chat, door: str) -> None:
    person = chat.person()
    conversation, _, go_on = await busy(chat, person)
    chat.provider.will_say("second ", "answer")
    body = {"client_message_id": str(uuid4()), "content": "second question", "if_busy": "queue"}
    asked, listener = Asked(person, conversation, "send", body), Listener()

    async def listen() -> None:
        async with aclosing(ASK[door](asked)) as events:
            async for event in events:
                listener.take(event)
                if listener.is_over:
                    return

    listening = asyncio.create_task(listen())
    # It stands in the queue once it is known by its id.
    await asked.begun()
    go_on.set()
    await listening
    listener.agrees_with((await person.messages(conversation))[-1])
    assert listener.text == "second answer"


async def test_a_question_that_waits_can_be_stopped_before_it_is_asked(chat: Chat) -> None:
    person = chat.person()
    conversation, first, go_on = await busy(chat, person)
    second = await person.begin(conversation, "second question", if_busy="queue")
    third = await person.begin(conversation, "third question", if_busy="queue")
    following = asyncio.create_task(follow(person, conversation, second))
    stopped = await person.request("POST", f"/turns/{second['turn']['id']}/stop")
    assert (stopped.json()["outcome"], stopped.json()["state"]) == ("stopped", "ended")
    # Whoever waits for it hears of it now, not when its turn would have come.
    assert (await following).reply == (await person.messages(conversation))[3]
    go_on.set()
    assert (await follow(person, conversation, first)).text == "first answer"
    assert (await follow(person, conversation, third)).text == "ok"
    assert [call.messages[-1].content for call in chat.provider.calls] == ["first question", "third question"]
    # What was never asked cost nothing.
    reply = (await person.messages(conversation))[3]
    assert (reply["outcome"], reply["content"], reply["input_tokens"], reply["output_tokens"]) == ("stopped", "", 0, 0)
    assert len(await chat.recorded("chat.turn.finished.v1")) == 3


async def test_stopping_the_answer_at_work_lets_the_next_one_begin(chat: Chat) -> None:
    person = chat.person()
    conversation, first, _ = await busy(chat, person)
    second = await person.begin(conversation, "second question", if_busy="queue")
    await person.request("POST", f"/turns/{first['turn']['id']}/stop")
    assert (await follow(person, conversation, second)).text == "ok"


async def test_a_failure_lets_the_next_one_begin(chat: Chat) -> None:
    person = chat.person()
    conversation, go_on = await person.start(), asyncio.Event()
    chat.provider.will_play(go_on, ProviderMalformed())
    await person.begin(conversation, "first question")
    second = await person.begin(conversation, "second question", if_busy="queue")
    go_on.set()
    assert (await follow(person, conversation, second)).text == "ok"


async def test_who_does_not_want_to_wait_is_refused_behind_a_queue_too(chat: Chat) -> None:
    person = chat.person()
    conversation, first, _ = await busy(chat, person)
    await person.begin(conversation, "second question", if_busy="queue")
    rows = len(await chat.rows(Message))
    refused = await person.ask(conversation, "third question")
    assert (refused.status_code, refused.json()["code"]) == (409, "conversation_busy")
    assert refused.json()["turn_id"] == first["turn"]["id"]
    async with opened(person, conversation) as socket:
        frame = {"kind": "send", "client_message_id": str(uuid4()), "content": "third question"}
        await socket.send(json.dumps(frame))
        told = json.loads(await socket.recv())
    assert (told["code"], told["turn_id"]) == ("conversation_busy", first["turn"]["id"])
    assert len(await chat.rows(Message)) == rows


async def test_a_queue_has_an_end(chat: Chat) -> None:
    person = chat.person()
    conversation, _, go_on = await busy(chat, person)
    asked = [person.begin(conversation, f"question {number}", if_busy="queue") for number in range(MAX_QUEUED)]
    waiting = await asyncio.gather(*asked)
    refused = await person.ask(conversation, "one too many", if_busy="queue")
    assert (refused.status_code, refused.json()["code"]) == (409, "queue_full")
    assert len(await chat.rows(Turn)) == 1 + MAX_QUEUED
    # Asking again for what stands in the queue is not asking for another place in it.
    first = next(row for row in await chat.rows(Turn) if str(row.id) == waiting[0]["turn"]["id"])
    repeated = await person.begin(
        conversation, "question 0", client_message_id=str(first.client_message_id), if_busy="queue"
    )
    assert repeated["turn"]["id"] == waiting[0]["turn"]["id"]
    go_on.set()
    heard = await asyncio.gather(*(follow(person, conversation, begun) for begun in waiting))
    assert {each.text for each in heard} == {"ok"}


async def test_many_questions_at_once_are_each_asked_once_and_one_after_another(chat: Chat) -> None:
    """At most one answer of a conversation is being made, whoever asks and however often."""
    person = chat.person()
    conversation = await person.start()
    ids = [str(uuid4()) for _ in range(MAX_QUEUED)]
    asked = [
        person.ask(conversation, f"question {number}", client_message_id=each, if_busy="queue")
        for number, each in enumerate(ids)
        for _ in range(3)
    ]
    answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} == {201}
    messages = await person.messages(conversation)
    assert len(chat.provider.calls) == len(ids)
    assert sorted(each["client_message_id"] for each in messages if each["role"] == "user") == sorted(ids)
    assert [each["parent_id"] for each in messages] == [None, *(each["id"] for each in messages[:-1])]


async def test_of_many_questions_at_once_one_is_taken_and_the_others_are_refused(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_play(asyncio.Event())
    path, headers = f"/conversations/{conversation}/messages", {"Prefer": "respond-async"}
    bodies = [{"client_message_id": str(uuid4()), "content": f"question {number}"} for number in range(15)]
    answers = await asyncio.gather(
        *(person.request("POST", path, json=body, headers=headers) for body in bodies for _ in range(2))
    )
    told = {(answer.status_code, answer.json().get("code")) for answer in answers}
    assert told == {(202, None), (409, "conversation_busy")}
    assert len(await chat.rows(Turn)) == 1
    assert len(await chat.rows(Message)) == 2


async def test_another_answer_may_wait_too(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    old = (await person.ask(conversation, "old question")).json()["reply"]
    go_on = asyncio.Event()
    chat.provider.will_play(go_on, Delta("new answer"), Finish("stop"), Usage(1, 1))
    await person.begin(conversation, "new question")
    chat.provider.will_say("another old answer")
    waiting = await person.again(
        "regenerate", conversation, old["id"], if_busy="queue", headers={"Prefer": "respond-async"}
    )
    assert (waiting.status_code, waiting.json()["turn"]["state"]) == (202, "queued")
    go_on.set()
    assert (await follow(person, conversation, waiting.json())).text == "another old answer"
    assert chat.provider.calls[-1].messages[-1].content == "old question"


async def test_a_queue_goes_on_where_its_process_was_stopped(database_url: str, chat: Chat) -> None:
    """The process drains: what was being said is kept, what waited is answered by another replica."""
    async with running_chat(database_url, chat.issuer) as leaving:
        person = leaving.person()
        conversation, first, _ = await busy(leaving, person)
        second = await person.begin(conversation, "second question", if_busy="queue")
        await leaving.app.state.engine.drain(seconds=0)
    here = chat.person(user_id=person.user_id, tenant_id=person.tenant_id)
    chat.provider.will_say("said here")
    assert (await follow(here, conversation, second)).text == "said here"
    assert (await here.request("GET", f"/turns/{first['turn']['id']}")).json()["outcome"] == "interrupted"
    assert len(leaving.provider.calls) == 1


async def test_a_queue_goes_on_when_its_process_is_gone(database_url: str, chat: Chat) -> None:
    """Killed: nobody extends the lease of the running turn, and nobody knows of the waiting one."""
    async with running_chat(database_url, chat.issuer) as dying:
        person = dying.person()
        conversation, first, _ = await busy(dying, person)
        second = await person.begin(conversation, "second question", if_busy="queue")
        dying.app.state.stopping.set()
        engine = dying.app.state.engine
        forgotten = engine.running.pop(next(iter(engine.running)))
        forgotten.task.cancel()
        async with chat.database.write() as session:
            past = utc_now() - timedelta(seconds=1)
            await session.execute(update(Turn).where(Turn.id == forgotten.draft.begun.turn.id).values(lease_until=past))
        chat.provider.will_say("said here")
        reaper = Reaper(chat.database, chat.app.state.catalog, chat.app.state.engine)
        await reaper.reap()
        await chat.app.state.engine.start_waiting()
        here = chat.person(user_id=person.user_id, tenant_id=person.tenant_id)
        assert (await follow(here, conversation, second)).text == "said here"
        assert (await here.request("GET", f"/turns/{first['turn']['id']}")).json()["outcome"] == "interrupted"


async def test_a_queued_question_is_taken_by_one_of_several_processes(database_url: str, chat: Chat) -> None:
    async with running_chat(database_url, chat.issuer) as other:
        person = chat.person()
        for number in range(5):
            conversation, _, go_on = await busy(chat, person)
            second = await person.begin(conversation, f"second question {number}", if_busy="queue")
            go_on.set()
            await asyncio.gather(
                *(each.app.state.engine.start_waiting() for each in (chat, other, chat, other)),
            )
            assert (await follow(person, conversation, second)).text == "ok"
        calls = [*chat.provider.calls, *other.provider.calls]
        asked = [call.messages[-1].content for call in calls if call.messages[-1].content != "first question"]
        assert sorted(asked) == [f"second question {number}" for number in range(5)]
