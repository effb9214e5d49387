"""What is made on a first start is made once, and only again when what it was made from has changed."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest
from tests.scripts.copies import REPOSITORY, Copy

import run
from parley import environment, node, page, settings
from parley.say import Refusal

# Says what it was asked for, and does what `npm ci` and `npm run build` leave behind.
SMALL_NPM = """#!{python}
import pathlib, sys
with open("../npm-was-asked", "a") as file:
    file.write(" ".join(sys.argv[1:3]) + "\\n")
if "ci" in sys.argv:
    pathlib.Path("node_modules").mkdir(exist_ok=True)
elif pathlib.Path("src/broken").exists():
    sys.exit("no such module")
else:
    pathlib.Path("dist/assets").mkdir(parents=True, exist_ok=True)
    pathlib.Path("dist/index.html").write_text("<!doctype html>")
    pathlib.Path("dist/assets/main.js").write_text("x;" * 2000)
"""


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 15)])
def test_a_python_that_does_not_fit_is_told_which_would(version: tuple[int, int]) -> None:
    refusal = run.refusal_of(version)
    assert refusal.startswith("Parley needs Python 3.11, 3.12, 3.13 or 3.14")
    assert f"Python {version[0]}.{version[1]}." in refusal
    assert refusal.count("\n") == 1


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_a_python_that_fits_is_not_refused(version: tuple[int, int]) -> None:
    assert run.refusal_of(version) == ""


def test_an_old_python_can_read_the_door() -> None:
    ast.parse((REPOSITORY / "scripts" / "run.py").read_text(), feature_version=(3, 4))


@pytest.mark.parametrize(
    ("version", "is_enough"),
    [
        ("v18.20.0", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("", False),
    ],
)
def test_which_node_can_build_the_page(version: str, *, is_enough: bool) -> None:
    assert node.is_new_enough(version) is is_enough


@pytest.fixture
def with_npm(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    """The copy, unbuilt, on a machine whose npm is the small one."""
    tools = copy.root / "tools"
    tools.mkdir()
    for name, text in {"npm": SMALL_NPM.format(python=sys.executable), "node": "#!/bin/sh\necho v22.12.0\n"}.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    (copy.root / "frontend" / "package-lock.json").write_text("{}")
    (copy.root / "frontend" / "src").mkdir()
    (copy.root / "frontend" / "dist" / page.FINGERPRINT).unlink()
    return settings.read(root=copy.root, environment={})


def asked_of_npm(current: settings.Settings) -> list[str]:
    return (current.root / "npm-was-asked").read_text().splitlines()


def test_the_page_is_built_once_for_the_same_sources(with_npm: settings.Settings) -> None:
    page.ensure(with_npm)
    page.ensure(with_npm)
    assert asked_of_npm(with_npm) == ["ci --no-audit", "run build"]
    assert (with_npm.root / "frontend" / "dist" / "assets" / "main.js.gz").is_file()


def test_changed_sources_are_built_and_changed_packages_installed(with_npm: settings.Settings) -> None:
    page.ensure(with_npm)
    (with_npm.root / "frontend" / "src" / "main.tsx").write_text("changed")
    page.ensure(with_npm)
    assert asked_of_npm(with_npm)[2:] == ["run build"]
    (with_npm.root / "frontend" / "package-lock.json").write_text(json.dumps({"changed": True}))
    page.ensure(with_npm)
    assert asked_of_npm(with_npm)[3:] == ["ci --no-audit", "run build"]


def test_a_build_that_fails_is_quoted_and_tried_again(with_npm: settings.Settings) -> None:
    broken = with_npm.root / "frontend" / "src" / "broken"
    broken.touch()
    with pytest.raises(Refusal, match=r"Building the page failed \(no such module\)"):
        page.ensure(with_npm)
    broken.unlink()
    page.ensure(with_npm)
    assert (with_npm.root / "frontend" / "dist" / page.FINGERPRINT).is_file()


def test_what_is_no_source_does_not_make_the_page_stale(copy: Copy) -> None:
    frontend = copy.root / "frontend"
    before = page.fingerprint_of(frontend)
    for name in ("node_modules/x/index.js", "dist/index.html", "gateway/x.py", "coverage/x.json"):
        (frontend / name).parent.mkdir(parents=True, exist_ok=True)
        (frontend / name).write_text("new")
    assert page.fingerprint_of(frontend) == before
    (frontend / "index.html").write_text("new")
    assert page.fingerprint_of(frontend) != before


@pytest.fixture
def fresh(copy: Copy) -> settings.Settings:
    """The copy with a lock that names nothing, so that installing it needs no network."""
    current = settings.read(root=copy.root, environment={})
    (current.venv / "parley.lock").unlink()
    (current.venv / "bin" / "python").unlink()
    return current


def test_an_environment_is_made_and_stamped_with_its_lock(fresh: settings.Settings) -> None:
    environment.ensure(fresh)
    stamp = fresh.venv / environment.STAMP
    assert environment.python_of(fresh).exists()
    written_at = stamp.stat().st_mtime_ns
    environment.ensure(fresh)
    assert stamp.stat().st_mtime_ns == written_at


def test_one_for_development_serves_for_running_but_not_the_other_way_round(fresh: settings.Settings) -> None:
    environment.ensure(fresh, environment.DEVELOPMENT)
    development = (fresh.venv / environment.STAMP).read_text()
    environment.ensure(fresh)
    assert (fresh.venv / environment.STAMP).read_text() == development

    (fresh.root / environment.DEVELOPMENT).write_text("# changed\n")
    environment.ensure(fresh)
    runtime = (fresh.venv / environment.STAMP).read_text()
    environment.ensure(fresh, environment.DEVELOPMENT)
    assert (fresh.venv / environment.STAMP).read_text() not in {development, runtime}


def test_a_failed_installation_leaves_no_half_environment(fresh: settings.Settings) -> None:
    unknown = "no-such-package-of-parley @ file:///nowhere/no_such_package-1.0-py3-none-any.whl"
    (fresh.root / environment.RUNTIME).write_text(f"{unknown} --hash=sha256:{'0' * 64}\n")
    with pytest.raises(Refusal, match="could not be installed"):
        environment.ensure(fresh)
    assert not fresh.venv.exists()


def test_a_python_without_venv_is_told_what_to_install(
    fresh: settings.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(Refusal, match="apt install python3"):
        environment.ensure(fresh)


def test_paths_and_addresses_follow_from_one_setting(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FRONTEND_PORT=4000\nCHAT_PORT=9000\nDATA_DIR=elsewhere\n")
    told = settings.read(root=tmp_path, environment={"CHAT_PORT": "9001"}).for_the_services()
    assert told["CHAT_URL"] == "http://127.0.0.1:9001"
    assert told["PUBLIC_ORIGIN"] == "http://localhost:4000"
    assert told["DATA_DIR"] == str(tmp_path / "elsewhere")


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused_by_name(tmp_path: Path, port: str) -> None:
    with pytest.raises(Refusal, match="CHAT_PORT must be a port"):
        _ = settings.read(root=tmp_path, environment={"CHAT_PORT": port}).ports
