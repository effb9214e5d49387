"""What is sent to a model can be seen and set: parts, tokens, what is left out and why, and the call's parameters."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, expect
from tests.browser.pages import Parley
from tests.browser.visits import DESKTOP, Visits
from tests.service_kit.patience import until
from tests.system.people import Facts, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"width": 390, "height": 844}


async def opened_panel(parley: Parley) -> Locator:
    """Open the panel with the keyboard."""
    button = parley.page.get_by_role("button", name=re.compile("Context: .+ of .+ tokens"))
    await button.press("Enter")
    panel = parley.page.get_by_role("dialog", name="Context")
    await expect(panel.get_by_role("heading", name="Parts")).to_be_visible()
    return panel


async def stored(person: Person, conversation: str) -> Facts:
    """The conversation as the service has it."""
    return dict((await person.request("GET", f"/chat/conversations/{conversation}")).json())


async def test_what_is_left_out_is_shown_with_the_reason(visits: Visits, person: Person) -> None:
    conversation = await person.start()
    for question in ("One", "Two", "Three"):
        await person.ask(conversation, question)
    parley = await visits.of(person)
    await parley.open_conversation(conversation)
    panel = await opened_panel(parley)
    parts = panel.get_by_role("listitem")
    await expect(parts.filter(has_text="Not sent")).to_have_count(0)

    field = panel.get_by_label("Earlier messages, at most")
    await field.fill("2")
    await field.press("Enter")
    await expect(parts.filter(has_text="Not sent")).to_have_count(4)
    await expect(parts.filter(has_text="Older than the number of messages you allow.")).to_have_count(4)
    await expect(panel.get_by_text("4 earlier messages are left out.")).to_be_visible()
    assert (await stored(person, conversation))["context"]["messages"] == 2

    await panel.get_by_role("checkbox", name="Summarise what falls out").check()

    async def is_stored() -> bool:
        return bool((await stored(person, conversation))["context"]["summarises"])

    await until(is_stored)
    await parley.page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await expect(parley.page.get_by_role("button", name="Context:")).to_be_focused()


async def test_a_parameter_is_kept_and_nonsense_is_refused_in_place(visits: Visits, person: Person) -> None:
    conversation = await person.start()
    await person.ask(conversation, "One")
    parley = await visits.of(person)
    await parley.open_conversation(conversation)
    panel = await opened_panel(parley)
    field = panel.get_by_label("Temperature")
    await field.fill("warm")
    await field.press("Enter")
    await expect(panel.get_by_text("A number from 0 to 2, or nothing.")).to_be_visible()
    await field.fill("0.4")
    await field.press("Enter")

    async def is_stored() -> bool:
        return bool((await stored(person, conversation))["parameters"]["temperature"] == 0.4)

    await until(is_stored)
    await parley.page.reload()
    panel = await opened_panel(parley)
    await expect(panel.get_by_label("Temperature")).to_have_value("0.4")


@pytest.mark.parametrize(("scheme", "viewport"), [("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE)])
async def test_axe_finds_nothing_in_the_panel(
    visits: Visits, person: Person, scheme: str, viewport: dict[str, int]
) -> None:
    conversation = await person.start()
    await person.ask(conversation, "One")
    parley = await visits.of(person, color_scheme=scheme, viewport=viewport)
    await parley.open_conversation(conversation)
    await opened_panel(parley)
    results = await Axe().run(parley.page)
    assert results.violations_count == 0, results.generate_report()
