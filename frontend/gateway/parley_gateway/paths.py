"""Which requests belong to a service, and which of its paths the outside world never sees."""

from __future__ import annotations

import re
from urllib.parse import unquote

# The services' own business: their letterbox, their numbers and their machine-readable manuals.
PRIVATE_SEGMENTS = frozenset({"internal", "metrics", "docs", "redoc", "openapi.json"})
# A path with one of these can mean something else to the service than it means to us, so none of them passes.
AMBIGUOUS = re.compile(r"//|\\|[\x00-\x20\x7f]")
API_PREFIX = "/api/"
MOST_ENCODINGS = 4


class PathRefused(Exception):
    """A path that no service offers to the outside world."""


def service_path(raw_path: str, *, services: dict[str, str]) -> tuple[str, str]:
    """Split `/api/<service>/<rest>` into the service's name and the still encoded path that it is asked for."""
    service, separator, rest = raw_path.removeprefix(API_PREFIX).partition("/")
    path = separator + rest or "/"
    if service not in services or not _is_public(path):
        raise PathRefused
    return service, path


def _is_public(path: str) -> bool:
    """The path is judged in every reading: as it is, and decoded as often as somebody may have encoded it."""
    for _ in range(MOST_ENCODINGS):
        if AMBIGUOUS.search(path) or any(segment in {".", ".."} for segment in path.split("/")):
            return False
        if path.split("/")[1].casefold() in PRIVATE_SEGMENTS:
            return False
        decoded = unquote(path, errors="replace")
        if decoded == path:
            return True
        if decoded.count("/") != path.count("/"):
            return False
        # A space may stand in a name when it is encoded, so only the undecoded path is searched for bare ones.
        path = decoded.replace(" ", "+")
    return False
