"""The repository as the house tests see it: which files belong to it, and what stands in them."""

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE_FOLDERS = ("service-kit", "auth-service", "chat-service", "analytics-service", "frontend/gateway", "scripts")

CELL_BORDER = re.compile(r"(?<!\\)\|")
CODE_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@cache
def files() -> tuple[str, ...]:
    """Return every file that is, or is about to be, part of the repository, by its path from the root."""
    # A checkout may belong to another user than the one who tests it, as it often does in containers.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return tuple(sorted(name for name in set(listed.split("\0")) if name and (ROOT / name).is_file()))


def files_ending(*endings: str) -> list[str]:
    """Return the files whose names end in one of these ways."""
    return [name for name in files() if name.endswith(endings)]


@cache
def text_of(name: str) -> str:
    """Return what stands in a text file; bytes that are no text are replaced."""
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def prose_of(name: str) -> str:
    """Return a Markdown file without its code blocks."""
    return CODE_BLOCK.sub("", text_of(name))


def section(name: str, heading: str) -> str:
    """Return what stands below a heading of a Markdown file, up to the next heading of the same depth."""
    text = text_of(name)
    start = text.index(f"{heading}\n")
    depth = heading.partition(" ")[0]
    end = text.find(f"\n{depth} ", start + 1)
    return text[start : end if end >= 0 else len(text)]


def rows(text: str) -> list[list[str]]:
    """Return the rows of the tables in a Markdown text, without heads, rules and the marks of code."""
    found: list[list[str]] = []
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        is_rule, is_head = line.startswith("|-"), following.startswith("|-")
        if line.startswith("|") and not is_rule and not is_head:
            found.append([cell.strip().strip("`") for cell in CELL_BORDER.split(line.strip())[1:-1]])
    return found
