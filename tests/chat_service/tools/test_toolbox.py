"""The toolbox: whatever a model asks and a tool does, there is an outcome, and it can be stored."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from chat_service.providers.port import OfferedTool, ToolCall
from chat_service.tools.calculator import Calculator
from chat_service.tools.port import ToolFailed
from chat_service.tools.toolbox import MAX_RESULT_BYTES, Toolbox
from service_kit.auth import Scope

CALLER = Scope(uuid4(), uuid4())


class Scripted:
    """A tool that does what a test wants."""

    timeout_seconds = 20.0

    def __init__(self, does: Callable[[dict[str, Any], Scope], Awaitable[str]], **schema: Any) -> None:
        self.offered = OfferedTool("scripted", "Does what a test wants.", {"type": "object", **schema})
        self._does = does

    async def run(self, arguments: dict[str, Any], *, caller: Scope) -> str:
        return await self._does(arguments, caller)


def saying(text: str) -> Toolbox:
    async def say(_arguments: dict[str, Any], _caller: Scope) -> str:
        return text

    return Toolbox([Scripted(say)])


def failing(error: BaseException) -> Toolbox:
    async def fail(_arguments: dict[str, Any], _caller: Scope) -> str:
        raise error

    return Toolbox([Scripted(fail)])


async def outcome(box: Toolbox, arguments: str = "{}", *, name: str = "scripted", **how: Any) -> tuple[str, bool]:
    told = await box.run(ToolCall("1", name, arguments), scope=CALLER, **how)
    return told.result, told.is_failed


async def test_a_tool_gets_its_arguments_and_learns_who_calls() -> None:
    heard: list[Any] = []

    async def hear(arguments: dict[str, Any], caller: Scope) -> str:
        heard.append((arguments, caller))
        return "heard"

    assert await outcome(Toolbox([Scripted(hear)]), '{"a": [1, "\u00e9"]}') == ("heard", False)
    assert heard == [({"a": [1, "\u00e9"]}, CALLER)]


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("calculator", '{"expression": "1 / 0"}', "divides by zero"),
        ("calculator", '{"expression": 5}', "expression: 5 is not of type 'string'"),
        ("calculator", '{"expression": "1", "precision": 5}', "'precision' was unexpected"),
        ("calculator", "", "'expression' is a required property"),
        ("calculator", "{", "not valid JSON"),
        ("calculator", "[]", "must be a JSON object"),
        ("browser", "{}", "no tool called 'browser'"),
        ("", "{}", "no tool called ''"),
        ("x" * 10_000, "{}", "no tool called"),
    ],
)
async def test_what_a_model_does_wrong_is_told_to_it(name: str, arguments: str, why: str) -> None:
    told, is_failed = await outcome(Toolbox([Calculator()]), arguments, name=name)
    assert is_failed
    assert why in told
    assert len(told) < 500


@pytest.mark.parametrize("error", [ValueError("a secret"), RecursionError(), ExceptionGroup("a", [OSError("secret")])])
async def test_a_tool_that_crashes_fails_without_its_own_words(error: Exception) -> None:
    """Unexpected errors quote addresses and keys; only a ToolFailed was written for the model."""
    assert await outcome(failing(error)) == ("The tool failed.", True)


async def test_a_tool_that_fails_says_why() -> None:
    assert await outcome(failing(ToolFailed("The shelf is empty."))) == ("The shelf is empty.", True)


async def test_a_tool_that_hangs_is_left() -> None:
    left = asyncio.Event()

    async def hang(_arguments: dict[str, Any], _caller: Scope) -> str:
        try:
            await asyncio.Event().wait()
        finally:
            left.set()
        return "never"

    told = await outcome(Toolbox([Scripted(hang)]), timeout_seconds=0.01)
    assert told == ("The tool did not answer within 0.01 seconds.", True)
    assert left.is_set()


async def test_a_cancellation_passes_through() -> None:
    started = asyncio.Event()

    async def hang(_arguments: dict[str, Any], _caller: Scope) -> str:
        started.set()
        await asyncio.Event().wait()
        return "never"

    running = asyncio.create_task(outcome(Toolbox([Scripted(hang)])))
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize("text", ["x" * 100_000, "\u00e9" * 100_000, "\U0001f600" * 50_000])
async def test_a_huge_result_is_cut_and_says_so(text: str) -> None:
    told, is_failed = await outcome(saying(text))
    assert not is_failed
    assert MAX_RESULT_BYTES - 4 <= len(told.encode()) <= MAX_RESULT_BYTES
    kept, note = told.split("\n")
    assert text.startswith(kept)
    assert f"the result has {len(text.encode())} bytes" in note


async def test_a_result_at_the_limit_is_kept_whole() -> None:
    assert await outcome(saying("x" * MAX_RESULT_BYTES)) == ("x" * MAX_RESULT_BYTES, False)


async def test_what_cannot_be_stored_is_left_out() -> None:
    assert await outcome(saying("a\x00b\ud800c")) == ("abc", False)
    assert await outcome(failing(ToolFailed("a\x00b"))) == ("ab", True)


async def test_without_servers_there_is_nothing_to_supervise() -> None:
    await Toolbox([Calculator()]).supervise()


def test_the_sdk_is_not_loaded_for_built_ins() -> None:
    """It takes a second and forty megabytes, which whoever configures no server should not pay."""
    check = "import sys, chat_service.tools.toolbox, chat_service.tools.router; sys.exit('mcp' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", check], env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode
        == 0
    )
