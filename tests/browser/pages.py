"""Parley as a person sees it: what can be read on its pages, and what can be done there."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect
from tests.service_kit.patience import until


class Parley:
    """One tab with the product in it."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.sidebar = page.get_by_role("complementary", name="Sidebar")
        self.conversations = page.get_by_role("navigation", name="Conversations")
        self.composer = page.get_by_role("textbox", name="Message", exact=True)
        self.send_button = page.get_by_role("button", name="Send message")
        self.queue_button = page.get_by_role("button", name="Queue message")
        self.stop_button = page.get_by_role("button", name="Stop answering")
        self.try_again = page.get_by_role("button", name="Try again")
        self.questions = page.get_by_role("article", name="You said")
        self.answers = page.get_by_role("article", name="Answer")
        self.answer = self.answers.last
        self.title = page.get_by_role("heading", level=1)
        self.notifications = page.get_by_role("region", name="Notifications")
        self.username = page.get_by_label("Username", exact=True)
        self.password = page.get_by_label("Password", exact=True)

    async def open(self, path: str = "/") -> None:
        """Go to an address."""
        await self.page.goto(f"{self.origin}{path}")

    async def register(self, username: str, password: str, *, display_name: str = "") -> None:
        """Make an account on the page, which signs in too."""
        await self.open("/register")
        await self.username.fill(username)
        await self.page.get_by_label("Display name").fill(display_name)
        await self.password.fill(password)
        await self.page.get_by_role("button", name="Create account").click()
        await expect(self.composer).to_be_visible()

    async def sign_in(self, username: str, password: str) -> None:
        """Sign in on the page."""
        await self.open("/sign-in")
        await self.username.fill(username)
        await self.password.fill(password)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.composer).to_be_visible()

    async def sign_out(self) -> None:
        """Sign out through the account menu."""
        await self.page.get_by_role("button", name="Account menu of").click()
        await self.page.get_by_role("menuitem", name="Sign out").click()
        await expect(self.page).to_have_url(re.compile("/sign-in"))

    async def ask(self, question: str) -> None:
        """Type a question and send it."""
        await self.composer.fill(question)
        await self.send_button.click()

    async def queue(self, question: str) -> None:
        """Type a question while another one is being answered, and put it behind that one."""
        await self.composer.fill(question)
        await self.queue_button.click()

    async def choose_model(self, name: str) -> None:
        """Choose the model that answers next."""
        await self.page.get_by_role("button", name="Model:").click()
        await self.page.get_by_role("menuitemradio", name=name).first.click()
        await expect(self.page.get_by_role("button", name=f"Model: {name}")).to_be_visible()

    async def begin(self, question: str, *, seeing: str) -> str:
        """Ask on a new page, wait until some of the answer is there, and return the conversation's id."""
        await self.open("/")
        await self.ask(question)
        await expect(self.answer).to_contain_text(seeing)
        return await self.conversation_id()

    async def open_conversation(self, conversation_id: str) -> None:
        """Go to a conversation."""
        await self.open(f"/c/{conversation_id}")

    async def conversation_id(self) -> str:
        """The id of the conversation that is open."""
        await expect(self.page).to_have_url(re.compile("/c/"))
        return self.page.url.rpartition("/c/")[2]

    async def answer_has_ended(self, *, count: int = 1) -> None:
        """Wait until so many answers are there and the last one is not being written any more."""
        await expect(self.answers).to_have_count(count)
        await expect(self.answer).to_have_attribute("aria-busy", "false")
        await expect(self.send_button).to_be_visible()

    async def is_rendered(self) -> None:
        """Wait until the renderer of markdown has come; the text is shown as it was written before."""
        await expect(self.page.locator(".markdown > p")).to_have_count(0)

    async def copied_answer(self) -> str:
        """What the last answer's copy button gives: its text to the letter."""
        await self.page.evaluate("() => navigator.clipboard.writeText('')")
        await self.answer.get_by_role("button", name="Copy answer").click()

        async def is_copied() -> bool:
            return await self.clipboard() != ""

        await until(is_copied)
        return await self.clipboard()

    async def clipboard(self) -> str:
        """What was copied last."""
        text: str = await self.page.evaluate("() => navigator.clipboard.readText()")
        return text

    def conversation(self, title: str) -> Locator:
        """The link to a conversation in the sidebar."""
        return self.conversations.get_by_role("link", name=title, exact=True)

    async def choose_action(self, title: str, action: str) -> None:
        """Choose from the menu of a conversation in the sidebar, once the page beside it has come."""
        await expect(self.composer).to_be_visible()
        await self.conversation(title).hover()
        await self.page.get_by_role("button", name=f"Actions for {title}", exact=True).click()
        await self.page.get_by_role("menuitem", name=action).click()


class Analytics:
    """The administrator's panel."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.live = page.get_by_text("Live", exact=True)
        self.figures = page.get_by_role("region", name="Key figures")
        self.over_time = page.get_by_role("region", name="Over time")

    def figure(self, name: str) -> Locator:
        """The value on a card."""
        heading = self.figures.get_by_role("heading", name=name, exact=True)
        return heading.locator("xpath=following-sibling::p[1]")

    async def shows(self, name: str, value: int) -> None:
        """Wait until a card says exactly this."""
        await expect(self.figure(name)).to_have_attribute("title", f"{value:,}")
