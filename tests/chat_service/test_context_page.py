"""The context as the page shows it, and the policy and parameters of a conversation."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.chat_service.branches import grow
from tests.chat_service.conftest import Chat, Person

from chat_service.models import Message, Summary, Turn
from service_kit.auth import Scope
from service_kit.clock import new_id, utc_now
from service_kit.contracts.tokens import Role


def scope_of(person: Person) -> Scope:
    return Scope(person.tenant_id, person.user_id)


async def context_of(person: Person, conversation: str, query: str = "") -> dict[str, Any]:
    answer = await person.request("GET", f"/conversations/{conversation}/context{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def conversation_with(chat: Chat, person: Person, *said: str, **wish: Any) -> tuple[str, list[Message]]:
    conversation = await person.start(system_prompt="be brief", **wish)
    return conversation, await grow(chat.database, scope_of(person), UUID(conversation), *said)


async def test_the_page_shows_what_would_be_sent_and_what_not_and_why(chat: Chat) -> None:
    person = chat.person()
    conversation, said = await conversation_with(
        chat, person, *[f"message {number} " + "x" * 100 for number in range(9)], context={"messages": 3}
    )
    context = await context_of(person, conversation, "?content_tokens=7")
    parts = context["parts"]
    assert [part["kind"] for part in parts] == ["system", *["message"] * 9, "question"]
    assert [part["is_sent"] for part in parts] == [True, *[False] * 6, *[True] * 4]
    assert {part["reason"] for part in parts[1:7]} == {"over_message_limit"}
    assert [part["message_id"] for part in parts[1:10]] == [str(message.id) for message in said]
    assert [part["role"] for part in parts[1:3]] == ["user", "assistant"]
    assert parts[9]["preview"] == f"message 8 {'x' * 70}"
    assert parts[10]["tokens"] == 11
    assert context["tokens"] == sum(part["tokens"] for part in parts if part["is_sent"])
    assert (context["model"], context["window"], context["budget"]) == ("scripted-1", 8_000, 6_000)
    assert (context["left_out"], context["fits"], context["summary"]) == (6, True, None)
    assert context["policy"] == {"messages": 3, "tokens": None, "summarises": False}
    assert context["counting"] in ("counted", "estimated")


async def test_an_empty_conversation_has_a_context_too(chat: Chat) -> None:
    person = chat.person()
    context = await context_of(person, await person.start())
    assert [part["kind"] for part in context["parts"]] == ["system", "question"]
    assert context["left_out"] == 0


async def test_a_question_that_would_not_fit_is_told_before_it_is_asked(chat: Chat) -> None:
    person = chat.person()
    conversation, _ = await conversation_with(chat, person, "one", "two")
    assert (await context_of(person, conversation, "?content_tokens=5900"))["fits"]
    assert not (await context_of(person, conversation, "?content_tokens=6000"))["fits"]


async def test_the_context_of_another_branch_or_model_can_be_looked_at(chat: Chat) -> None:
    person = chat.person()
    conversation, said = await conversation_with(chat, person, "one", "two", "three", "four")
    context = await context_of(person, conversation, f"?parent_id={said[1].id}&model=scripted-2")
    assert context["model"] == "scripted-2"
    previews = [part["preview"] for part in context["parts"] if part["kind"] == "message"]
    assert previews == ["one", "two"]
    for query, status, code in (
        (f"?parent_id={uuid4()}", 404, "message_not_found"),
        ("?model=nobody", 400, "model_not_offered"),
        ("?content_tokens=-1", 422, "validation_failed"),
        ("?parent_id=x", 422, "validation_failed"),
    ):
        refused = await person.request("GET", f"/conversations/{conversation}/context{query}")
        assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_at_most_fifty_of_a_long_past_are_shown_and_all_are_counted(chat: Chat) -> None:
    person = chat.person()
    conversation, said = await conversation_with(
        chat, person, *[f"message {number}" for number in range(80)], context={"messages": 2}
    )
    context = await context_of(person, conversation)
    shown = [part["message_id"] for part in context["parts"] if part["kind"] == "message"]
    assert shown == [str(message.id) for message in said[-53:]]
    assert context["left_out"] == 78


async def test_the_page_shows_which_messages_a_summary_tells(chat: Chat) -> None:
    person = chat.person()
    conversation, said = await conversation_with(
        chat,
        person,
        *[f"message {number}" for number in range(8)],
        context={"messages": 2, "summarises": True},
    )
    scope = scope_of(person)
    async with chat.database.write() as session:
        session.add(
            Summary(
                id=new_id(),
                tenant_id=scope.tenant_id,
                owner_id=scope.user_id,
                conversation_id=UUID(conversation),
                last_message_id=said[4].id,
                content="bees",
                model="scripted-1",
                created_at=utc_now(),
            )
        )
    context = await context_of(person, conversation)
    assert [part["reason"] for part in context["parts"] if part["kind"] == "message"] == [
        *["summarised"] * 5,
        "over_message_limit",
        *["newest"] * 2,
    ]
    assert context["left_out"] == 1
    assert (context["summary"]["covers"], context["summary"]["last_message_id"]) == (5, str(said[4].id))
    assert next(part for part in context["parts"] if part["kind"] == "summary")["preview"] == "bees"


async def test_nobody_else_sees_a_context(chat: Chat) -> None:
    owner = chat.person()
    conversation, said = await conversation_with(chat, owner, "a secret", "kept")
    for stranger in (
        chat.person(),
        chat.person(role=Role.ADMIN),
        chat.person(user_id=owner.user_id, tenant_id=uuid4()),
    ):
        refused = await stranger.request("GET", f"/conversations/{conversation}/context")
        missing = await stranger.request("GET", f"/conversations/{uuid4()}/context")
        assert refused.status_code == missing.status_code == 404
        assert {**refused.json(), "request_id": ""} == {**missing.json(), "request_id": ""}
        own = await stranger.start()
        borrowed = await stranger.request("GET", f"/conversations/{own}/context?parent_id={said[0].id}")
        assert (borrowed.status_code, borrowed.json()["code"]) == (404, "message_not_found")


async def test_policy_and_parameters_are_stored_and_changed_as_a_whole(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start(
        context={"messages": 5, "summarises": True}, parameters={"temperature": 0.5, "stop": ["END"]}
    )
    path = f"/conversations/{conversation}"
    stored = (await person.request("GET", path)).json()
    assert stored["context"] == {"messages": 5, "tokens": None, "summarises": True}
    assert (stored["parameters"]["temperature"], stored["parameters"]["stop"]) == (0.5, ["END"])
    changed = (await person.request("PATCH", path, json={"context": {"tokens": 1_000}})).json()
    assert changed["context"] == {"messages": None, "tokens": 1_000, "summarises": False}
    assert changed["parameters"] == stored["parameters"]
    changed = (await person.request("PATCH", path, json={"parameters": {"max_output_tokens": 100}})).json()
    assert (changed["parameters"]["temperature"], changed["parameters"]["max_output_tokens"]) == (None, 100)
    assert (await person.request("GET", path)).json() == changed
    kept = (await person.request("PATCH", path, json={"title": "kept"})).json()
    assert (kept["context"], kept["parameters"]) == (changed["context"], changed["parameters"])


@pytest.mark.parametrize(
    "wish",
    [
        {"context": {"messages": 1_001}},
        {"context": {"messages": -1}},
        {"context": {"tokens": 255}},
        {"context": {"unknown": 1}},
        {"context": None},
        {"parameters": {"temperature": 3}},
        {"parameters": {"top_p": 0}},
        {"parameters": {"stop": ["a", "b", "c", "d", "e"]}},
        {"parameters": None},
    ],
)
async def test_a_policy_out_of_bounds_is_refused(chat: Chat, wish: dict[str, Any]) -> None:
    person = chat.person()
    conversation = await person.start()
    for method, path in (("POST", "/conversations"), ("PATCH", f"/conversations/{conversation}")):
        refused = await person.request(method, path, json=wish)
        assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")


async def test_a_conversation_names_the_turns_that_wait_in_their_order(chat: Chat) -> None:
    person = chat.person()
    conversation, said = await conversation_with(chat, person, "q1", "", "q2", "", "q3", "")
    turns = [
        Turn(
            id=new_id(),
            tenant_id=person.tenant_id,
            owner_id=person.user_id,
            conversation_id=UUID(conversation),
            question_id=question.id,
            reply_id=reply.id,
            client_message_id=uuid4(),
            purpose="reply",
            transport="json",
            provider="scripted",
            model="scripted-1",
            epoch="1",
            position=reply.position,
            is_queued=question is not said[0],
            created_at=utc_now(),
            lease_owner=new_id(),
            # Far ahead, so that nobody takes it for an abandoned one.
            lease_until=utc_now().replace(year=2100),
        )
        for question, reply in zip(said[::2], said[1::2], strict=True)
    ]
    async with chat.database.write() as session:
        session.add_all(reversed(turns))
    for path in (f"/conversations/{conversation}", "/conversations"):
        answer = (await person.request("GET", path)).json()
        shown = answer["items"][0] if "items" in answer else answer
        assert shown["running_turn_id"] == str(turns[0].id)
        assert shown["queued_turn_ids"] == [str(turn.id) for turn in turns[1:]]
