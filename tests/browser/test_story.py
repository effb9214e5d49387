"""The story of the product in a browser: register, ask, watch the answer come, sign out, come back to everything."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from tests.browser.pages import Parley
from tests.browser.visits import Visits
from tests.system.people import PASSWORD
from tests.system.system import started_system

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Twice as fast as a model speaks, and still slow enough to be drawn word by word.
SPEED = {"DEMO_DELTAS_PER_SECOND": "120"}
QUESTION = "Show me a table, some code and a list"
# Every state of the answer that the page drew: how long it was, whether it was being written, what it contained.
RECORD = """() => {
  window.drawn = [];
  new MutationObserver(() => {
    const answer = document.querySelector('article[aria-label="Answer"]');
    if (!answer) return;
    const last = window.drawn.at(-1);
    const length = answer.innerText.length;
    if (last?.length === length) return;
    const isBusy = answer.getAttribute("aria-busy") === "true";
    window.drawn.push({ length, isBusy, hasTable: answer.querySelector("table") !== null });
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


@pytest_asyncio.fixture(loop_scope="session", params=["sqlite", "postgresql"])
async def visits(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> AsyncIterator[Visits]:
    """Visits to a product of its own, with the built-in demo model, on each database."""
    async with started_system(tmp_path, engine=request.param, settings=SPEED) as system:
        opened = Visits(browser, system.origin)
        yield opened
        await opened.close()


async def test_a_person_registers_chats_and_comes_back_to_everything(visits: Visits) -> None:
    parley = await visits.stranger()
    username = f"ada-{uuid4().hex[:8]}"
    await parley.register(username, PASSWORD, display_name="Ada Lovelace")
    await expect(parley.title).to_contain_text("Ada")

    await parley.page.evaluate(RECORD)
    await parley.composer.press_sequentially(QUESTION)
    await parley.composer.press("Enter")
    await parley.answer_has_ended()
    await _was_streamed(parley)
    await _is_rendered(parley)
    await expect(parley.conversation(QUESTION)).to_be_visible()
    await expect(parley.title).to_have_text(QUESTION)
    said = await parley.copied_answer()

    await parley.sign_out()
    await expect(parley.conversations).to_have_count(0)
    await parley.sign_in(username, PASSWORD)
    await parley.conversation(QUESTION).click()
    await expect(parley.questions).to_have_text([QUESTION])
    await _is_rendered(parley)
    assert await parley.copied_answer() == said


async def _was_streamed(parley: Parley) -> None:
    drawn = await parley.page.evaluate("() => window.drawn")
    while_written = [state for state in drawn if state["isBusy"]]
    lengths = [state["length"] for state in while_written]
    assert len(lengths) > 10, drawn
    assert max(lengths) > 3 * lengths[0]
    assert any(state["hasTable"] for state in while_written), "the table was rendered while the answer was written"


async def _is_rendered(parley: Parley) -> None:
    await expect(parley.answer.get_by_role("table")).to_contain_text("auth-service")
    await expect(parley.answer.get_by_role("listitem")).to_have_count(3)
    await expect(parley.answer.locator("strong").first).to_have_text("demo model")
    await expect(parley.answer.locator("pre")).to_contain_text("def is_gapless")
    await parley.answer.get_by_role("button", name="Copy code").click()
    await expect(parley.answer.get_by_role("button", name="Copy code")).to_have_text("Copied")
    assert (await parley.clipboard()).startswith("from itertools import pairwise")
