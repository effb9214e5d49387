"""One round of tools: what a model asked for is run at once, and told to it in the order in which it asked.

A turn asks its model at most one time more than `MAX_TOOL_ROUNDS`: after so many rounds it is offered no more tools.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from chat_service.conversations.schemas import ToolStep
from chat_service.providers.port import ContextMessage, ToolCall
from chat_service.tools import arguments
from chat_service.tools.names import cleaned
from chat_service.tools.port import ToolFailed, ToolOutcome, sayable
from chat_service.tools.toolbox import Toolbox
from service_kit.auth import Scope

MAX_CALLS_PER_ROUND: Final = 8
# Calls beyond those that run are refused, so that the model can ask again; beyond these they are not even told.
MAX_CALLS_TOLD: Final = 32
MAX_ID_CHARS: Final = 64
SHOWN_ARGUMENT_CHARS: Final = 8_192

TOO_MANY: Final = ToolOutcome(
    f"Not run: at most {MAX_CALLS_PER_ROUND} tools are run at once. Ask for it again.", is_failed=True
)
STOPPED: Final = "Stopped before it was done."

OnStep = Callable[[ToolStep], None]


def accepted(calls: Sequence[ToolCall], *, taken: Collection[str]) -> tuple[ToolCall, ...]:
    """Return calls that can be stored, shown and sent back: bounded, and each with an id that no other has.

    `taken` are the ids of earlier rounds of the turn. Providers repeat ids, leave them out, or count anew each round.
    """
    used = set(taken)
    found: list[ToolCall] = []
    for call in calls[:MAX_CALLS_TOLD]:
        call_id = _free_id(call.id, used)
        used.add(call_id)
        found.append(replace(call, id=call_id, name=cleaned(call.name), arguments=sayable(call.arguments)))
    return tuple(found)


async def run_round(
    calls: Sequence[ToolCall],
    toolbox: Toolbox,
    *,
    scope: Scope,
    on_step: OnStep,
    timeout_seconds: float | None = None,
) -> tuple[ToolOutcome, ...]:
    """Run accepted calls side by side and return their outcomes in order. Each start and end is told to `on_step`."""

    async def run(call: ToolCall) -> ToolOutcome:
        outcome = await toolbox.run(call, scope=scope, timeout_seconds=timeout_seconds)
        on_step(_step(call, outcome))
        return outcome

    for call in calls[:MAX_CALLS_PER_ROUND]:
        on_step(_step(call, None))
    for call in calls[MAX_CALLS_PER_ROUND:]:
        on_step(_step(call, TOO_MANY))
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(run(call)) for call in calls[:MAX_CALLS_PER_ROUND]]
    return (*(task.result() for task in running), *(TOO_MANY for _ in calls[MAX_CALLS_PER_ROUND:]))


def next_messages(
    messages: Sequence[ContextMessage], *, said: str, calls: Sequence[ToolCall], outcomes: Sequence[ToolOutcome]
) -> tuple[ContextMessage, ...]:
    """Return the context of the next call to the model: what it said and asked for, and what came of it."""
    asked = ContextMessage("assistant", said, tool_calls=tuple(_sent_back(call) for call in calls))
    told = (
        ContextMessage("tool", outcome.result, tool_call_id=call.id)
        for call, outcome in zip(calls, outcomes, strict=True)
    )
    return (*messages, asked, *told)


def settled(steps: Sequence[ToolStep]) -> list[ToolStep]:
    """Return the steps of a turn that has ended: what was still running when it was stopped runs no longer."""
    return [
        step.model_copy(update={"state": "failed", "result": STOPPED}) if step.state == "running" else step
        for step in steps
    ]


def _free_id(wish: str, used: Collection[str]) -> str:
    if wish and len(wish) <= MAX_ID_CHARS and cleaned(wish) == wish and wish not in used:
        return wish
    number = len(used) + 1
    while f"call_{number}" in used:
        number += 1
    return f"call_{number}"


def _step(call: ToolCall, outcome: ToolOutcome | None) -> ToolStep:
    return ToolStep(
        call_id=call.id,
        name=call.name,
        arguments=_shortened(call.arguments),
        state="running" if outcome is None else "failed" if outcome.is_failed else "done",
        result=None if outcome is None else outcome.result,
    )


def _shortened(text: str) -> str:
    if len(text) <= SHOWN_ARGUMENT_CHARS:
        return text
    return f"{text[:SHOWN_ARGUMENT_CHARS]}... [{len(text)} characters]"


def _sent_back(call: ToolCall) -> ToolCall:
    # Servers read these arguments again, and some fail on their own model's bad JSON.
    try:
        arguments.decoded(call.arguments)
    except ToolFailed:
        return replace(call, arguments="{}")
    return replace(call, arguments=call.arguments.strip() or "{}")
