"""The decoder of a streamed chat completion: bytes in any portions in, pieces out, in bounded memory.

Server-sent events as the HTML standard describes them (section 9.2.6), carrying the chunks of the OpenAI protocol.
"""

import re
from collections.abc import Iterator
from typing import Any

from chat_service.providers.port import (
    Delta,
    Finish,
    Piece,
    ProviderError,
    ProviderMalformed,
    ProviderRateLimited,
    ProviderUnavailable,
    Usage,
)
from service_kit.json_body import decode_json

MAX_LINE_BYTES = 1_048_576
LINE_END = re.compile(rb"\r\n|\n|\r")


class CompletionDecoder:
    """Turns the body of one streamed completion into pieces. `is_complete` tells whether it ended as it should."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._is_done = False
        self._has_finished = False

    @property
    def is_complete(self) -> bool:
        """Whether the end was announced: by `[DONE]`, or by a finish reason where a server omits it."""
        return self._is_done or self._has_finished

    def feed(self, portion: bytes) -> Iterator[Piece]:
        """Decode the next bytes of the body; raises ProviderError for garbage and for announced failures."""
        buffer = self._rest + portion
        position = 0
        while (end := LINE_END.search(buffer, position)) is not None:
            # A CR at the very end may be half of a CRLF whose other half is still on its way.
            if end.group() == b"\r" and end.end() == len(buffer):
                break
            line = buffer[position : end.start()]
            position = end.end()
            yield from self._take_line(line)
        self._rest = buffer[position:]
        if len(self._rest) > MAX_LINE_BYTES:
            raise ProviderMalformed

    def end(self) -> Iterator[Piece]:
        """Decode what an unfinished last line may still hold."""
        rest, self._rest = self._rest, b""
        if rest:
            yield from self._take_line(rest.rstrip(b"\r"))
        yield from self._dispatch()

    def _take_line(self, line: bytes) -> Iterator[Piece]:
        if not line:
            yield from self._dispatch()
        elif line.startswith(b"data:"):
            self._data.append(line[6:] if line[5:6] == b" " else line[5:])
            if sum(map(len, self._data)) > MAX_LINE_BYTES:
                raise ProviderMalformed
        elif line.startswith(b"{"):
            # Some servers announce a failure as bare JSON in the middle of the stream.
            yield from pieces_of(_decoded(line))

    def _dispatch(self) -> Iterator[Piece]:
        if not self._data:
            return
        data, self._data = b"\n".join(self._data), []
        if self._is_done:
            return
        if data.strip() == b"[DONE]":
            self._is_done = True
            return
        for piece in pieces_of(_decoded(data)):
            self._has_finished = self._has_finished or isinstance(piece, Finish)
            yield piece


def pieces_of(chunk: Any) -> Iterator[Piece]:
    """Return the pieces of one decoded chunk, or of a whole completion from a server that does not stream."""
    if not isinstance(chunk, dict):
        raise ProviderMalformed
    if chunk.get("error"):
        raise _announced(chunk["error"])
    choices = chunk.get("choices") or []
    if not isinstance(choices, list):
        raise ProviderMalformed
    for choice in choices[:1]:
        yield from _pieces_of_choice(choice)
    usage = chunk.get("usage")
    if isinstance(usage, dict):
        yield _usage(usage)


def _pieces_of_choice(choice: Any) -> Iterator[Piece]:
    if not isinstance(choice, dict):
        raise ProviderMalformed
    said = choice.get("delta") or choice.get("message") or {}
    if not isinstance(said, dict):
        raise ProviderMalformed
    content = said.get("content")
    if content is not None and not isinstance(content, str):
        raise ProviderMalformed
    if content:
        yield Delta(content.replace("\x00", "\ufffd"))
    reason = choice.get("finish_reason")
    if isinstance(reason, str):
        yield Finish(reason)


def _usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    return Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")), _count(cached or 0))


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ProviderMalformed
    return value


def _announced(error: Any) -> ProviderError:
    code = error.get("code") or error.get("type") if isinstance(error, dict) else None
    return ProviderRateLimited() if "rate_limit" in str(code) else ProviderUnavailable()


def _decoded(data: bytes) -> Any:
    try:
        return decode_json(data)
    except ValueError:
        raise ProviderMalformed from None
