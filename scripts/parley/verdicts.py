"""Runs one suite and judges it: its commands must succeed, and a suite of tests must have run some."""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from parley.environment import clean_environment
from parley.suites import Suite

PASSED = re.compile(r"\b[1-9]\d* passed\b")


@dataclass(frozen=True)
class Verdict:
    """How a suite went, and everything it said."""

    name: str
    is_passed: bool
    seconds: float
    summary: str
    output: str


def judge(suite: Suite) -> Verdict:
    begun_at = time.monotonic()
    said: list[str] = []
    failed: list[str] = []
    for command in suite.commands:
        done = subprocess.run(
            command,
            check=False,
            cwd=suite.folder,
            env=clean_environment(suite.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode != 0:
            failed.append(_short(command))
        said.append(f"$ {_short(command)}\n{done.stdout}")
    is_passed, summary = _of_tests(failed, said) if suite.is_of_tests else _of_commands(suite, failed)
    return Verdict(suite.name, is_passed, time.monotonic() - begun_at, summary, "\n".join(said))


def _of_commands(suite: Suite, failed: list[str]) -> tuple[bool, str]:
    if failed:
        return False, "; ".join(failed)
    return True, ", ".join(_name(command) for command in suite.commands)


def _of_tests(failed: list[str], said: list[str]) -> tuple[bool, str]:
    """By pytest's closing line. Skipping everything is a success for pytest, and none for us."""
    closing = said[-1].rstrip().rpartition("\n")[2].strip("= ")
    if not failed and not PASSED.search(closing):
        return False, f"no test ran ({closing})"
    return not failed, closing


def _short(command: list[str]) -> str:
    return " ".join([_name(command), *[word for word in command[1:4] if not word.startswith("/")]])


def _name(command: list[str]) -> str:
    """What a person calls the command: the module behind `python -m`, else the program."""
    return command[2] if command[1:2] == ["-m"] else Path(command[0]).stem
