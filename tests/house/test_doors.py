"""The doors of the repository: the same commands on every system, each of a few lines, all leading to one launcher."""

import re
import subprocess

import pytest
from tests.house.repository import ROOT, files, text_of

COMMANDS = ("start", "stop", "status", "logs", "test")
MOST_LINES = 5


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("system", ["linux", "macos"])
def test_a_shell_door_leads_to_its_command(system: str, command: str) -> None:
    """The README promises these words; a wrapper that does anything itself does it differently on each system."""
    text = text_of(f"scripts/{system}/{command}.sh")
    assert text.startswith("#!/bin/sh\n")
    assert re.search(rf'/with_python\.sh" {command} "\$@"$', text, re.MULTILINE)
    assert text.count("\n") <= MOST_LINES


@pytest.mark.parametrize("command", COMMANDS)
def test_a_batch_door_leads_to_its_command(command: str) -> None:
    """The same on Windows, where the exit code has to be passed on by hand."""
    text = text_of(f"scripts/windows/{command}.bat").replace("\r", "")
    assert re.search(rf"with_python\.bat\" {command} %\*$", text, re.MULTILINE)
    assert "exit /b %ERRORLEVEL%" in text
    assert text.count("\n") <= MOST_LINES


def test_no_system_has_a_door_of_its_own() -> None:
    """A command that exists on one system only is a surprise on the others."""
    doors = {name for name in files() if re.match(r"scripts/(linux|macos|windows)/", name)}
    expected = {f"scripts/{system}/{command}.sh" for system in ("linux", "macos") for command in COMMANDS}
    assert doors == expected | {f"scripts/windows/{command}.bat" for command in COMMANDS}


def test_the_launcher_knows_the_commands() -> None:
    """The doors are opened by name."""
    text = text_of("scripts/parley/commands.py")
    assert [command for command in COMMANDS if f'add_parser("{command}"' not in text] == []


def test_shell_doors_can_be_opened() -> None:
    """The executable mark is kept by git, so a fresh checkout has it."""
    doors = [
        name for name in files() if re.match(r"(scripts/(linux|macos)/.*\.sh|scripts/with_python\.sh|\.ci/run)$", name)
    ]
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-s", "--", *doors], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    assert [line for line in listed.splitlines() if not line.startswith("100755")] == []


def test_the_readme_tells_the_commands() -> None:
    """Two commands are all that a newcomer needs, and they need them in the words of their system."""
    text = text_of("README.md")
    for command in ("start", "test"):
        assert f"scripts/linux/{command}.sh" in text
        assert f"scripts/macos/{command}.sh" in text
        assert f"scripts\\windows\\{command}.bat" in text
