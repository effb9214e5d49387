"""Server-sent events as the HTML standard describes them (section 9.2.6): bytes in any portions in, events out.

In bounded memory and linear time, whatever a server sends.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chat_service.providers.port import ProviderMalformed

MAX_LINE_BYTES = 1_048_576
LINE_END = re.compile(rb"\r\n|\n|\r")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event; `name` is empty when the server gave it none."""

    name: str
    data: bytes


class EventReader:
    """Turns the body of one answer into events; events without data are heartbeats and are left out."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._data = bytearray()
        self._name = ""
        self._is_first_line = True
        self._is_after_cr = False

    def feed(self, portion: bytes) -> Iterator[ServerSentEvent]:
        """Read the next bytes of the body; raises ProviderMalformed for a line or an event without end."""
        # A CR ends its line at once; a LF behind it, perhaps in the next portion, still belongs to it.
        start = 1 if self._is_after_cr and portion.startswith(b"\n") else 0
        if portion:
            self._is_after_cr = portion.endswith(b"\r")
        for end in LINE_END.finditer(portion, start):
            self._lengthen_line(portion[start : end.start()])
            start = end.end()
            yield from self._take_line()
        self._lengthen_line(portion[start:])

    def end(self) -> Iterator[ServerSentEvent]:
        """Read what an unfinished last event holds."""
        yield from self._take_line()
        yield from self._dispatch()

    def _lengthen_line(self, part: bytes) -> None:
        if len(self._line) + len(part) > MAX_LINE_BYTES:
            raise ProviderMalformed
        self._line += part

    def _take_line(self) -> Iterator[ServerSentEvent]:
        line = bytes(self._line)
        self._line.clear()
        if self._is_first_line:
            self._is_first_line = False
            line = line.removeprefix(BYTE_ORDER_MARK)
        if not line:
            yield from self._dispatch()
        elif line.startswith(b"data:"):
            self._lengthen_data(line[6:] if line[5:6] == b" " else line[5:])
        elif line.startswith(b"event:"):
            self._name = line[6:].strip().decode(errors="replace")
        elif line.startswith(b"{"):
            # Some servers, and proxies before them, announce a failure as bare JSON in the middle of the stream.
            yield ServerSentEvent("", line)

    def _lengthen_data(self, part: bytes) -> None:
        if len(self._data) + len(part) >= MAX_LINE_BYTES:
            raise ProviderMalformed
        self._data += part
        self._data += b"\n"

    def _dispatch(self) -> Iterator[ServerSentEvent]:
        data, self._data = bytes(self._data.strip()), bytearray()
        name, self._name = self._name, ""
        if data:
            yield ServerSentEvent(name, data)
