"""T42: whatever a client sends as a body gets a 4xx problem, never a 500, and nothing is stored."""

from uuid import uuid4

import pytest
from tests.chat_service.conftest import Chat

from chat_service.models import Conversation, Message

ID = str(uuid4())
HOSTILE: dict[str, bytes] = {
    "not json": b"{",
    "empty": b"",
    "null": b"null",
    "array": b"[]",
    "string": b'"text"',
    "nan": b'{"client_message_id": NaN, "content": NaN}',
    "infinity": b'{"content": Infinity, "title": -Infinity}',
    "1e999": b'{"content": 1e999, "title": 1e999}',
    "5000 digits": b'{"content": ' + b"1" * 5000 + b"}",
    "lone surrogate": b'{"client_message_id": "%b", "content": "\\ud800", "title": "\\udfff"}' % ID.encode(),
    "nul": b'{"client_message_id": "%b", "content": "a\\u0000b", "title": "a\\u0000b"}' % ID.encode(),
    "900 deep": b'{"content": ' + b"[" * 900 + b"]" * 900 + b', "title": 1}',
    "100k deep": b'{"content": ' + b"[" * 100_000 + b"]" * 100_000 + b', "title": 1}',
    "invalid utf-8": b'{"client_message_id": "%b", "content": "\xff\xfe", "title": "\xff"}' % ID.encode(),
    "wrong types": b'{"client_message_id": 7, "content": {"a": []}, "title": ["x"]}',
    "bad uuid": b'{"client_message_id": "../../etc", "content": "x", "client_conversation_id": "%00"}',
    "unknown fields": b'{"tenant_id": "x", "owner_id": "y", "role": "admin"}',
    "empty content": b'{"client_message_id": "%b", "content": "", "title": ""}' % ID.encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_malformed_body_is_refused_everywhere(chat: Chat, name: str) -> None:
    person = chat.person()
    conversation = await person.start(title="kept")
    doors = [
        ("POST", "/conversations"),
        ("PATCH", f"/conversations/{conversation}"),
        ("POST", f"/conversations/{conversation}/messages"),
        ("POST", f"/conversations/{conversation}/messages/{ID}/regenerate"),
        ("POST", f"/conversations/{conversation}/messages/{ID}/continue"),
    ]
    for method, path in doors:
        for content_type in (
            "application/json",
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
        ):
            headers = {"Content-Type": content_type}
            answer = await person.request(method, path, content=HOSTILE[name], headers=headers)
            assert answer.status_code == 422, (name, method, path, content_type, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "validation_failed"
    assert (await person.request("GET", f"/conversations/{conversation}")).json()["title"] == "kept"
    assert len(await chat.rows(Conversation)) == 1
    assert await chat.rows(Message) == []


async def test_a_body_of_ten_megabytes_is_refused(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    body = {"client_message_id": ID, "content": "x" * 10_000_000}
    answer = await person.request("POST", f"/conversations/{conversation}/messages", json=body)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("bad", ["nonsense", "%00", "..%2f..%2fetc", "{id}.", "{id}%20", "1e9", "%ff", "a" * 5000])
async def test_an_id_has_one_form(chat: Chat, bad: str) -> None:
    """T04: other spellings of an id are refused, and never reach another person's things."""
    person = chat.person()
    conversation = await person.start()
    spelled = bad.replace("{id}", conversation)
    again = f"/conversations/{conversation}/messages/{spelled}"
    for method, path in (
        ("GET", f"/conversations/{spelled}"),
        ("GET", f"/turns/{spelled}"),
        ("GET", f"/turns/{spelled}/events"),
        ("GET", f"/turns/{spelled}/poll"),
        ("POST", f"{again}/regenerate"),
        ("POST", f"{again}/continue"),
    ):
        body = {"json": {"client_message_id": ID}} if method == "POST" else {}
        answer = await person.request(method, path, **body)
        assert answer.status_code in (404, 422), (path, answer.text)
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=NaN", "limit=1e2", "limit=%00", "deleted=perhaps"])
async def test_a_bad_query_is_refused(chat: Chat, query: str) -> None:
    answer = await chat.person().request("GET", f"/conversations?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


@pytest.mark.parametrize("query", ["wait=-1", "wait=26", "wait=NaN", "wait=inf", "wait=1e999", f"after={'x' * 101}"])
async def test_a_bad_wish_to_wait_is_refused(chat: Chat, query: str) -> None:
    person = chat.person()
    turn = (await person.ask(await person.start(), "?")).json()["turn"]
    answer = await person.request("GET", f"/turns/{turn['id']}/poll?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_refusals_are_problems_with_our_own_request_id(chat: Chat) -> None:
    person = chat.person()
    for path, status, code in (("/nowhere", 404, "not_found"), ("/conversations/1/2/3", 404, "not_found")):
        answer = await person.request("GET", path, headers={"X-Request-ID": "evil id; drop"})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["request_id"] == answer.headers["x-request-id"] != "evil id; drop"
    wrong_method = await person.request("DELETE", "/conversations")
    assert (wrong_method.status_code, wrong_method.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["x-content-type-options"] == "nosniff"
