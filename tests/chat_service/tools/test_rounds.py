"""One round of tools: side by side, in order, and each call known by an id of its own."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_service.conversations.schemas import ToolStep
from chat_service.providers.port import ContextMessage, OfferedTool, ToolCall
from chat_service.tools.calculator import Calculator
from chat_service.tools.port import ToolOutcome
from chat_service.tools.rounds import (
    MAX_CALLS_PER_ROUND,
    MAX_CALLS_TOLD,
    SHOWN_ARGUMENT_CHARS,
    accepted,
    next_messages,
    run_round,
    settled,
)
from chat_service.tools.toolbox import Toolbox
from service_kit.auth import Scope

CALLER = Scope(uuid4(), uuid4())
BOX = Toolbox([Calculator()])


def calculation(expression: str, *, call_id: str = "") -> ToolCall:
    return ToolCall(call_id, "calculator", f'{{"expression": "{expression}"}}')


class Gate:
    """A tool that answers only when as many calls as it wants have come: proof that they run side by side."""

    offered = OfferedTool("gate", "Waits for the others.", {"type": "object"})
    timeout_seconds = 20.0

    def __init__(self, parties: int) -> None:
        self._barrier = asyncio.Barrier(parties)

    async def run(self, arguments: dict[str, Any], *, caller: Scope) -> str:
        await self._barrier.wait()
        return str(arguments["n"])


async def test_calls_run_side_by_side_and_are_told_in_order() -> None:
    calls = accepted([ToolCall("", "gate", f'{{"n": {n}}}') for n in range(MAX_CALLS_PER_ROUND)], taken=())
    steps: list[ToolStep] = []
    outcomes = await run_round(calls, Toolbox([Gate(MAX_CALLS_PER_ROUND)]), scope=CALLER, on_step=steps.append)
    assert [outcome.result for outcome in outcomes] == [str(n) for n in range(MAX_CALLS_PER_ROUND)]
    assert [step.state for step in steps] == ["running"] * MAX_CALLS_PER_ROUND + ["done"] * MAX_CALLS_PER_ROUND


async def test_each_start_and_end_is_told() -> None:
    calls = accepted([calculation("6 * 7", call_id="a"), calculation("1 / 0", call_id="b")], taken=())
    steps: list[ToolStep] = []
    await run_round(calls, BOX, scope=CALLER, on_step=steps.append)
    asked = {call.id: call.arguments for call in calls}
    assert steps[:2] == [
        ToolStep(call_id=call_id, name="calculator", arguments=asked[call_id], state="running") for call_id in "ab"
    ]
    ended = {step.call_id: (step.state, step.result, step.arguments) for step in steps[2:]}
    assert ended == {"a": ("done", "42", asked["a"]), "b": ("failed", "That divides by zero.", asked["b"])}


async def test_more_calls_than_a_round_takes_are_refused_and_told() -> None:
    """A call without an answer would make the next question to the model invalid."""
    calls = accepted([calculation(str(n)) for n in range(MAX_CALLS_PER_ROUND + 2)], taken=())
    steps: list[ToolStep] = []
    outcomes = await run_round(calls, BOX, scope=CALLER, on_step=steps.append)
    assert [outcome.is_failed for outcome in outcomes] == [False] * MAX_CALLS_PER_ROUND + [True] * 2
    assert "at most 8" in outcomes[-1].result
    assert {step.call_id: step.state for step in steps}[calls[-1].id] == "failed"


async def test_a_stopped_round_stops_its_tools() -> None:
    steps: list[ToolStep] = []
    calls = accepted([ToolCall("a", "gate", '{"n": 1}'), calculation("1", call_id="b")], taken=())
    is_done = asyncio.Event()

    def told(step: ToolStep) -> None:
        steps.append(step)
        if step.state == "done":
            is_done.set()

    running = asyncio.create_task(run_round(calls, Toolbox([Gate(2), Calculator()]), scope=CALLER, on_step=told))
    await is_done.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    last = {step.call_id: step for step in steps}
    ended = settled(list(last.values()))
    assert {step.call_id: (step.state, step.result) for step in ended} == {
        "a": ("failed", "Stopped before it was done."),
        "b": ("done", "1"),
    }


def test_ids_are_kept_when_they_are_good() -> None:
    calls = [ToolCall("call_x1", "a", "{}"), ToolCall("toolu_9", "b", "{}")]
    assert accepted(calls, taken=()) == tuple(calls)


@pytest.mark.parametrize("bad", ["", "call_1", "a b", "x" * 65, "\x00", "\u00e9"])
def test_a_missing_repeated_or_strange_id_is_replaced(bad: str) -> None:
    first, second = accepted([ToolCall(bad, "a", "{}"), ToolCall(bad, "b", "{}")], taken={"call_1", "call_2"})
    assert len({first.id, second.id, "call_1", "call_2"}) == 4


@given(
    st.lists(st.one_of(st.text(max_size=5), st.sampled_from(["call_1", "call_2", "a"])), max_size=50), st.integers(1, 4)
)
def test_ids_are_unique_over_all_rounds(ids: list[str], rounds: int) -> None:
    taken: list[str] = []
    for _ in range(rounds):
        taken += [call.id for call in accepted([ToolCall(each, "a", "{}") for each in ids], taken=taken)]
    assert len(set(taken)) == len(taken) == rounds * min(len(ids), MAX_CALLS_TOLD)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", each) for each in taken)


def test_a_call_can_be_stored_whatever_the_model_wrote() -> None:
    (call,) = accepted([ToolCall("1", "get weather\x00!", '{"a": "\x00\ud800"}')], taken=())
    assert (call.name, call.arguments) == ("get_weather__", '{"a": ""}')


async def test_long_arguments_are_shown_shortened() -> None:
    (call,) = accepted([calculation("1" * 50_000, call_id="a")], taken=())
    steps: list[ToolStep] = []
    await run_round([call], BOX, scope=CALLER, on_step=steps.append)
    assert all(len(step.arguments) < SHOWN_ARGUMENT_CHARS + 50 for step in steps)
    assert steps[0].arguments.endswith(f"[{len(call.arguments)} characters]")


def test_the_model_is_told_what_it_asked_and_what_came_of_it() -> None:
    before = (ContextMessage("system", "be brief"), ContextMessage("user", "6 * 7 and the news?"))
    calls = (calculation("6 * 7", call_id="a"), ToolCall("b", "news", ""), ToolCall("c", "news", "{not json"))
    outcomes = (
        ToolOutcome("42"),
        ToolOutcome("none"),
        ToolOutcome("The arguments are not valid JSON.", is_failed=True),
    )
    after = next_messages(before, said="Let me see.", calls=calls, outcomes=outcomes)
    assert after[:2] == before
    # Arguments that are no JSON are not sent back: servers of the protocol parse them, and some then fail.
    sent = (calls[0], ToolCall("b", "news", "{}"), ToolCall("c", "news", "{}"))
    assert after[2] == ContextMessage("assistant", "Let me see.", tool_calls=sent)
    assert after[3:] == tuple(
        ContextMessage("tool", outcome.result, tool_call_id=call.id)
        for call, outcome in zip(calls, outcomes, strict=True)
    )
