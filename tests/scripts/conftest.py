"""Copies of Parley to start and stop."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.scripts.copies import Copy

# The small services of the copies know POSIX signals only.
collect_ignore = ["test_start.py", "test_redis.py"] if sys.platform == "win32" else []


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    made = Copy(tmp_path / "parley")
    yield made
    made.clear_up()
