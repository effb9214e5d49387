"""Everything with the keyboard alone, and the focus can always be seen."""

import pytest
from playwright.async_api import Locator, expect
from tests.browser.answers import HeldAnswer
from tests.browser.pages import Parley
from tests.browser.visits import Visits
from tests.doubles.openai_server import OpenAIServer
from tests.service_kit.patience import until
from tests.system.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_TABS = 60
# A ring may be drawn by the element or by what it stands in.
LOOKS = """element => {
  const looks = [];
  for (let each = element, depth = 0; each && depth < 5; each = each.parentElement, depth += 1) {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor } = getComputedStyle(each);
    looks.push([outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor].join());
  }
  return looks.join("\\n");
}"""


async def go_to(parley: Parley, target: Locator, *, key: str = "Tab") -> None:
    """Press a key until the target has the focus, which must be visible then."""
    looks = await target.evaluate(LOOKS)
    for _ in range(MOST_TABS):
        if await _has_focus(target):
            break
        await parley.page.keyboard.press(key)
    await expect(target).to_be_focused()

    async def looks_focused() -> bool:
        return bool(await target.evaluate(LOOKS) != looks)

    await until(looks_focused)


async def _has_focus(target: Locator) -> bool:
    focused: bool = await target.evaluate("element => element === document.activeElement")
    return focused


async def test_a_person_without_a_mouse_does_everything(visits: Visits, person: Person, model: OpenAIServer) -> None:
    conversation = await person.start()
    await person.request("PATCH", f"/chat/conversations/{conversation}", json={"title": "Yesterday"})
    parley = await visits.stranger()
    keyboard = parley.page.keyboard
    await parley.open("/sign-in")
    await expect(parley.username).to_be_visible()
    await go_to(parley, parley.page.get_by_role("link", name="Create an account"))
    await go_to(parley, parley.username, key="Shift+Tab")
    await keyboard.type(person.username)
    await go_to(parley, parley.password)
    await keyboard.type(person.password)
    await keyboard.press("Enter")

    await expect(parley.composer).to_be_focused()
    model.will_answer_with(HeldAnswer())
    await keyboard.type("One line")
    await keyboard.press("Shift+Enter")
    await keyboard.type("and another")
    await keyboard.press("Enter")
    await expect(parley.answer).to_contain_text("before the wait")
    await expect(parley.questions).to_have_text(["One line and another"])
    await go_to(parley, parley.stop_button)
    await keyboard.press("Enter")
    await expect(parley.answer).to_contain_text("You stopped this answer.")

    await _renames(parley, "Yesterday", "Today")
    await go_to(parley, parley.conversation("Today"), key="Shift+Tab")
    await keyboard.press("Enter")
    await expect(parley.title).to_have_text("Today")


async def _renames(parley: Parley, title: str, new_title: str) -> None:
    keyboard = parley.page.keyboard
    await go_to(parley, parley.page.get_by_role("button", name=f"Actions for {title}", exact=True), key="Shift+Tab")
    await keyboard.press("Enter")
    rename = parley.page.get_by_role("menuitem", name="Rename")
    await expect(rename).to_be_focused()
    await keyboard.press("Enter")
    field = parley.page.get_by_role("textbox", name="Conversation title")
    await expect(field).to_be_focused()
    await keyboard.press("Control+A")
    await keyboard.type(new_title)
    await keyboard.press("Enter")
    await expect(parley.conversation(new_title)).to_be_visible()


async def test_the_first_key_leads_past_the_sidebar(visits: Visits, person: Person) -> None:
    parley = await visits.of(person)
    await parley.open("/account")
    await expect(parley.title).to_have_text("Account")
    skip = parley.page.get_by_role("link", name="Skip to content")
    await go_to(parley, skip)
    await parley.page.keyboard.press("Enter")
    await parley.page.keyboard.press("Tab")
    inside: bool = await parley.page.evaluate("() => document.activeElement.closest('main') !== null")
    assert inside
