"""The analytics panel: what the API tells, moving when somebody asks, for managers and administrators only."""

import asyncio
import re

import pytest
from playwright.async_api import Locator, expect
from tests.browser.pages import Analytics
from tests.browser.visits import Visits
from tests.system.people import Facts, Person
from tests.system.system import System

pytestmark = pytest.mark.asyncio(loop_scope="session")

CARDS = {
    "Users": "total_users",
    "Active today": "active_users_today",
    "Conversations": "total_conversations",
    "Messages": "total_messages",
    "Tokens": "total_tokens_used",
}


async def panel_tells(panel: Analytics, summary: Facts) -> None:
    """Wait until the cards say what the API says."""
    for card, name in CARDS.items():
        await panel.shows(card, summary[name])


async def test_the_panel_tells_what_the_api_tells_and_moves_when_somebody_asks(
    visits: Visits, system: System, person: Person, admin: Person
) -> None:
    conversation = await person.start()
    await person.ask(conversation, "Something to count")
    before = await admin.summary_that_equals(system)
    parley = await visits.of(admin)
    await parley.open()
    await parley.sidebar.get_by_role("link", name="Analytics").click()
    panel = Analytics(parley.page)
    await panel_tells(panel, before)
    await expect(panel.live).to_be_visible()

    await asyncio.gather(
        person.ask(conversation, "Something more to count"), panel.shows("Messages", before["total_messages"] + 2)
    )
    after = await admin.summary_that_equals(system)
    assert after["total_messages"] == before["total_messages"] + 2
    await panel_tells(panel, after)


async def test_the_chart_can_be_read_with_the_keyboard_and_as_a_table(
    visits: Visits, system: System, person: Person, admin: Person
) -> None:
    await person.ask(await person.start(), "Something to draw")
    summary = await admin.summary_that_equals(system)
    parley = await visits.of(admin)
    await parley.open("/analytics")
    panel = Analytics(parley.page)
    chart = panel.over_time.get_by_role("slider", name=f"Total {summary['total_messages']:,}.")
    await chart.focus()
    await chart.press("Home")
    await expect(chart).to_have_attribute("aria-valuetext", re.compile(": 0$"))
    await chart.press("End")
    newest = (await chart.get_attribute("aria-valuetext") or "").rpartition(": ")[2]

    await panel.over_time.get_by_role("radio", name="Table").check()
    rows = panel.over_time.get_by_role("table", name="Over time").locator("tbody tr")
    await expect(rows.first.get_by_role("cell").nth(1)).to_have_text(newest)
    assert await _sum(rows.locator("td:nth-child(2)")) == summary["total_messages"]
    assert await _sum(rows.locator("td:nth-child(3)")) == summary["total_tokens_used"]


async def _sum(cells: Locator) -> int:
    return sum(int(text.replace(",", "")) for text in await cells.all_inner_texts())


async def test_somebody_without_the_role_sees_no_figures(visits: Visits, person: Person) -> None:
    parley = await visits.of(person)
    asked: list[str] = []
    parley.page.on("request", lambda request: asked.append(request.url))
    await parley.open("/analytics")
    await expect(parley.page.get_by_role("heading", name="This page is for managers")).to_be_visible()
    await expect(Analytics(parley.page).figures).to_have_count(0)
    await expect(parley.sidebar.get_by_role("link", name="Analytics")).to_have_count(0)
    assert [address for address in asked if "/api/analytics/" in address] == []
