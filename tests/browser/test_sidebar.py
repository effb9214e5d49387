"""The conversations in the sidebar: renamed, deleted, brought back, and still so after a reload."""

import pytest
from playwright.async_api import expect
from tests.browser.visits import Visits
from tests.system.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def conversation_called(person: Person, title: str) -> str:
    """Start a conversation with a title and a message."""
    conversation = await person.start()
    await person.ask(conversation, f"About {title}")
    renamed = await person.request("PATCH", f"/chat/conversations/{conversation}", json={"title": title})
    assert renamed.status_code == 200
    return conversation


async def test_a_renamed_conversation_keeps_its_new_title(visits: Visits, person: Person) -> None:
    conversation = await conversation_called(person, "Old title")
    parley = await visits.of(person)
    await parley.open_conversation(conversation)
    await parley.choose_action("Old title", "Rename")
    field = parley.page.get_by_role("textbox", name="Conversation title")
    await expect(field).to_be_focused()
    await field.fill("A better title")
    await field.press("Enter")
    await expect(parley.conversation("A better title")).to_be_visible()
    await expect(parley.title).to_have_text("A better title")

    await parley.choose_action("A better title", "Rename")
    await expect(field).to_be_focused()
    await field.fill("Thought better of it")
    await field.press("Escape")
    await expect(parley.conversation("A better title")).to_be_visible()

    await parley.page.reload()
    await expect(parley.conversation("A better title")).to_be_visible()
    await expect(parley.title).to_have_text("A better title")
    stored = await person.request("GET", f"/chat/conversations/{conversation}")
    assert stored.json()["title"] == "A better title"


async def test_a_deleted_conversation_comes_back_with_undo_and_stays_away_without(
    visits: Visits, person: Person
) -> None:
    await conversation_called(person, "Keep this")
    await conversation_called(person, "Drop this")
    parley = await visits.of(person)
    await parley.open()
    for title in ("Keep this", "Drop this"):
        await parley.choose_action(title, "Delete")
        await expect(parley.conversation(title)).to_have_count(0)
        await expect(parley.notifications).to_contain_text("Conversation deleted")
        if title == "Keep this":
            await parley.notifications.get_by_role("button", name="Undo").click()
            await expect(parley.conversation(title)).to_be_visible()
            await expect(parley.notifications.get_by_role("button", name="Undo")).to_have_count(0)

    await parley.page.reload()
    await expect(parley.conversation("Keep this")).to_be_visible()
    await expect(parley.conversation("Drop this")).to_have_count(0)
    await parley.conversation("Keep this").click()
    await expect(parley.questions).to_have_text(["About Keep this"])


async def test_a_conversation_deleted_while_it_is_open_is_left(visits: Visits, person: Person) -> None:
    conversation = await conversation_called(person, "Open and gone")
    parley = await visits.of(person)
    await parley.open_conversation(conversation)
    await parley.choose_action("Open and gone", "Delete")
    await expect(parley.page).to_have_url(f"{parley.origin}/")
    await parley.open_conversation(conversation)
    await expect(parley.page.get_by_role("heading", name="No such conversation")).to_be_visible()
