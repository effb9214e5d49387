"""Pictures: handed in, asked with once, handed out to their owner only, cleared away when nobody asks with them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import update
from tests.chat_service.branches import grow
from tests.chat_service.conftest import Chat, Person
from tests.chat_service.pictures import KINDS, png

from chat_service.images import service
from chat_service.images.rules import (
    MAX_IMAGE_BYTES,
    MAX_IN_CONVERSATION,
    MAX_QUESTION_BYTES,
    ImageNotFound,
    ImagesTooLarge,
)
from chat_service.models import Image
from service_kit.auth import Scope
from service_kit.clock import utc_now
from service_kit.contracts.tokens import Role


async def hand_in(person: Person, conversation: str, data: bytes, kind: str = "image/png") -> httpx2.Response:
    path = f"/conversations/{conversation}/images"
    return await person.request("POST", path, content=data, headers={"Content-Type": kind})


def scope_of(person: Person) -> Scope:
    return Scope(person.tenant_id, person.user_id)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_picture_comes_back_as_it_was_and_harms_nobody(chat: Chat, kind: str) -> None:
    media_type, make = KINDS[kind]
    person = chat.person()
    handed = await hand_in(person, await person.start(), make(), f"{media_type}; charset=binary")
    assert handed.status_code == 201, handed.text
    assert handed.json() == {"id": handed.json()["id"], "media_type": media_type, "size_bytes": len(make())}
    shown = await person.request("GET", f"/images/{handed.json()['id']}")
    assert (shown.status_code, shown.content) == (200, make())
    expected = {
        "content-type": media_type,
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "content-disposition": f'inline; filename="image.{media_type.partition("/")[2]}"',
        "cache-control": "private, max-age=31536000, immutable",
        "cross-origin-resource-policy": "same-origin",
    }
    assert {name: shown.headers[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 415, "unsupported_media_type"),
        (png(), "text/html", 415, "unsupported_media_type"),
        (b"<html>", "image/png", 422, "image_invalid"),
        (b"", "image/png", 422, "image_invalid"),
        (png(), "image/jpeg", 422, "image_invalid"),
        (png(60_000, 60_000), "image/png", 422, "image_too_many_pixels"),
        (png() + b"x" * MAX_IMAGE_BYTES, "image/png", 413, "body_too_large"),
    ],
)
async def test_what_is_no_picture_of_a_sensible_size_is_refused(
    chat: Chat, data: bytes, kind: str, status: int, code: str
) -> None:
    person = chat.person()
    refused = await hand_in(person, await person.start(), data, kind)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert await chat.rows(Image) == []


async def test_a_picture_may_be_larger_than_other_bodies(chat: Chat) -> None:
    person = chat.person()
    large = png() + b"x" * (MAX_IMAGE_BYTES - len(png()))
    handed = await hand_in(person, await person.start(), large)
    assert (handed.status_code, handed.json()["size_bytes"]) == (201, MAX_IMAGE_BYTES)
    assert (await person.request("GET", f"/images/{handed.json()['id']}")).content == large


async def test_nobody_else_sees_a_picture_or_hands_one_in(chat: Chat) -> None:
    owner = chat.person()
    conversation = await owner.start()
    image = (await hand_in(owner, conversation, png())).json()["id"]
    for stranger in (
        chat.person(),
        chat.person(role=Role.ADMIN),
        chat.person(user_id=owner.user_id, tenant_id=uuid4()),
    ):
        refused = await stranger.request("GET", f"/images/{image}")
        missing = await stranger.request("GET", f"/images/{uuid4()}")
        assert refused.status_code == missing.status_code == 404
        assert {**refused.json(), "request_id": ""} == {**missing.json(), "request_id": ""}
        assert refused.json()["code"] == "image_not_found"
        handed = await hand_in(stranger, conversation, png())
        assert (handed.status_code, handed.json()["code"]) == (404, "conversation_not_found")
    for path in (f"/images/{image}", f"/conversations/{conversation}/images"):
        method = "GET" if path.startswith("/images") else "POST"
        unknown = await chat.client.request(method, f"{chat.address}{path}")
        assert unknown.status_code == 401
    assert len(await chat.rows(Image)) == 1


async def test_a_conversation_holds_so_many_pictures(chat: Chat) -> None:
    person = chat.person()
    conversation, other = await person.start(), await person.start()
    async with chat.database.write() as session:
        for _ in range(MAX_IN_CONVERSATION):
            await service.hand_in(
                session, scope_of(person), UUID(conversation), media_type="image/png", data=png(), now=utc_now()
            )
    refused = await hand_in(person, conversation, png())
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_images")
    assert refused.json()["limit"] == MAX_IN_CONVERSATION
    assert (await hand_in(person, other, png())).status_code == 201


async def handed_in(person: Person, conversation: str, *sizes: int) -> list[UUID]:
    answers = [await hand_in(person, conversation, png() + b"x" * size) for size in sizes]
    return [UUID(answer.json()["id"]) for answer in answers]


async def attach(chat: Chat, scope: Scope, conversation: str, message: UUID, image_ids: list[UUID]) -> list[Any]:
    async with chat.database.write() as session:
        return list(await service.attach(session, scope, UUID(conversation), message, image_ids))


async def test_a_picture_is_asked_with_once_in_its_own_conversation_by_its_owner(chat: Chat) -> None:
    person = chat.person()
    scope = scope_of(person)
    conversation, other = await person.start(), await person.start()
    (question,) = await grow(chat.database, scope, UUID(conversation), "look")
    (elsewhere,) = await grow(chat.database, scope, UUID(other), "look")
    first, second = await handed_in(person, conversation, 1, 2)
    refusals = [
        (scope, other, elsewhere.id, [first]),
        (Scope(scope.tenant_id, uuid4()), conversation, question.id, [first]),
        (Scope(uuid4(), scope.user_id), conversation, question.id, [first]),
        (scope, conversation, question.id, [first, uuid4()]),
    ]
    for refusal in refusals:
        with pytest.raises(ImageNotFound):
            await attach(chat, *refusal)
    views = await attach(chat, scope, conversation, question.id, [second, first, second])
    assert [view.id for view in views] == [second, first]
    with pytest.raises(ImageNotFound):
        await attach(chat, scope, conversation, question.id, [first])


async def test_the_pictures_of_one_question_fit_one_request(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    (question,) = await grow(chat.database, scope_of(person), UUID(conversation), "look")
    images = await handed_in(person, conversation, *[MAX_QUESTION_BYTES // 3] * 3)
    with pytest.raises(ImagesTooLarge):
        await attach(chat, scope_of(person), conversation, question.id, images)
    assert len(await attach(chat, scope_of(person), conversation, question.id, images[:2])) == 2


async def test_pictures_that_nobody_asks_with_go_after_a_day(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    (question,) = await grow(chat.database, scope_of(person), UUID(conversation), "look")
    used, old, new = await handed_in(person, conversation, 1, 2, 3)
    await attach(chat, scope_of(person), conversation, question.id, [used])
    now = utc_now()
    async with chat.database.write() as session:
        aged = update(Image).where(Image.id.in_([used, old]))  # type: ignore[attr-defined]  # A column.
        await session.execute(aged.values(created_at=now - timedelta(days=2)))
    await service.prune(chat.database, before=now - service.UNUSED_LIFETIME)
    assert {image.id for image in await chat.rows(Image)} == {used, new}
