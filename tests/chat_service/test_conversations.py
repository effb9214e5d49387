"""Conversations as their owner sees them, and as nobody else does."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from tests.chat_service.conftest import Chat

from service_kit.contracts.tokens import Role


async def test_a_conversation_is_started_read_renamed_binned_and_restored(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start(title="  Plans  ")
    path = f"/conversations/{conversation}"
    assert (await person.request("GET", path)).json()["title"] == "Plans"
    renamed = await person.request("PATCH", path, json={"title": "Better plans"})
    assert renamed.json()["title"] == "Better plans"
    for _ in range(2):
        assert (await person.request("DELETE", path)).status_code == 204
    gone = await person.request("GET", path)
    assert (gone.status_code, gone.json()["code"]) == (404, "conversation_not_found")
    assert (await person.request("GET", "/conversations")).json()["items"] == []
    binned = (await person.request("GET", "/conversations?deleted=true")).json()["items"]
    assert [each["id"] for each in binned] == [conversation]
    for _ in range(2):
        restored = await person.request("POST", f"{path}/restore")
        assert (restored.status_code, restored.json()["deleted_at"]) == (200, None)
    assert (await person.request("GET", path)).json()["title"] == "Better plans"
    (event,) = await chat.recorded("chat.conversation.created.v1")
    assert event["conversation_id"] == conversation


async def test_starting_twice_with_one_client_id_is_starting_once(chat: Chat) -> None:
    person = chat.person()
    wish = {"client_conversation_id": str(uuid4()), "title": "Once"}
    answers = await asyncio.gather(*(person.request("POST", "/conversations", json=wish) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await chat.recorded("chat.conversation.created.v1")) == 1


async def test_the_first_question_names_the_conversation(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    await person.ask(
        conversation, "How do  I keep\nbees through a long and very cold winter in the mountains of Norway?"
    )
    title = (await person.request("GET", f"/conversations/{conversation}")).json()["title"]
    assert title == "How do I keep bees through a long and very cold winter in…"


async def test_pages_of_conversations_come_newest_activity_first_without_holes(chat: Chat) -> None:
    person = chat.person()
    started = [await person.start(title=str(number)) for number in range(7)]
    await person.ask(started[2], "wake up")
    expected = [started[2], *(each for each in reversed(started) if each != started[2])]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await person.request("GET", f"/conversations?limit=3&cursor={cursor}")).json()
        seen.extend(each["id"] for each in page["items"])
        cursor = page["next_cursor"]
    assert seen == expected


async def test_pages_of_messages_lead_to_older_ones(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    for number in range(5):
        await person.ask(conversation, f"question {number}")
    path = f"/conversations/{conversation}/messages"
    newest = (await person.request("GET", f"{path}?limit=4")).json()
    older = (await person.request("GET", f"{path}?limit=6&cursor={newest['next_cursor']}")).json()
    assert older["next_cursor"] is None
    contents = [message["content"] for message in [*older["items"], *newest["items"]]]
    assert contents == [text for number in range(5) for text in (f"question {number}", "ok")]


@pytest.mark.parametrize("cursor", ["x", "a" * 300, "%00", "MTIz", "-1", "99999999999", "é", "1e3"])
async def test_a_foreign_cursor_is_refused(chat: Chat, cursor: str) -> None:
    person = chat.person()
    conversation = await person.start()
    for path in ("/conversations", f"/conversations/{conversation}/messages"):
        answer = await person.request("GET", f"{path}?cursor={cursor}")
        assert answer.status_code in (200, 422), answer.text
        assert answer.status_code == 422 or answer.json()["items"] == []


async def test_a_strangers_things_are_the_same_404_as_missing_ones(chat: Chat) -> None:
    """T01, T02: every route and every id, asked by others of the tenant, of another tenant, and by administrators."""
    owner = chat.person()
    conversation = await owner.start(title="private")
    begun = (await owner.ask(conversation, "a secret")).json()
    before = await owner.messages(conversation)
    strangers = [
        chat.person(),
        chat.person(role=Role.ADMIN),
        chat.person(tenant_id=uuid4(), role=Role.ADMIN),
        chat.person(user_id=owner.user_id, tenant_id=uuid4()),
    ]
    for stranger in strangers:
        known = (conversation, begun["turn"]["id"], begun["reply"]["id"])
        for method, path, body in _doors(*known):
            refused = await stranger.request(method, path, **body)
            missing_path = path
            for each in known:
                missing_path = missing_path.replace(each, str(uuid4()))
            missing = await stranger.request(method, missing_path, **body)
            assert refused.status_code == missing.status_code == 404, (method, path, refused.text)
            strip = {"request_id": None}
            assert {**refused.json(), **strip} == {**missing.json(), **strip}
        assert (await stranger.request("GET", "/conversations")).json()["items"] == []
    own = await strangers[0].start()
    borrowed = await strangers[0].ask(own, "?", parent_id=begun["reply"]["id"])
    assert (borrowed.status_code, borrowed.json()["code"]) == (404, "parent_not_found")
    assert await owner.messages(conversation) == before


def _doors(conversation: str, turn: str, message: str) -> list[tuple[str, str, dict[str, Any]]]:
    question = {"json": {"client_message_id": str(uuid4()), "content": "?"}}
    again = {"json": {"client_message_id": str(uuid4())}}
    return [
        ("GET", f"/conversations/{conversation}", {}),
        ("PATCH", f"/conversations/{conversation}", {"json": {"title": "mine"}}),
        ("DELETE", f"/conversations/{conversation}", {}),
        ("POST", f"/conversations/{conversation}/restore", {}),
        ("GET", f"/conversations/{conversation}/messages", {}),
        ("POST", f"/conversations/{conversation}/messages", question),
        ("POST", f"/conversations/{conversation}/messages/{message}/regenerate", again),
        ("POST", f"/conversations/{conversation}/messages/{message}/continue", again),
        ("GET", f"/conversations/{conversation}/context", {}),
        ("GET", f"/turns/{turn}", {}),
        ("GET", f"/turns/{turn}/events", {}),
        ("GET", f"/turns/{turn}/poll?wait=0", {}),
        ("POST", f"/turns/{turn}/stop", {}),
    ]


async def test_nobody_passes_without_a_token(chat: Chat) -> None:
    for method, path, body in [
        *_doors(str(uuid4()), str(uuid4()), str(uuid4())),
        ("GET", "/conversations", {}),
        ("GET", "/models", {}),
    ]:
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}):
            answer = await chat.client.request(method, f"{chat.address}{path}", headers=headers, **body)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    for headers in ({}, chat.person(role=Role.ADMIN).bearer):
        answer = await chat.client.get(f"{chat.address}/internal/v1/events?reader=me", headers=headers)
        assert answer.status_code == 401
