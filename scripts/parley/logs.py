"""The logs of everything that runs: kept small, shown, and followed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from parley import say
from parley.say import Refusal
from parley.settings import Settings

LARGEST_BYTES = 10 * 1024 * 1024
SHOWN_LINES = 100
READ_BACK_BYTES = 256 * 1024
FOLLOW_SECONDS = 0.3


def file_of(settings: Settings, name: str) -> Path:
    return settings.logs / f"{name}.log"


def rotate(file: Path) -> None:
    """Keep one old log. Writers append, so emptying the file under them is safe; a few lines may get lost between."""
    try:
        if file.stat().st_size < LARGEST_BYTES:
            return
        shutil.copyfile(file, file.with_name(f"{file.name}.1"))
        with file.open("r+b") as stream:
            stream.truncate(0)
    except OSError:
        # A log that cannot be made smaller is no reason to stop what it is about.
        return


def last_lines(file: Path, count: int) -> list[str]:
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - READ_BACK_BYTES))
            return stream.read().decode("utf-8", errors="replace").splitlines()[-count:]
    except OSError:
        return []


def show(settings: Settings, *, name: str | None, is_following: bool) -> int:
    files = _chosen(settings, name)
    width = max(len(file.stem) for file in files)
    positions = {file: file.stat().st_size for file in files}
    for file in files:
        for text in last_lines(file, SHOWN_LINES):
            say.line(f"{file.stem:<{width}} | {text}")
    while is_following:
        time.sleep(FOLLOW_SECONDS)
        for file in files:
            for text in _new_lines(file, positions):
                say.line(f"{file.stem:<{width}} | {text}")
    return 0


def _chosen(settings: Settings, name: str | None) -> list[Path]:
    files = sorted(settings.logs.glob("*.log"))
    if not files:
        raise Refusal("There are no logs yet: Parley has not been started in this folder.")
    if name is None:
        return files
    chosen = [file for file in files if file.stem == name]
    if not chosen:
        raise Refusal(f"There is no log of {name}; there are {', '.join(file.stem for file in files)}.")
    return chosen


def _new_lines(file: Path, positions: dict[Path, int]) -> Iterator[str]:
    """Whole lines written since the last look; a file that became smaller begins anew."""
    try:
        size = file.stat().st_size
        begin = positions[file] if size >= positions[file] else 0
        with file.open("rb") as stream:
            stream.seek(begin)
            whole, newline, _ = stream.read().rpartition(b"\n")
    except OSError:
        return
    positions[file] = begin + len(whole) + len(newline)
    if newline:
        yield from whole.decode("utf-8", errors="replace").splitlines()
