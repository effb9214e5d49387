"""What the launcher tells the person in front of it: lines, a live line while something takes time, and refusals."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

WIDTH = 100
# Without a terminal nobody sees a line change, so a long step is heard of again after this long.
SECONDS_BETWEEN_PLAIN_LINES = 15.0
SECONDS_BETWEEN_LIVE_LINES = 0.1
CLEAR = "\r\x1b[K"


class Refusal(Exception):
    """Something cannot go on. The text is one clear sentence that says what to do."""


def line(text: str = "") -> None:
    """Say one line. Nobody listening (a closed pipe) is no reason to stop what is running."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


def error(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


class Step:
    """One thing that takes a while; `detail` says how far it is."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._begun_at = time.monotonic()
        self._is_live = sys.stdout.isatty()
        self._said_at = self._begun_at
        self._detail = ""

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun_at

    def begin(self) -> None:
        if self._is_live:
            self._show()
        else:
            line(f"{self._title} ...")

    def detail(self, text: str) -> None:
        self._detail = text
        pause = SECONDS_BETWEEN_LIVE_LINES if self._is_live else SECONDS_BETWEEN_PLAIN_LINES
        if time.monotonic() - self._said_at < pause:
            return
        self._said_at = time.monotonic()
        if self._is_live:
            self._show()
        else:
            line(f"  still at it after {self.seconds:.0f} s: {text}")

    def end(self, *, is_done: bool) -> None:
        if self._is_live:
            sys.stdout.write(CLEAR)
        if is_done:
            line(f"{self._title}: done in {self.seconds:.1f} s")

    def _show(self) -> None:
        text = f"{self._title} ... {self._detail} ({self.seconds:.0f} s)"
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.write(CLEAR + text[:WIDTH])
            sys.stdout.flush()


@contextlib.contextmanager
def step(title: str) -> Iterator[Step]:
    """Show that something is being done, and how long it took once it is."""
    current = Step(title)
    current.begin()
    is_done = False
    try:
        yield current
        is_done = True
    finally:
        current.end(is_done=is_done)
