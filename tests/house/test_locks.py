"""Locks: every package has one version everywhere, and every file that is installed has a known hash."""

import re
from itertools import pairwise

import pytest
from tests.house.repository import files, text_of

RUNTIME = "requirements/runtime.txt"
DEVELOPMENT = "requirements/dev.txt"
SERVICE_LOCKS = (
    "auth-service/requirements.txt",
    "chat-service/requirements.txt",
    "analytics-service/requirements.txt",
    "frontend/gateway/requirements.txt",
)
# The kit is locked with each service, and alone for nobody.
WITHOUT_LOCK = {"service-kit/requirements.in"}

PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)
WANTED = re.compile(r"^([A-Za-z0-9][\w.-]*)", re.MULTILINE)
INCLUDED = re.compile(r"^-r (\S+)$", re.MULTILINE)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, set[str]]:
    """The versions of a lock; a package may have several for several Pythons or systems."""
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(text_of(lock)):
        found.setdefault(normal(name), set()).add(version)
    return found


def locks() -> list[str]:
    return [name for name in files() if name.endswith(".txt") and name.removesuffix(".txt") + ".in" in files()]


def wanted(source: str) -> set[str]:
    """The names a source asks for, with those of the sources it includes."""
    text = text_of(source)
    names = {normal(name) for name in WANTED.findall(text)}
    folder = source.rpartition("/")[0]
    for included in INCLUDED.findall(text):
        names |= wanted(_joined(folder, included))
    return names


def _joined(folder: str, path: str) -> str:
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def test_every_source_has_its_lock() -> None:
    """Installing what is merely asked for would install something else every week."""
    sources = {name for name in files() if name.endswith(".in")}
    assert {name for name in sources if name.removesuffix(".in") + ".txt" not in files()} == WITHOUT_LOCK


@pytest.mark.parametrize("lock", locks())
def test_every_pin_has_a_hash(lock: str) -> None:
    """One pin without a hash makes pip refuse the whole lock, and rightly so."""
    text = text_of(lock)
    starts = [match.start() for match in PIN.finditer(text)]
    without = [
        text[start:end].split()[0]
        for start, end in pairwise([*starts, len(text)])
        if "--hash=sha256:" not in text[start:end]
    ]
    assert starts
    assert without == []


@pytest.mark.parametrize("lock", locks())
def test_everything_asked_for_is_locked(lock: str) -> None:
    """A name that was added to the source and never locked is missing on the next fresh machine."""
    assert wanted(lock.removesuffix(".txt") + ".in") - set(pins(lock)) == set()


@pytest.mark.parametrize("lock", SERVICE_LOCKS)
def test_a_service_runs_with_the_same_versions_everywhere(lock: str) -> None:
    """What was tested in one environment is what runs in the service's own container."""
    runtime = pins(RUNTIME)
    assert {name: versions for name, versions in pins(lock).items() if not versions <= runtime.get(name, set())} == {}


def test_the_tests_run_with_the_versions_of_the_runtime() -> None:
    """Otherwise they would test something that nobody runs."""
    development = pins(DEVELOPMENT)
    assert {name for name, versions in pins(RUNTIME).items() if development.get(name) != versions} == set()


def test_the_runtime_is_what_the_services_need() -> None:
    """The one environment of a laptop holds everything of every service."""
    of_services = {name for lock in SERVICE_LOCKS for name in pins(lock)}
    assert of_services <= set(pins(RUNTIME))
