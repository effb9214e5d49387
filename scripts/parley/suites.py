"""What there is to test: the checks that run nothing, the page's own, and every folder of tests/."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from parley import environment
from parley.node import Node
from parley.say import Refusal
from parley.settings import Settings

CHECKS = "checks"
PAGE = "page"
# These start the whole product or measure it, so nothing else may run beside them.
NEEDS_THE_MACHINE = ("e2e", "browser", "faults", "security", "performance")
# So many tests that they are shared by two processes; whoever runs alone at the end has the machine anyway.
SHARED_BY_TWO = ("chat_service",)
PYTHON_FOLDERS = ("service-kit", "auth-service", "chat-service", "analytics-service", "frontend/gateway", "scripts")
YAML_RULES = "{extends: relaxed, rules: {line-length: {max: 140}}}"
ALIASES = {"unit": lambda name: name not in (*NEEDS_THE_MACHINE, CHECKS, PAGE)}


@dataclass(frozen=True)
class Suite:
    """Something that passes or fails as a whole."""

    name: str
    commands: list[list[str]]
    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    # Then it has to have run some.
    is_of_tests: bool = False

    @property
    def needs_the_machine(self) -> bool:
        return self.name in NEEDS_THE_MACHINE


def names(settings: Settings) -> list[str]:
    """All suites, those that need the machine last. A folder is a suite as soon as it has a file of tests."""
    sizes: dict[str, int] = {}
    for file in (settings.root / "tests").glob("*/**/test_*.py"):
        folder = file.relative_to(settings.root / "tests").parts[0]
        sizes[folder] = sizes.get(folder, 0) + file.stat().st_size
    heavy = [name for name in NEEDS_THE_MACHINE if name in sizes]
    # The largest first, so that no long one is left to run alone at the end.
    others = sorted(sizes.keys() - set(heavy), key=lambda name: (-sizes[name], name))
    return [CHECKS, PAGE, *others, *heavy]


def chosen(settings: Settings, asked_for: Sequence[str]) -> list[str]:
    known = names(settings)
    picked = {name for asked in asked_for for name in (filter(ALIASES[asked], known) if asked in ALIASES else [asked])}
    unknown = sorted(picked.difference(known))
    if unknown:
        raise Refusal(f"There is no suite {unknown[0]}; there are {', '.join([*known, *ALIASES])}.")
    return [name for name in known if name in picked or not picked]


def of(settings: Settings, name: str, *, tools: Node, env: dict[str, str], arguments: Sequence[str]) -> Suite:
    if name == CHECKS:
        return _checks(settings)
    if name == PAGE:
        return _page(settings, tools)
    return _tests(settings, name, env=env, arguments=arguments)


def _checks(settings: Settings) -> Suite:
    """Everything that judges the sources without running them."""
    root = settings.root
    tool = environment.programs_of(settings)
    python = str(environment.python_of(settings))
    modules = [[python, "-m", *words] for words in _python_checks(root)]
    programs = [
        [_program(tool, "shellcheck"), *_files(root, "scripts/**/*.sh", "deploy/**/*.sh", ".ci/run")],
        [_program(tool, "hadolint"), *_files(root, "*/Dockerfile", "deploy/**/Dockerfile")],
    ]
    # Some of these tools exist on Linux and macOS only; there they are required.
    return Suite(CHECKS, [*modules, *(command for command in programs if command[0])], folder=root)


def _page(settings: Settings, tools: Node) -> Suite:
    env = {"PATH": tools.path(), "CI": "1", "NO_COLOR": "1"}
    return Suite(PAGE, [[*tools.npm, "run", "check"]], folder=settings.root / "frontend", env=env)


def _tests(settings: Settings, name: str, *, env: dict[str, str], arguments: Sequence[str]) -> Suite:
    shared = ["-n", "2", "--dist", "worksteal"] if name in SHARED_BY_TWO else []
    command = [str(environment.python_of(settings)), "-m", "pytest", "--quiet", *shared, f"tests/{name}", *arguments]
    return Suite(name, [command], folder=settings.root, env=env, is_of_tests=True)


def _python_checks(root: Path) -> list[list[str]]:
    folders = [folder for folder in PYTHON_FOLDERS if (root / folder).is_dir()]
    return [
        ["ruff", "check", *folders, "tests"],
        ["ruff", "format", "--check", *folders, "tests"],
        ["mypy", *folders, "tests"],
        ["bandit", "-q", "-ll", "-r", *folders],
        ["check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        ["yamllint", "-s", "-d", YAML_RULES, "docker-compose.yml", ".pre-commit-config.yaml"],
    ]


def _program(folder: Path, name: str) -> str:
    return shutil.which(name, path=str(folder)) or ""


def _files(root: Path, *patterns: str) -> list[str]:
    return sorted(file.relative_to(root).as_posix() for pattern in patterns for file in root.glob(pattern))
