"""Manners of the sources: every module says what it is for, nothing is left for later, every silence has a reason."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest
from tests.house.repository import files, files_ending, text_of

# A letter in brackets is the same letter, so that this file does not find itself.
LEFT_FOR_LATER = re.compile(r"\b(?:[T]ODO|[F]IXME|[X]XX)\b")
SILENCED = re.compile(r"#\s*(?:type:\s*ignore|noqa|nosec|pragma)(?::?\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w, -]+\])?")
REASON_MIN_CHARS = 8
# What a comment in words never is when it is read as Python.
STATEMENTS = (
    *(ast.Assign, ast.AugAssign, ast.Return, ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.Delete),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.For, ast.While, ast.With, ast.Try),
)
OLD_SCRIPT = re.compile(
    r"^\s*//\s*(?:(?:const|let|var|import|export|return|if|for|await)\b.*[;{)]|[\w.]+\(.*\);|[})\]]+;?)$"
)
# Read in words that every Python since 2.7 understands, so its one function has its types in a comment.
OLD_PYTHON = "scripts/run.py"

Place = tuple[str, int, str]


def comments() -> Iterator[Place]:
    """Every comment of every Python file, with its place."""
    for name in files_ending(".py"):
        for token in tokenize.generate_tokens(io.StringIO(text_of(name)).readline):
            if token.type == tokenize.COMMENT:
                yield name, token.start[0], token.string


def is_code(comment: str) -> bool:
    """Tell whether a comment is a statement of Python that somebody did not want to delete."""
    text = comment.lstrip("#").strip()
    try:
        statements = ast.parse(text if not text.endswith(":") else f"{text} pass").body
    except (SyntaxError, ValueError):
        return False
    return any(
        isinstance(statement, STATEMENTS)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call | ast.Await))
        for statement in statements
    )


def gives_reason(comment: str) -> bool:
    """Tell whether words follow (or precede) the mark that silences a tool."""
    return len(SILENCED.sub("", comment).strip(" #-:.")) >= REASON_MIN_CHARS


def test_every_module_says_what_it_is_for() -> None:
    """The first line of a file is where a newcomer decides whether to read on."""
    assert [name for name in files_ending(".py") if not ast.get_docstring(ast.parse(text_of(name)))] == []


def test_nothing_is_left_for_later() -> None:
    """What is to be done later is an issue; in the code it is only a hole with a sign."""
    sources = files_ending(".py", ".ts", ".tsx", ".mjs", ".sh", ".bat", ".css", ".md", ".yml", ".conf", ".toml")
    assert [name for name in sources if LEFT_FOR_LATER.search(text_of(name))] == []


def test_no_python_is_commented_out() -> None:
    """The history keeps what was deleted; a commented line only makes the reader wonder."""
    assert [place for place in comments() if is_code(place[2]) and place[0] != OLD_PYTHON] == []


def test_no_typescript_is_commented_out() -> None:
    """The same for the page."""
    lines = [(name, line) for name in files_ending(".ts", ".tsx") for line in text_of(name).splitlines()]
    assert [(name, line) for name, line in lines if OLD_SCRIPT.match(line)] == []


def test_whoever_silences_a_tool_says_why() -> None:
    """A silenced warning without a reason is found years later by somebody who dares not remove it."""
    assert [place for place in comments() if SILENCED.search(place[2]) and not gives_reason(place[2])] == []


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# session.add(turn)", True),
        ("# if turn is None:", True),
        ("# return reply", True),
        ("# The relay hears of it when that commits.", False),
        ("# None", False),
        ("# only `stop` and `drain` cancel a turn", False),
    ],
)
def test_code_is_told_from_words(comment: str, expected: bool) -> None:
    """The heuristic must neither miss plain code nor scold plain words."""
    assert is_code(comment) is expected


def test_a_reason_is_told_from_a_bare_mark() -> None:
    """Codes of rules are no reasons."""
    mark = "# no" + "qa: FBT001, FBT002"
    assert not gives_reason(mark)
    assert gives_reason(f"{mark} - a query parameter is passed by name")
    assert not gives_reason("# type: " + "ignore[union-attr]")
    assert gives_reason("# type: " + "ignore[union-attr]  # the application is ours")


def test_sources_are_text() -> None:
    """UTF-8 with one kind of line ending, so that a diff shows what was changed (batch files are Windows' own)."""
    sources = [name for name in files() if name.endswith((".py", ".ts", ".tsx", ".sh", ".md", ".toml", ".yml"))]
    assert [name for name in sources if "\r" in text_of(name) or "\ufffd" in text_of(name)] == []
