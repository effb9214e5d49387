"""The page: built when its sources have changed since the last build, and otherwise left as it is."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from parley import environment, node, processes, say
from parley.say import Refusal
from parley.settings import Settings

NOT_SOURCES = frozenset({"node_modules", "dist", "gateway", "coverage", "Dockerfile"})
FINGERPRINT = ".fingerprint"
COMPRESSIBLE = frozenset({".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm", ".webmanifest"})
SMALLEST_WORTH_COMPRESSING_BYTES = 1024


def ensure(settings: Settings) -> None:
    """Have a page in frontend/dist that was made from exactly these sources."""
    frontend = settings.root / "frontend"
    stamp = frontend / "dist" / FINGERPRINT
    fingerprint = fingerprint_of(frontend)
    if stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint:
        return
    stamp.unlink(missing_ok=True)
    tools = ensure_packages(settings)
    run_npm(settings, tools, ["run", "build"], title="Building the page")
    if not (frontend / "dist" / "index.html").is_file():
        raise Refusal(f"The build of the page made no frontend/dist/index.html: see {environment.setup_log(settings)}.")
    _compress(frontend / "dist")
    stamp.write_text(fingerprint, encoding="ascii")


def ensure_packages(settings: Settings) -> node.Node:
    """Have the packages that frontend/package-lock.json names; npm removes them all first, the stamp included."""
    frontend = settings.root / "frontend"
    tools = node.find_or_install(settings)
    lock = hashlib.sha256((frontend / "package-lock.json").read_bytes()).hexdigest()
    stamp = frontend / "node_modules" / ".parley-lock"
    if not stamp.is_file() or stamp.read_text(encoding="ascii") != lock:
        stamp.unlink(missing_ok=True)
        run_npm(settings, tools, ["ci", "--no-audit", "--no-fund"], title="Installing the page's packages")
        stamp.write_text(lock, encoding="ascii")
    return tools


def run_npm(settings: Settings, tools: node.Node, arguments: list[str], *, title: str) -> None:
    env = environment.clean_environment({"PATH": tools.path(), "CI": "1", "NO_COLOR": "1"})
    log_file = environment.setup_log(settings)
    with say.step(title) as step, log_file.open("a", encoding="utf-8") as log:
        code, lines = processes.run(
            [*tools.npm, *arguments], log=log, cwd=settings.root / "frontend", env=env, on_line=step.detail
        )
        if code != 0:
            reason = " ".join(line.strip() for line in lines[-3:])
            raise Refusal(f"{title} failed ({reason}): the whole story is in {log_file}.")


def fingerprint_of(frontend: Path) -> str:
    """One number for every source file's name and content."""
    digest = hashlib.sha256()
    for file in sorted(_sources(frontend)):
        digest.update(f"{file.relative_to(frontend).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _sources(frontend: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(frontend):
        if Path(folder) == frontend:
            folders[:] = [name for name in folders if name not in NOT_SOURCES]
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        yield from (
            Path(folder) / name for name in names if name not in NOT_SOURCES and not name.endswith(".tsbuildinfo")
        )


def _compress(dist: Path) -> None:
    """Once here, so that the gateway never has to."""
    for file in dist.rglob("*"):
        if file.suffix in COMPRESSIBLE and file.stat().st_size >= SMALLEST_WORTH_COMPRESSING_BYTES:
            file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), compresslevel=9, mtime=0))
