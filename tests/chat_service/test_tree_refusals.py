"""What may not be built on: messages of others, of elsewhere, of nobody, and questions that can never fit."""

import json
from typing import Any
from uuid import uuid4

from tests.chat_service.algebra.doors import opened
from tests.chat_service.algebra.situations import asked_twice, interrupted
from tests.chat_service.conftest import Chat, Person

from chat_service.models import Message, Turn
from service_kit.contracts.tokens import Role


async def test_foreign_messages_are_the_same_404_as_missing_ones_through_every_door(chat: Chat) -> None:
    """T01, T02: ids in the path, in the body and in a frame; of others, of another conversation, of nobody."""
    owner = chat.person()
    conversation, cut = await interrupted(chat, owner)
    other = (await owner.ask(await owner.start(), "?")).json()["reply"]
    strangers = [chat.person(), chat.person(role=Role.ADMIN), chat.person(user_id=owner.user_id, tenant_id=uuid4())]
    rows = len(await chat.rows(Message))
    for person in (owner, *strangers):
        own = conversation if person is owner else await person.start()
        # To the owner the message of another conversation is as foreign as one that never was.
        ids = [str(uuid4()), other["id"] if person is owner else cut["id"]]
        for name, code in (("regenerate", "message_not_found"), ("continue", "message_not_found")):
            refusals = [await person.again(name, own, each) for each in ids]
            assert {refused.status_code for refused in refusals} == {404}
            assert [without_request_id(refused.json()) for refused in refusals] == [
                without_request_id(refusals[0].json())
            ] * 2
            assert refusals[0].json()["code"] == code
        for name, code in (("edits", "message_not_found"), ("parent_id", "parent_not_found")):
            refusals = [await person.ask(own, "?", **{name: each}) for each in ids]
            assert [(refused.status_code, refused.json()["code"]) for refused in refusals] == [(404, code)] * 2
            assert without_request_id(refusals[0].json()) == without_request_id(refusals[1].json())
        await told_the_same_over_the_socket(person, own, ids)
    for stranger in strangers:
        for name in ("regenerate", "continue"):
            refused = await stranger.again(name, conversation, cut["id"])
            missing = await stranger.again(name, str(uuid4()), cut["id"])
            assert refused.status_code == missing.status_code == 404
            assert without_request_id(refused.json()) == without_request_id(missing.json())
    assert len(await chat.rows(Message)) == rows
    assert len(chat.provider.calls) == 2


async def told_the_same_over_the_socket(person: Person, conversation: str, ids: list[str]) -> None:
    frames = [
        {"kind": "regenerate", "message_id": None},
        {"kind": "continue", "message_id": None},
        {"kind": "send", "content": "?", "edits": None},
        {"kind": "send", "content": "?", "parent_id": None},
    ]
    async with opened(person, conversation) as socket:
        for frame in frames:
            told = []
            for each in ids:
                filled = {name: each if value is None else value for name, value in frame.items()}
                told.append(await refusal_of(socket, {**filled, "client_message_id": str(uuid4())}))
            assert told[0] == told[1]
            assert told[0]["code"] == ("parent_not_found" if "parent_id" in frame else "message_not_found")


async def refusal_of(socket: Any, frame: dict[str, Any]) -> dict[str, Any]:
    await socket.send(json.dumps(frame))
    told = dict(json.loads(await socket.recv()))
    assert (told["kind"], told.pop("client_message_id")) == ("problem", frame["client_message_id"])
    return told


def without_request_id(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name != "request_id"}


async def test_a_question_that_can_never_fit_is_not_stored_wherever_it_should_stand(chat: Chat) -> None:
    person = chat.person()
    conversation, messages = await asked_twice(chat, person)
    too_long = "many words " * 5_000
    for place in ({}, {"edits": messages[0]["id"]}, {"parent_id": messages[1]["id"]}, {"if_busy": "queue"}):
        refused = await person.ask(conversation, too_long, **place)
        assert (refused.status_code, refused.json()["code"]) == (413, "question_too_long")
    frame = {"kind": "send", "client_message_id": str(uuid4()), "content": too_long}
    async with opened(person, conversation) as socket:
        assert (await refusal_of(socket, frame))["code"] == "question_too_long"
    assert await person.messages(conversation) == messages
    assert len(await chat.rows(Turn)) == 2
    assert (await person.request("GET", f"/conversations/{conversation}")).json()["running_turn_id"] is None
