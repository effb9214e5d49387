"""Sees what must never happen in a browser: scripts that run, other sites that are asked, broken pages."""

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Page, Route, WebError

# What every script of the corpus of hostile content does when it runs.
MARK = "parleyWasOwned"


class Witness:
    """Watches all pages of a browser context."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.seen: list[str] = []

    async def watch(self, context: BrowserContext) -> None:
        """Begin to watch; requests to other origins are counted and never leave the browser."""
        await context.route(self._is_elsewhere, self._refuse)
        context.on("dialog", self._dismiss)
        context.on("console", self._read)
        context.on("weberror", self._note_error)

    async def look_for_marks(self, page: Page) -> None:
        """Look whether a script of somebody else has run."""
        if await page.evaluate(f"() => '{MARK}' in window"):
            self.seen.append(f"a hostile script ran on {page.url}")

    def _is_elsewhere(self, url: str) -> bool:
        return not url.startswith((f"{self._origin}/", "data:", "blob:"))

    async def _refuse(self, route: Route) -> None:
        self.seen.append(f"a request to another origin: {route.request.url}")
        await route.abort()

    async def _dismiss(self, dialog: Dialog) -> None:
        self.seen.append(f"a dialog: {dialog.message}")
        await dialog.dismiss()

    def _read(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.seen.append(f"a violation of the security policy: {message.text}")

    def _note_error(self, error: WebError) -> None:
        self.seen.append(f"an uncaught error: {error.error}")
