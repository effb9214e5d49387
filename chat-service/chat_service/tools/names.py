"""The names under which tools of servers are offered: what the OpenAI protocol allows, and each name once."""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

MAX_CHARS: Final = 64
SEPARATOR: Final = "__"
NOT_ALLOWED: Final = re.compile(r"[^a-zA-Z0-9_-]")
MARK_CHARS: Final = 6


def cleaned(name: str) -> str:
    """Return a name as the protocol allows it; a name of nothing allowed is still a name."""
    return NOT_ALLOWED.sub("_", name)[:MAX_CHARS] or "_"


def offered_names(server: str, tools: Iterable[str]) -> dict[str, str]:
    """Return which offered name leads to which tool of a server.

    Names that had to be changed may meet another one. The unchanged one keeps the name then, else the first in order of
    the alphabet, and the others get a mark made of their own name: the order in which a server lists does not matter.
    """
    found: dict[str, str] = {}
    ordered = sorted(set(tools), key=lambda tool: (cleaned(_whole(server, tool)) != _whole(server, tool), tool))
    for tool in ordered:
        name = cleaned(_whole(server, tool))
        if name in found:
            name = _marked(name, tool)
        found.setdefault(name, tool)
    return found


def _whole(server: str, tool: str) -> str:
    return f"{server}{SEPARATOR}{tool}"


def _marked(name: str, tool: str) -> str:
    mark = hashlib.sha256(tool.encode(errors="replace")).hexdigest()[:MARK_CHARS]
    return f"{name[: MAX_CHARS - MARK_CHARS - 1]}_{mark}"
