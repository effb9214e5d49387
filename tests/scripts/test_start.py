"""Starting and stopping, as an operator does it: with commands, signals and things in the way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.scripts.copies import PACKAGES, Copy, eventually, is_running


def test_a_first_start_says_the_address_and_the_password_once(copy: Copy) -> None:
    copy.start()
    said = copy.said()
    password = dict(
        line.split("=", 1) for line in (copy.root / ".env").read_text().splitlines() if line.startswith("ADMIN_")
    )["ADMIN_PASSWORD"]
    assert f"http://localhost:{copy.ports['FRONTEND_PORT']}" in said
    assert "admin" in said
    assert password in said

    assert copy.run("stop").returncode == 0
    assert password not in copy.run("start", "--detach").stdout


def test_everything_runs_and_is_told_where_the_others_are(copy: Copy) -> None:
    copy.start()
    told = copy.told("chat-service")
    assert told["AUTH_URL"] == f"http://127.0.0.1:{copy.ports['AUTH_PORT']}"
    assert told["PUBLIC_ORIGIN"] == f"http://localhost:{copy.ports['FRONTEND_PORT']}"
    assert told["EXTRA_ORIGINS"] == f"http://127.0.0.1:{copy.ports['FRONTEND_PORT']}"
    assert (told["DATA_DIR"], told["PARLEY_ENV_FILE"]) == (str(copy.data), str(copy.root / ".env"))
    status = copy.run("status")
    assert status.returncode == 0
    assert all(name in status.stdout for name in ("auth-service", "chat-service", "analytics-service", "gateway"))


def test_only_the_page_leaves_the_machine(copy: Copy) -> None:
    copy.start(BIND_HOST="0.0.0.0")
    hosts = {folder: copy.told(folder)["BIND_HOST"] for folder in PACKAGES}
    assert hosts.pop("frontend/gateway") == "0.0.0.0"
    assert set(hosts.values()) == {"127.0.0.1"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_gateway_first_and_leaves_nothing(copy: Copy, number: signal.Signals) -> None:
    started = copy.start()
    pids = copy.children()
    started.send_signal(number)
    assert started.wait(20) == 0
    assert not [name for name, pid in pids.items() if is_running(pid)]
    stopped = (copy.data / "stopped").read_text().split()
    assert stopped[0] == "parley_gateway"
    assert sorted(stopped[1:]) == ["analytics_service", "auth_service", "chat_service"]
    assert list((copy.data / "run").iterdir()) == []


def test_in_the_background_the_same_commands_work(copy: Copy) -> None:
    started = copy.run("start", "--detach")
    assert started.returncode == 0, started.stdout
    assert "Parley is ready" in started.stdout
    pids = copy.children()
    assert all(is_running(pid) for pid in pids.values())
    assert copy.run("stop").returncode == 0
    assert not any(is_running(pid) for pid in pids.values())
    assert copy.run("status").returncode == 3


def test_a_second_start_changes_nothing(copy: Copy) -> None:
    copy.start()
    before = copy.state
    again = copy.run("start")
    assert (again.returncode, copy.state) == (0, before)
    assert f"running already: http://localhost:{copy.ports['FRONTEND_PORT']}" in again.stdout


def test_a_taken_port_is_named_with_its_setting_and_nothing_is_left(copy: Copy) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(copy.ports["CHAT_PORT"])))
        taken.listen()
        refused = copy.run("start")
    assert refused.returncode == 1
    assert f"Port {copy.ports['CHAT_PORT']} (CHAT_PORT) is taken" in refused.stdout
    assert not (copy.root / ".env").exists()
    assert list((copy.data / "run").iterdir()) == []


def test_a_service_that_cannot_start_is_quoted_and_the_others_are_stopped(copy: Copy) -> None:
    (copy.package("chat-service") / "broken").touch()
    refused = copy.run("start")
    assert refused.returncode == 1
    assert "chat-service ended while it was starting" in refused.stdout
    assert "this service is broken on purpose" in refused.stdout
    assert list((copy.data / "run").iterdir()) == []
    assert all(_is_free(port) for port in copy.ports.values())


def test_the_same_in_the_background(copy: Copy) -> None:
    (copy.package("auth-service") / "broken").touch()
    refused = copy.run("start", "--detach")
    assert refused.returncode == 1
    assert "this service is broken on purpose" in refused.stdout.splitlines()[-1]
    assert all(_is_free(port) for port in copy.ports.values())


def test_a_service_that_crashes_is_started_again(copy: Copy) -> None:
    copy.start()
    before = copy.children()
    os.kill(before["auth-service"], signal.SIGKILL)
    eventually(lambda: copy.children().get("auth-service", before["auth-service"]) != before["auth-service"])
    eventually(lambda: copy.run("status").returncode == 0)
    assert "auth-service ended (signal 9) and is started again" in copy.said()
    after = copy.children()
    assert {name: pid for name, pid in after.items() if name != "auth-service"} == {
        name: pid for name, pid in before.items() if name != "auth-service"
    }


def test_what_a_killed_run_left_behind_is_stopped_by_the_next_start(copy: Copy) -> None:
    started = copy.start()
    left = copy.children()
    started.send_signal(signal.SIGKILL)
    started.wait()
    assert all(is_running(pid) for pid in left.values())
    copy.start()
    assert "left behind by a run that was killed" in copy.said()
    assert not set(left.values()) & set(copy.children().values())
    assert not any(is_running(pid) for pid in left.values())


def test_a_stranger_with_a_number_of_ours_is_left_alone(copy: Copy) -> None:
    """Numbers of processes are given out again: one in a stale file says nothing without its time of birth."""
    copy.start()
    state = (copy.data / "run" / "parley.json").read_text()
    pids = copy.children()
    copy.run("stop")
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        try:
            for pid in pids.values():
                state = state.replace(f'"pid": {pid}', f'"pid": {stranger.pid}')
            (copy.data / "run" / "parley.json").write_text(state)
            assert "not running" in copy.run("stop").stdout
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_file_of_settings_without_secrets_is_refused_by_name(copy: Copy) -> None:
    (copy.root / ".env").write_text("OPENAI_API_KEY=mine\n")
    refused = copy.run("start")
    assert refused.returncode == 1
    assert "no value for AUTH_SECRET_KEY and INTERNAL_API_TOKEN" in refused.stdout
    assert (copy.root / ".env").read_text() == "OPENAI_API_KEY=mine\n"


def test_a_folder_that_cannot_be_written_to_is_said_in_one_sentence(copy: Copy) -> None:
    refused = copy.run("start", DATA_DIR="/dev/null/data")
    assert (refused.returncode, refused.stdout.count("\n")) == (1, 1)
    assert "/dev/null/data cannot be written to" in refused.stdout


def test_logs_are_kept_apart_shown_and_followed(copy: Copy) -> None:
    copy.start()
    log = copy.data / "logs" / "chat-service.log"
    log.write_text("one line\n")
    assert "chat-service | one line" in copy.run("logs", "chat-service").stdout
    with subprocess.Popen(
        [sys.executable, str(copy.root / "scripts" / "run.py"), "logs", "-f", "chat-service"],
        env=copy.env,
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        assert following.stdout is not None
        assert following.stdout.readline() == "chat-service | one line\n"
        with log.open("a") as stream:
            stream.write("another line\n")
        assert following.stdout.readline() == "chat-service | another line\n"
        following.terminate()


def test_a_log_that_is_not_there_is_named(copy: Copy) -> None:
    copy.start()
    refused = copy.run("logs", "billing-service")
    assert (refused.returncode, "no log of billing-service" in refused.stdout) == (1, True)


def test_the_wrapper_of_this_system_runs_the_launcher(copy: Copy) -> None:
    script = copy.root / "scripts" / ("macos" if sys.platform == "darwin" else "linux") / "status.sh"
    shown = subprocess.run([str(script)], env=copy.env, capture_output=True, text=True, check=False, cwd=Path.home())
    assert (shown.returncode, shown.stdout) == (3, "Parley is not running.\n")


def _is_free(port: str) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", int(port))) != 0
