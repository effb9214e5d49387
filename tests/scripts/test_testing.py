"""The test command judges suites: it must not take silence for success."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from tests.scripts.copies import REPOSITORY

from parley import postgres, settings, suites
from parley.say import Refusal
from parley.suites import Suite
from parley.verdicts import judge

ONE_TEST = "def test_it():\n    assert {outcome}\n"
SKIPPED = "import pytest\n\n@pytest.mark.skip\ndef test_it():\n    pass\n"


def suite_of(folder: Path, text: str) -> Suite:
    (folder / "test_one.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), "."]
    return Suite("small", [command], folder=folder, is_of_tests=True)


@pytest.mark.parametrize(
    ("text", "is_passed", "summary"),
    [
        (ONE_TEST.format(outcome=True), True, "1 passed"),
        (ONE_TEST.format(outcome=False), False, "1 failed"),
        (SKIPPED, False, "no test ran"),
        ("", False, "no tests ran"),
        ("import nothing_of_that_name", False, "1 error"),
    ],
)
def test_a_suite_passes_only_when_tests_ran_and_passed(
    tmp_path: Path, text: str, summary: str, *, is_passed: bool
) -> None:
    verdict = judge(suite_of(tmp_path, text))
    assert verdict.is_passed is is_passed
    assert summary in verdict.summary


def test_one_failing_check_is_named_and_the_others_are_still_made(tmp_path: Path) -> None:
    commands = [[sys.executable, "-c", "raise SystemExit(1)"], [sys.executable, "-c", "print('second')"]]
    verdict = judge(Suite("checks", commands, folder=tmp_path))
    assert not verdict.is_passed
    assert "second" in verdict.output


def test_every_folder_of_tests_is_a_suite() -> None:
    known = suites.names(settings.read(root=REPOSITORY, environment={}))
    folders = {file.parent.name for file in (REPOSITORY / "tests").glob("*/test_*.py")}
    assert folders <= set(known)
    assert len(known) == len(set(known))


def test_suites_can_be_chosen_and_a_wrong_name_says_the_right_ones(tmp_path: Path) -> None:
    for name in ("gateway", "browser"):
        (tmp_path / "tests" / name).mkdir(parents=True)
        (tmp_path / "tests" / name / "test_x.py").touch()
    current = settings.read(root=tmp_path, environment={})
    assert suites.chosen(current, []) == ["checks", "page", "gateway", "browser"]
    assert suites.chosen(current, ["unit"]) == ["gateway"]
    assert suites.chosen(current, ["browser", "checks"]) == ["checks", "browser"]
    with pytest.raises(Refusal, match="no suite bowser; there are checks, page, gateway, browser, unit"):
        suites.chosen(current, ["bowser"])


def test_a_database_that_nobody_serves_lets_nobody_in() -> None:
    assert not postgres.lets_in(1)


def test_the_wrappers_of_all_systems_know_the_same_commands() -> None:
    scripts = REPOSITORY / "scripts"
    names = [{file.stem for file in (scripts / system).iterdir()} for system in ("linux", "macos", "windows")]
    assert names == [{"start", "stop", "status", "logs", "test"}] * 3
    for file in scripts.glob("*/*.bat"):
        text = file.read_bytes()
        assert text.count(b"\n") == text.count(b"\r\n"), f"{file.name} needs the line ends of Windows"
        assert re.search(rf'with_python\.bat" {file.stem} %\*'.encode(), text)
