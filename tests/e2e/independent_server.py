"""The LiteLLM proxy: an OpenAI-compatible server that we did not write, run from an environment of its own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements" / "litellm.txt"
ENVIRONMENT = ROOT / ".venv-litellm"
START_SECONDS = 180.0
STOP_SECONDS = 10.0

KEY = "sk-parley-tests-0123456789abcdef0123456789abcdef"
MODEL = "independent-1"
# The same answer, asked for by the server of itself: only so is it streamed in Claude's API as well.
STREAMED_MODEL = "independent-2"
# Answered by whoever listens at `behind_port`; the server tells in words of its own what that one said.
RELAYED_MODEL = "independent-3"
SAYS = "An independent server says: naïve 漢字, **one** piece at a time."


class NotInstalled(Exception):
    """The server's packages cannot be had."""


@dataclass
class IndependentServer:
    """A running proxy."""

    url: str
    behind_port: int
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def installed() -> Path:
    """Return the Python of the server's environment, which is made once for every lock and Python version."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = ENVIRONMENT / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    how = ["--quiet", "--disable-pip-version-check", "--no-compile", "--require-hashes", "--only-binary", ":all:"]
    install = subprocess.run(
        [str(python), "-m", "pip", "install", *how, "-r", str(REQUIREMENTS)], capture_output=True, text=True
    )
    if install.returncode != 0:
        raise NotInstalled(
            "The independent server (about 120 packages, 600 MB) could not be installed. "
            f"Is the package registry reachable? pip ended with:\n{install.stderr[-2_000:]}"
        )
    stamp.write_text(wanted)
    return python


def start(folder: Path) -> IndependentServer:
    """Start the proxy with one model that always says the same, and wait until it answers."""
    config, log = folder / "litellm.yaml", folder / "litellm.log"
    # JSON is YAML, and needs no library to be written.
    port, behind_port = _free_port(), _free_port()
    config.write_text(json.dumps(_configuration(port, behind_port)), encoding="utf-8")
    command = [str(installed()), "-c", "from litellm import run_server; run_server()"]
    options = ["--config", str(config), "--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"]
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MASTER_KEY": KEY, "PYTHONUTF8": "1"}
    for foreign in ("PYTHONPATH", "DATABASE_URL"):
        environment.pop(foreign, None)
    with log.open("wb") as output:
        process = subprocess.Popen([*command, *options], stdout=output, stderr=output, env=environment, cwd=folder)
    server = IndependentServer(f"http://127.0.0.1:{port}/v1", behind_port, process)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/health/liveliness", process)
    except TimeoutError:
        server.stop()
        raise TimeoutError(
            f"The independent server did not start:\n{log.read_text(errors='replace')[-3_000:]}"
        ) from None
    return server


def _configuration(port: int, behind_port: int) -> dict[str, object]:
    answer = {"model": "openai/gpt-4o", "api_key": "none", "mock_response": SAYS}
    itself = {"model": f"hosted_vllm/{MODEL}", "api_key": KEY, "api_base": f"http://127.0.0.1:{port}/v1"}
    behind = {"model": "openai/behind", "api_key": "none", "api_base": f"http://127.0.0.1:{behind_port}/v1"}
    models = {MODEL: answer, STREAMED_MODEL: itself, RELAYED_MODEL: behind}
    return {"model_list": [{"model_name": name, "litellm_params": params} for name, params in models.items()]}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError
