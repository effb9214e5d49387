"""The decoder of a streamed chat completion: bytes in any portions in, pieces out, in bounded memory and linear time.

Server-sent events as the HTML standard describes them (section 9.2.6), carrying the chunks of the OpenAI protocol.
Nearly every portion is whole events of one line each, with a plain delta; those take a short way.
"""

import re
from collections.abc import Iterator

from chat_service.providers.chunks import ChunkReader, decoded, plain_delta
from chat_service.providers.port import Piece, ProviderCut, ProviderMalformed
from chat_service.providers.refusals import announced_failure

MAX_LINE_BYTES = 1_048_576
LINE_END = re.compile(rb"\r\n|\n|\r")
EVENT_END = b"\n\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class CompletionDecoder:
    """Turns the body of one streamed completion into pieces."""

    def __init__(self) -> None:
        self.is_done = False
        self._reader = ChunkReader()
        self._line = bytearray()
        self._data = bytearray()
        self._announces_error = False
        self._is_first_line = True
        self._is_after_cr = False

    @property
    def is_complete(self) -> bool:
        """Whether the end was announced: by `[DONE]`, or by a finish reason where a server omits it."""
        return self.is_done or self._reader.has_finished

    def feed(self, portion: bytes) -> Iterator[Piece]:
        """Decode the next bytes of the body; raises ProviderError for garbage and for announced failures."""
        if self._line or self._data or self._announces_error or self._is_after_cr:
            end = portion.find(EVENT_END) + len(EVENT_END)
            if end < len(EVENT_END):
                yield from self._feed_lines(portion)
                return
            yield from self._feed_lines(portion[:end])
            portion = portion[end:]
        if b"\r" in portion or len(portion) > MAX_LINE_BYTES:
            yield from self._feed_lines(portion)
            return
        *events, rest = portion.split(EVENT_END)
        for event in events:
            if self.is_done:
                return
            if event.startswith(b"data: {") and b"\n" not in event:
                self._is_first_line = False
                delta = None if self._reader.is_waiting else plain_delta(event[6:])
                if delta is not None:
                    yield delta
                else:
                    yield from self._reader.pieces_of(decoded(event[6:]))
            else:
                yield from self._feed_lines(event + EVENT_END)
        yield from self._feed_lines(rest)

    def end(self) -> Iterator[Piece]:
        """Decode what an unfinished last event holds; raises ProviderCut when the end was not announced."""
        try:
            yield from self._take_line()
            yield from self._dispatch()
        except ProviderMalformed:
            # Half an event is the trace of a cut, and after the announced end it is nothing at all.
            pass
        if not self.is_complete:
            yield from self._reader.rest_of_text()
            raise ProviderCut
        yield from self._reader.end()

    def _feed_lines(self, portion: bytes) -> Iterator[Piece]:
        # A CR ends its line at once; a LF behind it, perhaps in the next portion, still belongs to it.
        start = 1 if self._is_after_cr and portion.startswith(b"\n") else 0
        if portion:
            self._is_after_cr = portion.endswith(b"\r")
        for end in LINE_END.finditer(portion, start):
            if self.is_done:
                return
            self._lengthen_line(portion[start : end.start()])
            start = end.end()
            yield from self._take_line()
        if not self.is_done:
            self._lengthen_line(portion[start:])

    def _lengthen_line(self, part: bytes) -> None:
        if len(self._line) + len(part) > MAX_LINE_BYTES:
            raise ProviderMalformed
        self._line += part

    def _take_line(self) -> Iterator[Piece]:
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
            self._announces_error = line[6:].strip() == b"error"
        elif line.startswith(b"{"):
            # Some servers announce a failure as bare JSON in the middle of the stream.
            yield from self._pieces(line)
        elif line.startswith(b"error:"):
            # As llama.cpp does it: with a field that the standard does not know.
            raise announced_failure(decoded(line[6:].strip()))

    def _lengthen_data(self, part: bytes) -> None:
        if len(self._data) + len(part) >= MAX_LINE_BYTES:
            raise ProviderMalformed
        self._data += part
        self._data += b"\n"

    def _dispatch(self) -> Iterator[Piece]:
        data, self._data = self._data.strip(), bytearray()
        announces_error, self._announces_error = self._announces_error, False
        if announces_error and data:
            raise announced_failure(decoded(data))
        yield from self._pieces(data)

    def _pieces(self, data: bytes | bytearray) -> Iterator[Piece]:
        if self.is_done or not data:
            return
        if data == b"[DONE]":
            self.is_done = True
            return
        yield from self._reader.pieces_of(decoded(data))
