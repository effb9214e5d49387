"""Visits to the product: a browser context for each, watched, and somebody signed in where wanted."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, BrowserContext, expect
from tests.browser.pages import Parley
from tests.browser.witness import Witness
from tests.system.people import Person

PATIENCE_MS = 20_000
DESKTOP = {"width": 1280, "height": 800}


class Visits:
    """Opens browser contexts on one system and closes them; nothing bad may have been seen in any of them."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.origin = origin
        self.witness = Witness(origin)

    async def context(self, **options: Any) -> BrowserContext:
        """Open a context: a browser that has never been here."""
        told = {"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce", **options}
        context = await self._browser.new_context(**told)
        context.set_default_timeout(PATIENCE_MS)
        await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.origin)
        await self.witness.watch(context)
        self._contexts.append(context)
        return context

    async def tab(self, context: BrowserContext) -> Parley:
        """Open a tab."""
        return Parley(await context.new_page(), self.origin)

    async def stranger(self, **options: Any) -> Parley:
        """A visitor who is not signed in."""
        return await self.tab(await self.context(**options))

    async def of(self, person: Person, **options: Any) -> Parley:
        """Somebody in a browser where they have signed in before."""
        context = await self.context(**options)
        await self.remember(context, person)
        return await self.tab(context)

    async def remember(self, context: BrowserContext, person: Person) -> None:
        """Give a browser the session cookie that signing in gives."""
        answer = await context.request.post(
            f"{self.origin}/api/auth/auth/token", form={"username": person.username, "password": person.password}
        )
        assert answer.ok, await answer.text()

    async def close(self) -> None:
        """Close everything and tell what was seen."""
        for context in self._contexts:
            for page in context.pages:
                await self.witness.look_for_marks(page)
            await context.close()
        assert self.witness.seen == []


def be_patient() -> None:
    """Wait on busy machines as long as a person would."""
    expect.set_options(timeout=PATIENCE_MS)
