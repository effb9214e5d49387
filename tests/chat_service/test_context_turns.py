"""Whole turns: the policy, the summary, the pictures and the refusal as somebody who chats notices them."""

from typing import Any
from uuid import UUID

from sqlalchemy import update
from tests.chat_service.branches import grow
from tests.chat_service.conftest import Chat, Person, running_chat
from tests.chat_service.pictures import png

from chat_service.context.rules import CONTINUE_INSTRUCTION
from chat_service.models import ChatTable, Conversation, Image, Message, Summary
from chat_service.providers.catalog import Catalog, Model
from chat_service.providers.port import Delta, Finish, ProviderCut, Usage
from chat_service.providers.port import Image as ShownImage
from chat_service.testing import ScriptedProvider
from service_kit.auth import Scope
from service_kit.testing import created_tables


async def grown(chat: Chat, person: Person, count: int, **context: Any) -> str:
    conversation = await person.start(context=context, title="grown", system_prompt="be brief")
    scope = Scope(person.tenant_id, person.user_id)
    said = await grow(chat.database, scope, UUID(conversation), *[f"message {number}" for number in range(count)])
    async with chat.database.write() as session:
        await session.execute(update(Conversation).values(message_count=len(said)))
    return conversation


async def test_what_the_page_shows_is_what_is_sent(chat: Chat) -> None:
    person = chat.person()
    conversation = await grown(chat, person, 8, messages=3)
    shown = (await person.request("GET", f"/conversations/{conversation}/context")).json()
    answer = await person.ask(conversation, "and now?")
    assert answer.status_code == 201, answer.text
    sent = [message.content for message in chat.provider.calls[0].messages]
    previews = [part["preview"] for part in shown["parts"] if part["is_sent"]]
    assert [*previews[:-1], "and now?"] == sent
    assert answer.json()["reply"]["left_out"] == shown["left_out"] == 5


async def test_a_summary_is_made_before_the_answer_and_both_are_counted(chat: Chat) -> None:
    person = chat.person()
    conversation = await grown(chat, person, 8, messages=4, summarises=True)
    chat.provider.will_say("bees", usage=Usage(40, 2))
    chat.provider.will_say("fine", usage=Usage(30, 1))
    answer = (await person.ask(conversation, "and now?")).json()
    assert (answer["reply"]["content"], answer["reply"]["left_out"]) == ("fine", 0)
    assert "bees" in chat.provider.calls[1].messages[1].content
    finished = await chat.recorded("chat.turn.finished.v1")
    assert [(event["purpose"], event["input_tokens"]) for event in finished] == [("summary", 40), ("reply", 30)]
    assert (answer["reply"]["input_tokens"], answer["reply"]["output_tokens"]) == (30, 1)
    assert [summary.content for summary in await chat.rows(Summary)] == ["bees"]
    assert (await person.request("GET", f"/conversations/{conversation}/context")).json()["summary"][
        "content"
    ] == "bees"


async def test_a_question_that_can_never_fit_is_not_stored(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start(context={"tokens": 256})
    # Neither the model's window nor the policy of the conversation may be exceeded.
    for wish in (await person.start(), conversation):
        refused = await person.ask(wish, "word " * 8_000)
        assert (refused.status_code, refused.json()["code"]) == (413, "question_too_long")
        assert refused.json()["tokens"] > refused.json()["budget"]
    refused = await person.ask(conversation, "word " * 500)
    assert (refused.status_code, refused.json()["budget"]) == (413, 256)
    assert await chat.rows(Message) == []


async def test_an_interrupted_answer_goes_on_where_it_stopped(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_play(Delta("one two thr"), ProviderCut())
    cut = (await person.ask(conversation, "count")).json()["reply"]
    chat.provider.will_play(Delta("ee four"), Finish("stop"), Usage(9, 2))
    whole = await person.again("continue", conversation, cut["id"])
    assert whole.status_code == 201, whole.text
    assert whole.json()["reply"]["content"] == "one two three four"
    sent = chat.provider.calls[-1].messages
    assert [message.content for message in sent[-3:]] == ["count", "one two thr", CONTINUE_INSTRUCTION]


async def test_a_question_shows_its_pictures_to_a_model_that_sees(database_url: str) -> None:
    provider = ScriptedProvider()
    seeing = Model("seeing", provider, 8_000, capabilities=frozenset({"images"}))
    catalog = Catalog([seeing, Model("blind", provider, 8_000)])
    async with created_tables(database_url, ChatTable.metadata), running_chat(database_url, catalog=catalog) as chat:
        person = chat.person()
        conversation = await person.start()
        path = f"/conversations/{conversation}/images"
        handed = await person.request("POST", path, content=png(), headers={"Content-Type": "image/png"})
        image_ids = [handed.json()["id"]]
        refused = await person.ask(conversation, "what is this?", image_ids=image_ids, model="blind")
        assert (refused.status_code, refused.json()["code"]) == (422, "images_not_supported")
        answer = await person.ask(conversation, "what is this?", image_ids=image_ids)
        assert answer.status_code == 201, answer.text
        assert answer.json()["question"]["images"] == [handed.json()]
        assert provider.calls[0].messages[-1].images == (ShownImage("image/png", png()),)
        (image,) = await chat.rows(Image)
        assert str(image.message_id) == answer.json()["question"]["id"]
        await person.ask(conversation, "and now?")
        assert [len(message.images) for message in provider.calls[1].messages] == [0, 1, 0, 0]
        again = await person.ask(conversation, "and again?", image_ids=image_ids)
        assert (again.status_code, again.json()["code"]) == (404, "image_not_found")
        assert len(await person.messages(conversation)) == 4
