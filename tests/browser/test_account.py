"""One's own account: name, password, appearance."""

import pytest
from playwright.async_api import Locator, expect
from tests.browser.visits import Visits
from tests.system.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEXT_PASSWORD = "another good passphrase"


async def test_a_new_display_name_is_used_everywhere(visits: Visits, person: Person) -> None:
    parley = await visits.of(person)
    await parley.open("/account")
    profile = parley.page.get_by_role("form", name="Profile")
    await expect(profile.get_by_label("Username")).to_have_value(person.username)
    await profile.get_by_label("Display name").fill("Grace Hopper")
    await profile.get_by_role("button", name="Save profile").click()
    await expect(parley.notifications).to_contain_text("Profile saved")
    await expect(parley.page.get_by_role("button", name="Account menu of Grace Hopper")).to_be_visible()
    await parley.page.reload()
    await expect(profile.get_by_label("Display name")).to_have_value("Grace Hopper")
    await parley.open("/")
    await expect(parley.title).to_contain_text("Grace")


async def test_a_password_is_changed_by_who_knows_the_current_one(visits: Visits, person: Person) -> None:
    parley = await visits.of(person)
    await parley.open("/account")
    form = parley.page.get_by_role("form", name="Password")
    current = form.get_by_label("Current password")
    await current.fill("not the current one")
    await form.get_by_label("New password").fill(NEXT_PASSWORD)
    await form.get_by_role("button", name="Change password").click()
    await expect(current).to_have_attribute("aria-invalid", "true")
    await expect(current).to_have_accessible_description("The current password is not right.")

    await current.fill(person.password)
    await form.get_by_label("New password").fill(NEXT_PASSWORD)
    await form.get_by_role("button", name="Change password").click()
    await expect(parley.notifications).to_contain_text("Password changed")
    await expect(current).to_have_value("")

    await parley.sign_out()
    await parley.username.fill(person.username)
    await parley.password.fill(person.password)
    await parley.page.get_by_role("button", name="Sign in").click()
    await expect(parley.page.get_by_role("alert")).to_be_visible()
    await parley.sign_in(person.username, NEXT_PASSWORD)


async def test_the_chosen_appearance_stays(visits: Visits, person: Person) -> None:
    parley = await visits.of(person, color_scheme="light")
    await parley.open("/account")
    root = parley.page.locator("html")
    appearance = parley.page.get_by_role("group", name="Appearance")
    await expect(root).to_have_attribute("data-theme", "light")
    light = await _canvas(parley.page.locator("body"))
    await appearance.get_by_role("radio", name="Dark").check()
    await expect(root).to_have_attribute("data-theme", "dark")
    assert await _canvas(parley.page.locator("body")) != light
    await parley.page.reload()
    await expect(root).to_have_attribute("data-theme", "dark")
    await expect(appearance.get_by_role("radio", name="Dark")).to_be_checked()

    await appearance.get_by_role("radio", name="System").check()
    await expect(root).to_have_attribute("data-theme", "light")
    await parley.page.emulate_media(color_scheme="dark")
    await expect(root).to_have_attribute("data-theme", "dark")


async def _canvas(body: Locator) -> str:
    colour: str = await body.evaluate("body => getComputedStyle(body).backgroundColor")
    return colour
