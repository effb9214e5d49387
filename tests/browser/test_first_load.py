"""The first visit is light: so much JavaScript, and no more, travels before one can type."""

import pytest
from playwright.async_api import expect
from tests.browser.visits import Visits
from tests.system.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_SCRIPT_BYTES = 180_000
NOTE_WHEN_USABLE = """
  new MutationObserver((_, observer) => {
    if (!document.querySelector('textarea[aria-label="Message"]')) return;
    window.usableAt = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
"""
SCRIPTS = """() => performance.getEntriesByType("resource")
  .filter(({ name, responseEnd }) => new URL(name).pathname.endsWith(".js") && responseEnd <= window.usableAt)
  .map(({ name, transferSize }) => [new URL(name).pathname, transferSize])"""


async def test_little_javascript_comes_before_the_composer(visits: Visits, person: Person) -> None:
    parley = await visits.of(person)
    await parley.page.add_init_script(NOTE_WHEN_USABLE)
    await parley.open()
    await expect(parley.composer).to_be_editable()
    scripts: list[tuple[str, int]] = await parley.page.evaluate(SCRIPTS)
    assert len(scripts) >= 2, "the theme's and the page's own"
    assert all(size > 0 for _, size in scripts), "a browser that had them already would show nothing"
    assert sum(size for _, size in scripts) <= MOST_SCRIPT_BYTES, scripts
