"""The fault points of the product, as its sources name them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.house.repository import PACKAGE_FOLDERS, files_ending, text_of

NAME = re.compile(r"[a-z]+(?:[._][a-z]+)*\.[a-z]+(?:_[a-z]+)*")
DEFINITION = "service-kit/service_kit/fault_points.py"
# Whatever reads the events of others runs in analytics-service; the rest is met in chat-service.
OF_ANALYTICS = ("analytics-service/", "service-kit/service_kit/events/consumer.py")


@dataclass(frozen=True, slots=True)
class Point:
    """One place of the product."""

    name: str
    place: str

    @property
    def process(self) -> str:
        """The process in which the sweep passes it."""
        return "analytics" if self.place.startswith(OF_ANALYTICS) else "chat"


@cache
def points() -> tuple[Point, ...]:
    """Return every point of the product, in the order of its sources."""
    return tuple(_found())


def _found() -> Iterator[Point]:
    for file in files_ending(".py"):
        if file.startswith(PACKAGE_FOLDERS) and file != DEFINITION:
            for node in ast.walk(ast.parse(text_of(file))):
                if isinstance(node, ast.Call) and _called(node) == "fault_point":
                    yield Point(_name(node), f"{file}:{node.lineno}")


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _name(call: ast.Call) -> str:
    match call.args:
        case [ast.Constant(value=str(name))]:
            return name
    # A name that is put together could not be found here, and the sweep would pass it over.
    return ast.unparse(call)
