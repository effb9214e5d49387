"""Being asked to stop: by Ctrl-C, by the system, or by the stop command."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

ASKING = [name for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


class StopAsked(BaseException):
    """Somebody wants this to end. Not an Exception, so that nothing takes it for a failure on its way up."""


class Requests:
    """Counts how often a stop was asked for. Setting up may be broken off anywhere, starting and stopping may not."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._count = 0
        self._may_interrupt = False

    @property
    def is_asked(self) -> bool:
        return self._count > 0 or self._file.exists()

    @property
    def is_urgent(self) -> bool:
        """Asked again by somebody who does not want to wait for what is being finished."""
        return self._count > 1

    def listen(self) -> None:
        for name in ASKING:
            number = getattr(signal, name)
            # Somebody who started us with nohup wants us to outlive the terminal.
            if name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN:
                continue
            signal.signal(number, self._note)

    @contextlib.contextmanager
    def interrupting(self) -> Iterator[None]:
        """While this lasts a request raises StopAsked at once, wherever the code is."""
        if self.is_asked:
            raise StopAsked
        self._may_interrupt = True
        try:
            yield
        finally:
            self._may_interrupt = False

    def _note(self, _: int, __: FrameType | None) -> None:
        self._count += 1
        if self._may_interrupt:
            self._may_interrupt = False
            raise StopAsked
