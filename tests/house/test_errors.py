"""Errors: docs/errors.md lists every code a program may meet, with its status, and none that does not exist."""

import ast
from collections.abc import Iterator
from http import HTTPStatus
from typing import TypeVar

from tests.house.product import PACKAGES, modules
from tests.house.repository import PACKAGE_FOLDERS, files_ending, rows, section, text_of

from chat_service.providers.port import ProviderError
from chat_service.turns.rules import DETAILS
from service_kit.errors import CODES_BY_STATUS, ServiceError

PAPER = "docs/errors.md"
# What a status we have no name of our own for is called; its status is whatever the framework said.
UNNAMED = "request_refused"

Code = tuple[str, str]
Error = TypeVar("Error", bound=Exception)


def subclasses(kind: type[Error]) -> Iterator[type[Error]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def is_ours(kind: type[Exception]) -> bool:
    """Tests may define errors of their own in the same process."""
    return kind.__module__.split(".")[0] in PACKAGES


def codes_of_classes() -> set[Code]:
    assert modules()
    kinds: list[type[ServiceError]] = [ServiceError, *subclasses(ServiceError)]
    return {(kind.code, str(kind.status)) for kind in kinds if is_ours(kind)}


def calls_of(*names: str) -> Iterator[ast.Call]:
    """Every call of these functions in the product."""
    for file in files_ending(".py"):
        if file.startswith(PACKAGE_FOLDERS):
            for node in ast.walk(ast.parse(text_of(file))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                    yield node


def constants_of(call: ast.Call) -> list[object]:
    values = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "code")]
    return [value.value for value in values if isinstance(value, ast.Constant)]


def codes_of_calls() -> set[Code]:
    """Problems that are made by hand: those of the outermost layers and of the gateway."""
    found: set[Code] = set()
    for call in calls_of("problem_response"):
        match constants_of(call):
            case [int(status), str(code), *_]:
                found.add((code, str(status)))
    for call in calls_of("problem"):
        match constants_of(call):
            case [str(code), *_]:
                found.add((code, _status_of(call)))
    return found


def _status_of(call: ast.Call) -> str:
    named = [node.attr for node in call.args if isinstance(node, ast.Attribute) and node.attr in HTTPStatus.__members__]
    return str(HTTPStatus[named[0]].value) if named else "4xx"


def test_the_paper_lists_exactly_the_codes_of_problems() -> None:
    """Programs decide by the code, so the list of codes is part of the interface."""
    by_status = {(code, str(status)) for status, code in CODES_BY_STATUS.items()}
    told = {(row[0], row[1]) for row in rows(section(PAPER, "## Problems"))}
    assert told == codes_of_classes() | codes_of_calls() | by_status | {(UNNAMED, "other")}


def test_a_code_means_one_status() -> None:
    """A code that is sometimes 404 and sometimes 409 is two codes."""
    codes = [code for code, _ in codes_of_classes() | codes_of_calls()]
    assert sorted(codes) == sorted(set(codes))


def test_the_paper_lists_exactly_the_codes_of_turns() -> None:
    """A turn fails inside a stream that has begun well, so its codes come as events and not as statuses."""
    of_providers = {kind.code for kind in subclasses(ProviderError)}
    assert {row[0] for row in rows(section(PAPER, "## How a turn can fail"))} == set(DETAILS)
    assert of_providers <= set(DETAILS)


def test_the_paper_shows_the_sentence_people_read_when_a_turn_fails() -> None:
    """Whoever asks for help quotes the sentence, and whoever helps searches for it."""
    assert {row[0]: row[1] for row in rows(section(PAPER, "## How a turn can fail"))} == DETAILS


def test_the_paper_lists_how_sockets_are_closed() -> None:
    """A client that comes back after the wrong code comes back for ever."""
    closings = [constants_of(call) for call in calls_of("Close")]
    made = {(str(code), str(reason)) for code, reason in (values for values in closings if len(values) == 2)}
    told = {(row[0], row[1]) for row in rows(section(PAPER, "## How a socket is closed"))}
    assert made <= told
