"""Sizes: the longest file and the longest function are what a reader remembers, so they are watched.

About 300 lines a file and 40 a function are the point where something wants to be two things. What is longer for a
good reason stands below with that reason; when it has become shorter, its line must go.
"""

import ast
from collections.abc import Iterator

import pytest
from tests.house.repository import files_ending, text_of

FILE_MAX_LINES = 300
FUNCTION_MAX_LINES = 40

LONG_FILES: dict[str, str] = {
    "frontend/src/api/analytics.d.ts": "Generated from the OpenAPI document.",
    "frontend/src/api/auth.d.ts": "Generated from the OpenAPI document.",
    "frontend/src/api/chat.d.ts": "Generated from the OpenAPI document.",
}
LONG_FUNCTIONS: dict[str, str] = {
    "analytics-service/analytics_service/migrations/versions/0001_initial.py:_create_facts": (
        "A migration lists every column once and is never changed."
    ),
    "analytics-service/analytics_service/migrations/versions/0001_initial.py:_create_rollups": (
        "A migration lists every column once and is never changed."
    ),
}


def file_lengths() -> dict[str, int]:
    return {name: text_of(name).count("\n") for name in files_ending(".py", ".ts", ".tsx")}


def function_lengths() -> dict[str, int]:
    return {f"{file}:{name}": lines for file in files_ending(".py") for name, lines in _functions(file)}


def _functions(file: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text_of(file))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_a_reader_likes() -> None:
    """The typical file is short everywhere; the longest one tells whether a code base is loved."""
    too_long = {name: lines for name, lines in file_lengths().items() if lines > FILE_MAX_LINES}
    assert {name: lines for name, lines in too_long.items() if name not in LONG_FILES} == {}


def test_no_function_is_longer_than_a_reader_likes() -> None:
    """A function is the story of one use case; a long one tells several."""
    too_long = {name: lines for name, lines in function_lengths().items() if lines > FUNCTION_MAX_LINES}
    assert {name: lines for name, lines in too_long.items() if name not in LONG_FUNCTIONS} == {}


@pytest.mark.parametrize("name", LONG_FILES)
def test_a_file_listed_as_long_is_long(name: str) -> None:
    """Otherwise the list would go on excusing what no longer needs an excuse."""
    assert file_lengths().get(name, 0) > FILE_MAX_LINES, "take this line out of the list"


@pytest.mark.parametrize("name", LONG_FUNCTIONS)
def test_a_function_listed_as_long_is_long(name: str) -> None:
    """Otherwise the list would go on excusing what no longer needs an excuse."""
    assert function_lengths().get(name, 0) > FUNCTION_MAX_LINES, "take this line out of the list"


def test_every_exception_gives_a_reason() -> None:
    """An exception without a reason is a rule given up."""
    assert all(reason.endswith(".") for reason in [*LONG_FILES.values(), *LONG_FUNCTIONS.values()])
