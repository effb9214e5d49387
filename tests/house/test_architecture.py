"""The architecture is checked, not remembered: the import contracts of pyproject.toml hold."""

import os
import subprocess
import sys

from tests.house.repository import PACKAGE_FOLDERS, ROOT


def test_the_import_contracts_hold() -> None:
    """Houses meet only in the kit, features go one way from router to rules, rules import no framework."""
    paths = os.pathsep.join(str(ROOT / folder) for folder in PACKAGE_FOLDERS)
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as go; sys.exit(go())",
    ]
    done = subprocess.run(
        [*command, "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout
