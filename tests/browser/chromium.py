"""The Chromium that the browser tests drive: the one the test command names, else the machine's, else Playwright's."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

VARIABLE = "PARLEY_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge", "chrome")
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium_program() -> str | None:
    """The browser to start; nothing means the one that Playwright brought along."""
    return os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, NAMES)), None)


@asynccontextmanager
async def started_chromium() -> AsyncIterator[Browser]:
    """Start Chromium without a window."""
    # Chromium's own sandbox needs kernel features that containers and root do not have; every page here is ours.
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_program(), args=[*QUIET], chromium_sandbox=False
        )
        try:
            yield browser
        finally:
            await browser.close()
