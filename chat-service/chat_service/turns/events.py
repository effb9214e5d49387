"""The numbered events of a turn: the same on every transport, and how each of them changes the reply."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field, RootModel

from chat_service.conversations.schemas import Fallback, MessageView, ToolStep
from service_kit.contracts.events import UsageSource


class _TurnEvent(BaseModel):
    turn_id: UUID
    epoch: str
    seq: int


class StartedEvent(_TurnEvent):
    """The question is stored and the model is being asked. The reply may begin with the text that it continues."""

    kind: Literal["started"] = "started"
    client_message_id: UUID
    question: MessageView
    reply: MessageView


class DeltaEvent(_TurnEvent):
    """A piece of the answer."""

    kind: Literal["delta"] = "delta"
    text: str


class ReasoningEvent(_TurnEvent):
    """A piece of what the model thinks before it answers."""

    kind: Literal["reasoning"] = "reasoning"
    text: str


class ToolEvent(_TurnEvent):
    """A tool was asked for, or came to its end: the step with this `call_id` is now as told."""

    kind: Literal["tool"] = "tool"
    step: ToolStep


class FallbackEvent(_TurnEvent):
    """A model failed before its first word; the next one, `model` of `provider`, is being asked."""

    kind: Literal["fallback"] = "fallback"
    failed: Fallback
    model: str
    provider: str


class UsageEvent(_TurnEvent):
    """What the calls of this turn used."""

    kind: Literal["usage"] = "usage"
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    usage_source: UsageSource


class DoneEvent(_TurnEvent):
    """The answer is complete, or was stopped by its reader; the reply is as stored."""

    kind: Literal["done"] = "done"
    outcome: Literal["finished", "stopped"]
    reply: MessageView


class FailedEvent(_TurnEvent):
    """The answer could not be completed; what was said is kept in the reply."""

    kind: Literal["failed"] = "failed"
    outcome: Literal["failed", "interrupted"]
    code: str
    detail: str
    reply: MessageView


class SnapshotEvent(_TurnEvent):
    """The asked position cannot be continued: replace the reply by this one and go on from `seq`."""

    kind: Literal["snapshot"] = "snapshot"
    recovered: Literal[False] = False
    reply: MessageView


TurnEventUnion = Annotated[
    StartedEvent
    | DeltaEvent
    | ReasoningEvent
    | ToolEvent
    | FallbackEvent
    | UsageEvent
    | DoneEvent
    | FailedEvent
    | SnapshotEvent,
    Field(discriminator="kind"),
]


class TurnEvent(RootModel[TurnEventUnion]):
    """One event of a turn."""


class TurnEvents(BaseModel):
    """Events after a position; `last_event_id` is the position to ask for next, `is_over` tells that none will come."""

    events: list[TurnEvent]
    last_event_id: str
    is_over: bool


CLOSING: Final = frozenset({"done", "failed"})
USAGE_FIELDS: Final = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens", "usage_source")


def fold(reply: dict[str, Any] | None, event: dict[str, Any]) -> dict[str, Any] | None:
    """Return the reply as it is after an event; folding every event of a turn gives the reply as it is stored.

    Works on JSON values, as clients see them. The page does the same (`turn-reducer.ts`).
    """
    match event["kind"]:
        case "started" | "done" | "failed" | "snapshot":
            return dict(event["reply"])
        case _ if reply is None:
            return None
        case "delta":
            return {**reply, "content": reply["content"] + event["text"]}
        case "reasoning":
            return {**reply, "reasoning": reply["reasoning"] + event["text"]}
        case "tool":
            return {**reply, "steps": _with_step(reply["steps"], event["step"])}
        case "fallback":
            asked = reply["asked_model"] or reply["model"]
            return {
                **reply,
                "fallbacks": [*reply["fallbacks"], event["failed"]],
                "model": event["model"],
                "provider": event["provider"],
                "asked_model": asked,
            }
        case "usage":
            return {**reply, **{name: event[name] for name in USAGE_FIELDS}}
    return reply


def _with_step(steps: list[dict[str, Any]], step: dict[str, Any]) -> list[dict[str, Any]]:
    if any(known["call_id"] == step["call_id"] for known in steps):
        return [step if known["call_id"] == step["call_id"] else known for known in steps]
    return [*steps, step]
