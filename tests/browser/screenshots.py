"""Pictures of every page: `.venv/bin/python -m tests.browser.screenshots FOLDER` starts a system and takes them."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from tests.system.processes import PACKAGES, ROOT

if TYPE_CHECKING:
    from tests.browser.pages import Parley
    from tests.browser.visits import Visits
    from tests.doubles.openai_server import OpenAIServer
    from tests.system.people import Person
    from tests.system.system import System

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
USAGE = "usage: python -m tests.browser.screenshots FOLDER"


class Studio:
    """A system with something to show, and the folder where its pictures go."""

    def __init__(self, folder: Path, system: System, visits: Visits, model: OpenAIServer) -> None:
        self._folder = folder
        self.system = system
        self.visits = visits
        self.model = model

    async def shoot(self, parley: Parley, name: str) -> None:
        """Take a picture of what is in the window."""
        await parley.page.screenshot(path=self._folder / f"{name}.png")

    @asynccontextmanager
    async def member(self, person: Person, *, scheme: str, width: str) -> AsyncIterator[Parley]:
        """Somebody at a desk or with a phone, by day or by night."""
        from tests.browser.showcase import time_zone

        looks = {"color_scheme": scheme, "viewport": PHONE if width == "phone" else DESKTOP, "timezone_id": time_zone()}
        parley = await self.visits.of(person, **looks)
        yield parley
        await parley.page.context.close()


async def take_all(folder: Path) -> None:
    """Start everything, fill it, and take every picture."""
    from tests.browser import showcase
    from tests.browser.chromium import started_chromium
    from tests.browser.visits import Visits, be_patient
    from tests.doubles.openai_server import OpenAIServer
    from tests.system.people import Person, signed_in
    from tests.system.system import started_system

    be_patient()
    async with OpenAIServer() as model, started_chromium() as browser:
        model.will_answer_with(showcase.author)
        settings = {"OPENAI_BASE_URL": model.url, "OPENAI_MODEL": ",".join(showcase.MODELS)}
        with tempfile.TemporaryDirectory() as data:
            async with (
                started_system(Path(data), settings=settings) as system,
                signed_in(system) as colleague,
                signed_in(system, registers=False) as admin,
            ):
                person = Person(system, "ada.lovelace")
                await person.register()
                await person.sign_in()
                studio = Studio(folder, system, Visits(browser, system.origin), model)
                await person.request("PATCH", "/auth/users/me", json={"display_name": "Ada Lovelace"})
                me = (await admin.request("GET", "/auth/users/me")).json()
                await showcase.tell_usage(system, UUID(me["tenant_id"]))
                await showcase.fill_sidebar(system, person)
                await _doors(studio)
                await _chat(studio, person)
                await _streaming(studio, person)
                await _analytics(studio, admin, colleague)
                await studio.visits.close()
                await person.close()


async def _doors(studio: Studio) -> None:
    for width, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        parley = await studio.visits.stranger(viewport=viewport)
        for name in ("sign-in", "register"):
            await parley.open(f"/{name}")
            await parley.username.wait_for()
            await studio.shoot(parley, f"{name}-{width}")


async def _chat(studio: Studio, person: Person) -> None:
    from tests.browser import showcase

    conversation = await person.start()
    await person.request(
        "PATCH", f"/chat/conversations/{conversation}", json={"title": "SQLite or PostgreSQL for the booking app"}
    )
    await person.ask(conversation, showcase.QUESTION)
    for scheme, width in (("light", "desktop"), ("dark", "desktop"), ("light", "phone"), ("dark", "phone")):
        async with studio.member(person, scheme=scheme, width=width) as parley:
            await parley.open("/")
            await parley.page.get_by_role("button", name="Model:").wait_for()
            await parley.page.get_by_role("heading", name="Ada").wait_for()
            await studio.shoot(parley, f"empty-chat-{scheme}-{width}")
            await parley.open_conversation(conversation)
            await parley.answer_has_ended()
            await parley.answer.locator("pre span").first.wait_for()
            await studio.shoot(parley, f"chat-{scheme}-{width}")
            if width == "phone":
                await parley.page.get_by_role("button", name="Open sidebar").click()
                await parley.conversations.wait_for()
                await studio.shoot(parley, f"sidebar-{scheme}-{width}")
            await parley.open("/account")
            await parley.page.get_by_label("Display name").wait_for()
            await studio.shoot(parley, f"account-{scheme}-{width}")


async def _streaming(studio: Studio, person: Person) -> None:
    from tests.browser import showcase
    from tests.browser.answers import HeldAnswer

    half = len(showcase.ANSWER) // 3
    held = HeldAnswer(beginning=showcase.ANSWER[:half], rest=showcase.ANSWER[half:])
    studio.model.will_answer_with(held)
    async with studio.member(person, scheme="light", width="desktop") as parley:
        await parley.begin(showcase.QUESTION, seeing="Backups")
        await parley.is_rendered()
        await studio.shoot(parley, "streaming-light-desktop")
        await parley.stop_button.click()
        await parley.answer_has_ended()
        await studio.shoot(parley, "stopped-light-desktop")
    studio.model.will_answer_with(showcase.author)


async def _analytics(studio: Studio, admin: Person, colleague: Person) -> None:
    from tests.browser import showcase
    from tests.browser.pages import Analytics

    conversation = await colleague.start()
    for scheme, width in (("light", "desktop"), ("dark", "desktop"), ("light", "phone")):
        async with studio.member(admin, scheme=scheme, width=width) as parley:
            await parley.open("/analytics")
            panel = Analytics(parley.page)
            await panel.live.wait_for()
            for _ in range(4):
                await colleague.ask(conversation, showcase.QUESTION)
            await parley.page.get_by_role("table", name="Models").wait_for()
            await studio.shoot(parley, f"analytics-{scheme}-{width}")
            async with parley.page.expect_response("**/timeseries?**"):
                await parley.page.get_by_role("radio", name="7 days").check()
            await panel.over_time.get_by_role("slider").scroll_into_view_if_needed()
            await parley.page.mouse.move(700, 500)
            await parley.page.mouse.wheel(0, 400)
            await studio.shoot(parley, f"analytics-week-{scheme}-{width}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(USAGE)
    # The services are folders on the path, which pytest adds by itself.
    sys.path[:0] = [str(ROOT / package) for package in PACKAGES]
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_all(target))
