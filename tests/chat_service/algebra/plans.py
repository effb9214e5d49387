"""Generated plans: what is asked, what the model does meanwhile, and where the listener is cut and comes back."""

from dataclasses import dataclass
from typing import Final, Literal

from hypothesis import strategies as st
from tests.chat_service.algebra.script import Hangs, Script, Step, Yields

from chat_service.providers.port import (
    Delta,
    Finish,
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderRefusedCall,
    ProviderRefusedKey,
    ProviderTimedOut,
    ProviderUnavailable,
    Reasoning,
    ToolCall,
    Usage,
)

Action = Literal["ask", "edit", "regenerate", "continue", "queue"]
DoorName = Literal["json", "sse", "websocket", "poll"]
# Where a listener that was cut goes on: where it was, at a place nobody knows, at the start, or by asking once more.
Resume = Literal["place", "elsewhere", "start", "again"]

ACTIONS: Final[tuple[Action, ...]] = ("ask", "edit", "regenerate", "continue", "queue")
DOORS: Final[tuple[DoorName, ...]] = ("json", "sse", "websocket", "poll")
RESUMES: Final[tuple[Resume, ...]] = ("place", "place", "elsewhere", "start", "again")
MODELS: Final = (None, None, "first", "second", "third")


@dataclass(frozen=True)
class Leg:
    """One connection of a listener. It is cut after so many events, `None` means that it stays to the end.

    A plain request tells nothing before the end: it is cut after everybody else has moved so many times.
    """

    door: DoorName
    resume: Resume
    events: int | None


@dataclass(frozen=True)
class Act:
    """One turn: what is asked of which message, what the model does, and how the answer is listened to."""

    action: Action
    choice: int
    model: str | None
    scripts: tuple[Script, ...]
    legs: tuple[Leg, ...]
    # After everybody else has moved so many times, somebody stops the turn through this door.
    stop_after: int | None
    stop_door: Literal["json", "websocket"]


Scene = tuple[Act, ...]

TEXTS = st.sampled_from(["a", "bé ", "😀", "two words ", "\n\n", "```", " ", "ⅷ long piece of text " * 4])
PIECES = st.one_of(TEXTS.map(Delta), TEXTS.map(Delta), TEXTS.map(Reasoning), st.integers(1, 40).map(Yields))
USAGES = st.sampled_from([Usage(7, 3), Usage(12, 5, 4, 2), None])
LATE_ERRORS = st.sampled_from([ProviderCut(), ProviderMalformed(), ProviderTimedOut(), ProviderError()])
EARLY_ERRORS = st.sampled_from(
    [
        ProviderUnavailable(retry_after_seconds=0),
        ProviderRefusedKey(),
        ProviderRefusedCall(),
        ProviderError(),
        ProviderMalformed(),
    ]
)
TOOL_CALLS = st.sampled_from(
    [
        ToolCall("c1", "calculator", '{"expression": "6 * 7"}'),
        ToolCall("c2", "calculator", '{"expression": "1 /"}'),
        ToolCall("c3", "current_time", "{}"),
        ToolCall("", "no_such_tool", "not json"),
    ]
)


@st.composite
def speeches(draw: st.DrawFn) -> list[Step]:
    """What a model says in one call."""
    return [*draw(st.lists(PIECES, max_size=6))]


@st.composite
def endings(draw: st.DrawFn) -> tuple[Step, ...]:
    """How the last call of a turn ends."""
    kind = draw(st.sampled_from(["stop", "stop", "length", "cut", "hang", "nothing"]))
    usage = draw(USAGES)
    match kind:
        case "cut":
            return (draw(LATE_ERRORS),)
        case "hang":
            return (Hangs(),)
        case "nothing":
            return ()
        case _:
            return (Finish(kind), *([usage] if usage else []))


@st.composite
def earlier_calls(draw: st.DrawFn) -> Script:
    """A call that is not the last one of its turn: it fails before its first word, or it asks for tools."""
    if draw(st.booleans()):
        return (*([Yields(draw(st.integers(1, 10)))] if draw(st.booleans()) else []), draw(EARLY_ERRORS))
    usage = draw(USAGES)
    calls = draw(st.lists(TOOL_CALLS, min_size=1, max_size=2))
    return (*draw(speeches()), *calls, Finish("tool_calls"), *([usage] if usage else []))


@st.composite
def acts(draw: st.DrawFn) -> Act:
    """One turn."""
    last = (*draw(speeches()), *draw(endings()))
    scripts = (*draw(st.lists(earlier_calls(), max_size=2)), last)
    cuts = draw(st.lists(st.tuples(st.sampled_from(DOORS), st.sampled_from(RESUMES), st.integers(0, 8)), max_size=3))
    stays = Leg(draw(st.sampled_from(DOORS)), draw(st.sampled_from(RESUMES)), None)
    must_stop = any(isinstance(step, Hangs) for script in scripts for step in script)
    stop_after = draw(st.integers(0, 120)) if must_stop or draw(st.integers(0, 4)) == 0 else None
    return Act(
        action=draw(st.sampled_from(ACTIONS)),
        choice=draw(st.integers(0, 7)),
        model=draw(st.sampled_from(MODELS)),
        scripts=scripts,
        legs=(*(Leg(*cut) for cut in cuts), stays),
        stop_after=stop_after,
        stop_door=draw(st.sampled_from(["json", "websocket"])),
    )


def scenes(*, length: int) -> st.SearchStrategy[Scene]:
    """So many turns in one conversation, one after another."""
    return st.lists(acts(), min_size=length, max_size=length).map(tuple)
