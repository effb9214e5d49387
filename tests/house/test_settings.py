"""Settings: what the code reads, what docs/configuration.md tells and what .env.example offers are the same."""

import ast
import re

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from tests.house.product import SETTINGS
from tests.house.repository import files, rows, section, text_of

PAPER = "docs/configuration.md"
EXAMPLE = ".env.example"
COMPOSE = "docker-compose.yml"
# The launcher and the gateway read the environment by hand, in these files.
READ_BY_HAND = (
    "scripts/parley/settings.py",
    "scripts/parley/env_file.py",
    "frontend/gateway/parley_gateway/settings.py",
)
NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
ASSIGNED = re.compile(r"^#?([A-Z][A-Z0-9_]*)=", re.MULTILINE)
# Settings of images that we did not make.
OF_OTHERS = {"POSTGRES_PASSWORD_FILE"}


def fields() -> dict[str, FieldInfo]:
    return {name.upper(): field for kind in SETTINGS.values() for name, field in kind.model_fields.items()}


def literals(file: str) -> set[str]:
    """The words in a source file that look like names of settings."""
    constants = (node.value for node in ast.walk(ast.parse(text_of(file))) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str) and NAME.fullmatch(value)}


def variables_of_the_tests() -> set[str]:
    """What the test command passes to the tests: every module of the launcher names its own VARIABLE."""
    named = re.compile(r'^VARIABLE = "([A-Z_]+)"$', re.MULTILINE)
    return {found for file in files() if file.startswith("scripts/parley/") for found in named.findall(text_of(file))}


def told() -> dict[str, list[str]]:
    return {row[0]: row for row in rows(text_of(PAPER))}


def test_the_paper_lists_exactly_the_settings_that_are_read() -> None:
    """A setting nobody can find is not one, and a documented one that does nothing costs somebody an evening."""
    read_by_hand = {name for file in READ_BY_HAND for name in literals(file)}
    assert set(told()) == set(fields()) | read_by_hand | variables_of_the_tests()


def test_the_paper_names_the_services_that_read_a_setting() -> None:
    """Whoever changes a setting wants to know what to start again."""
    for name in fields():
        readers = {service for service, kind in SETTINGS.items() if name.lower() in kind.model_fields}
        named = set(SETTINGS) if "services" in told()[name][3] else {s for s in SETTINGS if s in told()[name][3]}
        assert named == readers, name


def test_the_paper_tells_the_defaults_of_the_services() -> None:
    """A wrong default in the paper is worse than none."""
    for name, field in fields().items():
        if field.default is PydanticUndefined:
            expected = "none"
        else:
            expected = "empty" if field.default in (None, "") else str(field.default)
        assert told()[name][1] == expected, name


def test_the_example_offers_every_setting() -> None:
    """The start command makes .env from the example, and people look there first."""
    only_outside = {row[0] for row in rows(section(PAPER, "## Only in the environment"))}
    assert set(ASSIGNED.findall(text_of(EXAMPLE))) == set(told()) - only_outside


def test_the_example_explains_every_setting_above_it() -> None:
    """A line of explanation stands before each setting, or before the group it belongs to."""
    before = ""
    for line in text_of(EXAMPLE).splitlines():
        if ASSIGNED.match(line):
            assert before, f"nothing explains {line}"
        elif not line.strip():
            before = ""
        elif line.startswith("# ") and not line.endswith("---"):
            before = line


def test_the_compose_file_sets_only_known_settings() -> None:
    """A misspelt name in an environment is silently ignored by everything but this."""
    text = text_of(COMPOSE)
    set_there = set(re.findall(r"^ +([A-Z][A-Z0-9_]*):", text, re.MULTILINE))
    passed_on = set(re.findall(r"\$\{([A-Z][A-Z0-9_]*)", text))
    assert (set_there | passed_on) - OF_OTHERS <= set(told())
