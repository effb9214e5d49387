"""Halves of characters: JSON escapes write some characters as two, and servers cut between them."""

import re

SURROGATE = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def whole_text(text: str) -> str:
    """Return the text as a database can store it: halves joined where they belong together, else replaced."""
    if SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    # No database of ours stores NUL.
    return text.replace("\x00", REPLACEMENT)


class TextJoiner:
    """Joins the pieces of one text, of which one may end with half a character."""

    __slots__ = ("_half",)

    def __init__(self) -> None:
        self._half = ""

    @property
    def is_waiting(self) -> bool:
        """Whether half a character waits for its other half."""
        return bool(self._half)

    def join(self, piece: str) -> str:
        """Return what can be told of the next piece."""
        text = self._half + piece
        ends_with_first_half = "\ud800" <= text[-1:] <= "\udbff"
        self._half = text[-1] if ends_with_first_half else ""
        return whole_text(text[:-1] if ends_with_first_half else text)

    def rest(self) -> str:
        """Return what stands for a half whose other half never came."""
        rest, self._half = REPLACEMENT * len(self._half), ""
        return rest
