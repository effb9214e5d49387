"""The other papers: every metric is listed, the map shows every folder, every suite of tests is explained."""

import ast
import re

from tests.house.repository import PACKAGE_FOLDERS, ROOT, files, files_ending, rows, section, text_of

PAPER = "docs/operations.md"
KINDS = ("Counter", "Gauge", "Histogram", "Summary")


def metrics() -> set[tuple[str, ...]]:
    """Every metric that the services make: its name, its kind and its labels."""
    found: set[tuple[str, ...]] = set()
    for file in files_ending(".py"):
        if file.startswith(PACKAGE_FOLDERS):
            for node in ast.walk(ast.parse(text_of(file))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
                    name, *_ = [value.value for value in node.args if isinstance(value, ast.Constant)] or [""]
                    if str(name).startswith("parley_"):
                        labels = ast.literal_eval(node.args[2])
                        found.add((str(name), node.func.id.lower(), ", ".join(labels)))
    return found


def test_the_paper_lists_exactly_the_metrics() -> None:
    """An alert on a metric that was renamed is an alert that never comes."""
    assert {tuple(row[:3]) for row in rows(section(PAPER, "## Metrics"))} == metrics()


def test_the_map_names_every_folder() -> None:
    """The map in the README is the first thing people look for, and the first to go out of date."""
    folders = {name.split("/")[0] for name in files() if "/" in name}
    shown = {folder for folder in folders if not folder.startswith(".")}
    told = {row[0].rstrip("/") for row in rows(section("README.md", "## The map"))}
    assert {name for name in told if "/" not in name} == shown


def test_every_suite_is_explained() -> None:
    """Whoever adds a test looks here for where it belongs."""
    folders = {name.split("/")[1] for name in files() if re.fullmatch(r"tests/\w+/(.+/)?test_\w+\.py", name)}
    cells = [row[0] for row in rows(section("CONTRIBUTING.md", "## Tests"))]
    told = {suite.strip("` ") for cell in cells for suite in cell.split(",")}
    assert folders <= told
    assert [suite for suite in told - {"checks", "page"} if not (ROOT / "tests" / suite).is_dir()] == []
