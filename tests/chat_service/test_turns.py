"""A turn as its asker sees it: answered, streamed, stopped, resumed, refused, failed."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from tests.chat_service.conftest import Chat, Event

from chat_service.models import Message, Turn
from chat_service.providers.port import (
    Delta,
    Finish,
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderTimedOut,
    ProviderUnavailable,
    Usage,
)


def text_of(events: list[Event]) -> str:
    return "".join(event["text"] for event in events if event["kind"] == "delta")


async def test_a_plain_request_waits_for_the_whole_answer(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_say("Hello ", "there", usage=Usage(input_tokens=12, output_tokens=2, cached_tokens=4))
    answer = await person.ask(conversation, "Hi")
    assert answer.status_code == 201
    body = answer.json()
    assert body["turn"]["outcome"] == "finished"
    assert (body["question"]["content"], body["question"]["role"]) == ("Hi", "user")
    reply = body["reply"]
    assert (reply["content"], reply["outcome"], reply["role"]) == ("Hello there", "finished", "assistant")
    assert (reply["input_tokens"], reply["output_tokens"], reply["usage_source"]) == (12, 2, "provider")
    assert reply["parent_id"] == body["question"]["id"]
    (event,) = await chat.recorded("chat.turn.finished.v1")
    assert event["outcome"] == "finished"
    assert (event["input_tokens"], event["output_tokens"], event["cached_tokens"]) == (12, 2, 4)
    assert event["time_to_first_token_ms"] <= event["duration_ms"]
    assert len(await chat.recorded("chat.turn.started.v1")) == 1
    assert "Hello" not in str(event)


async def test_a_stream_tells_started_deltas_usage_done_in_numbered_order(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_say("one ", "two ", "three")
    question = {"client_message_id": str(uuid4()), "content": "count"}
    path = f"/conversations/{conversation}/messages"
    async with person.stream("POST", path, json=question) as events:
        seen = [event async for event in events]
    assert [event["kind"] for event in seen] == ["started", "delta", "delta", "delta", "usage", "done"]
    assert [event["seq"] for event in seen] == [1, 2, 3, 4, 5, 6]
    assert seen[0]["client_message_id"] == question["client_message_id"]
    assert seen[-1]["reply"]["content"] == text_of(seen) == "one two three"
    stored = (await person.messages(conversation))[-1]
    assert stored == seen[-1]["reply"]


async def test_the_turn_goes_on_when_its_asker_goes_away(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    go_on = asyncio.Event()
    chat.provider.will_play(Delta("one "), go_on, Delta("two"), Finish("stop"), Usage(1, 2))
    path = f"/conversations/{conversation}/messages"
    async with person.stream("POST", path, json={"client_message_id": str(uuid4()), "content": "?"}) as events:
        async for event in events:
            if event["kind"] == "delta":
                break
        turn_id = event["turn_id"]
    go_on.set()
    seen = await person.events(turn_id)
    assert (text_of(seen), seen[-1]["outcome"]) == ("one two", "finished")
    assert chat.provider.cancelled == 0


@pytest.mark.parametrize("cut_after", [1, 2, 3, 4, 5])
async def test_a_follower_resumes_after_any_event_without_gap_or_double(chat: Chat, cut_after: int) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_say("a", "b", "c")
    turn_id = (await person.ask(conversation, "?")).json()["turn"]["id"]
    whole = await person.events(turn_id)
    place = whole[cut_after - 1]
    rest = await person.events(turn_id, after=f"{place['epoch']}:{place['seq']}")
    assert [*whole[:cut_after], *rest] == whole


@pytest.mark.parametrize("place", ["unknown-epoch:2", "nonsense", ":", "7", "x:99999999999999999999", "é:1".encode()])
async def test_a_place_that_cannot_be_continued_gets_a_snapshot(chat: Chat, place: Any) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_say("all ", "of it")
    turn_id = (await person.ask(conversation, "?")).json()["turn"]["id"]
    snapshot, *rest = await person.events(turn_id, after=place)
    assert (snapshot["kind"], snapshot["recovered"]) == ("snapshot", False)
    assert snapshot["reply"]["content"] == "all of it"
    assert text_of(rest) == ""


async def test_a_stopped_answer_keeps_what_was_said(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    never = asyncio.Event()
    chat.provider.will_play(Delta("one "), Delta("two"), never)
    begun = await person.begin(conversation, "count")
    turn_id = begun["turn"]["id"]
    async with person.stream("GET", f"/turns/{turn_id}/events") as events:
        async for event in events:
            if event["kind"] == "delta" and event["text"] == "two":
                stopped = await person.request("POST", f"/turns/{turn_id}/stop")
                assert stopped.json()["outcome"] == "stopped"
        assert (event["kind"], event["outcome"], event["reply"]["content"]) == ("done", "stopped", "one two")
    again = await person.request("POST", f"/turns/{turn_id}/stop")
    assert (again.status_code, again.json()["outcome"]) == (200, "stopped")
    (recorded,) = await chat.recorded("chat.turn.finished.v1")
    assert (recorded["outcome"], recorded["usage_source"]) == ("stopped", "estimated")
    assert recorded["input_tokens"] > 0
    assert recorded["output_tokens"] > 0


@pytest.mark.parametrize(
    ("error", "said", "outcome"),
    [
        (ProviderRateLimited(retry_after_seconds=0), "", "failed"),
        (ProviderUnavailable(retry_after_seconds=0), "", "failed"),
        (ProviderRefusedKey(), "", "failed"),
        (ProviderTimedOut(), "", "failed"),
        (ProviderTimedOut(), "half ", "interrupted"),
        (ProviderCut(), "half ", "interrupted"),
        (ProviderMalformed(), "half ", "failed"),
        (ProviderUnavailable(), "half ", "failed"),
        (RuntimeError("a bug with a secret sk-123"), "half ", "failed"),
    ],
)
async def test_a_failing_provider_ends_the_turn_and_keeps_what_was_said(
    chat: Chat, error: Exception, said: str, outcome: str
) -> None:
    person = chat.person()
    conversation = await person.start()
    for _ in range(3):
        chat.provider.will_play(*([Delta(said)] if said else []), error)
    reply = (await person.ask(conversation, "?")).json()["reply"]
    assert (reply["content"], reply["outcome"]) == (said, outcome)
    assert reply["error_code"] == (error.code if isinstance(error, ProviderError) else "internal_error")
    assert len(reply["error_detail"]) > 20
    assert "sk-123" not in str(reply)
    retried = isinstance(error, ProviderError) and error.is_worth_retrying and not said
    assert len(chat.provider.calls) == (3 if retried else 1)
    (recorded,) = await chat.recorded("chat.turn.finished.v1")
    assert (recorded["outcome"], recorded["error_code"]) == (outcome, reply["error_code"])
    chat.provider._scripts.clear()
    assert (await person.ask(conversation, "again")).json()["reply"]["outcome"] == "finished"


async def test_a_retry_before_the_first_delta_is_one_answer(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_play(ProviderUnavailable(retry_after_seconds=0))
    chat.provider.will_say("fine")
    reply = (await person.ask(conversation, "?")).json()["reply"]
    assert (reply["content"], reply["outcome"]) == ("fine", "finished")
    assert len(await chat.recorded("chat.turn.finished.v1")) == 1


async def test_asking_twice_with_one_id_is_asking_once(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    client_message_id = str(uuid4())
    asked = [person.ask(conversation, "?", client_message_id=client_message_id) for _ in range(10)]
    answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["turn"]["id"] for answer in answers}) == 1
    assert len(chat.provider.calls) == 1
    assert len(await chat.rows(Message)) == 2


async def test_one_id_in_two_conversations_at_once_stays_one_question(chat: Chat) -> None:
    person = chat.person()
    conversations = [await person.start() for _ in range(4)]
    client_message_id = str(uuid4())
    asked = [person.ask(each, "?", client_message_id=client_message_id) for each in conversations]
    answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["turn"]["id"] for answer in answers}) == 1
    assert len(await chat.rows(Turn)) == 1


async def test_a_second_question_is_refused_while_the_first_is_answered(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    go_on = asyncio.Event()
    chat.provider.will_play(go_on, Delta("done"), Finish("stop"))
    begun = await person.begin(conversation, "first")
    refused = await asyncio.gather(*(person.ask(conversation, "second") for _ in range(5)))
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(409, "conversation_busy")}
    assert refused[0].json()["turn_id"] == begun["turn"]["id"]
    running = (await person.request("GET", f"/conversations/{conversation}")).json()
    assert running["running_turn_id"] == begun["turn"]["id"]
    go_on.set()
    await person.events(begun["turn"]["id"])
    assert (await person.ask(conversation, "third")).status_code == 201
    assert len(await chat.rows(Message)) == 4


async def test_the_model_hears_the_system_prompt_and_the_last_messages(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start(system_prompt="Be brief.")
    for number in range(8):
        chat.provider.will_say(f"answer {number}")
        reply = (await person.ask(conversation, f"question {number}")).json()["reply"]
    heard = [(message.role, message.content) for message in chat.provider.calls[-1].messages]
    assert heard[0] == ("system", "Be brief.")
    assert heard[1] == ("user", "question 2")
    assert heard[-2:] == [("assistant", "answer 6"), ("user", "question 7")]
    assert len(heard) == 12
    assert reply["left_out"] == 4


async def test_a_question_that_can_never_fit_is_refused_before_it_is_stored(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    answer = await person.ask(conversation, "many words " * 5_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "question_too_long")
    assert await person.messages(conversation) == []


async def test_an_older_message_can_be_followed_by_another_question(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    first = (await person.ask(conversation, "one")).json()
    await person.ask(conversation, "two")
    await person.ask(conversation, "another two", parent_id=first["reply"]["id"])
    heard = [message.content for message in chat.provider.calls[-1].messages]
    assert heard[1:] == ["one", "ok", "another two"]
    foreign = await person.ask(conversation, "?", parent_id=str(uuid4()))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "parent_not_found")


async def test_a_model_of_the_catalogue_can_be_chosen_and_no_other(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    assert (await person.ask(conversation, "?", model="scripted-2")).json()["reply"]["model"] == "scripted-2"
    refused = await person.ask(conversation, "?", model="gpt-nothing")
    assert (refused.status_code, refused.json()["code"]) == (400, "model_not_offered")
    models = (await person.request("GET", "/models")).json()["items"]
    assert [(model["id"], model["is_default"]) for model in models] == [("scripted-1", True), ("scripted-2", False)]


async def test_stopping_at_the_last_delta_has_exactly_one_outcome(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    for _ in range(20):
        chat.provider.will_say("a", "b")
        begun = await person.begin(conversation, "?")
        stopped = await person.request("POST", f"/turns/{begun['turn']['id']}/stop")
        events = await person.events(begun["turn"]["id"])
        assert events[-1]["outcome"] == stopped.json()["outcome"]
        assert events[-1]["reply"]["content"] == text_of(events)
    assert len(await chat.recorded("chat.turn.finished.v1")) == 20
