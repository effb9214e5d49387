"""The events of the platform: past tense, versioned, numbers and ids only, never message text.

The envelope uses the CloudEvents 1.0 attribute names. docs/events.md describes every event; a test keeps it complete.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field

CHANNEL: Final = "parley.events.v1"

Outcome = Literal["finished", "stopped", "failed", "interrupted"]
UsageSource = Literal["provider", "estimated"]


class Purpose(StrEnum):
    """Why a model was called."""

    REPLY = "reply"
    SUMMARY = "summary"
    TOOL = "tool"


class Transport(StrEnum):
    """The door through which a turn was asked for."""

    JSON = "json"
    SSE = "sse"
    WEBSOCKET = "websocket"


class Event(BaseModel):
    """Something that happened. `type` names it; `business_key` makes its id the same however often it is told."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    tenant_id: UUID | None

    @property
    def event_id(self) -> UUID:
        """The id of this event, derived from what it is about, so that telling it twice is seen."""
        owner, name = self.business_key
        return uuid5(owner, name)

    @property
    def business_key(self) -> tuple[UUID, str]:
        """The thing the event is about and what happened to it."""
        raise NotImplementedError


class UserRegistered(Event):
    """An account was created."""

    type: ClassVar[str] = "auth.user.registered.v1"
    tenant_id: UUID
    user_id: UUID
    role: str

    @property
    def business_key(self) -> tuple[UUID, str]:
        return self.user_id, "registered"


class ConversationCreated(Event):
    """A conversation was started."""

    type: ClassVar[str] = "chat.conversation.created.v1"
    tenant_id: UUID
    user_id: UUID
    conversation_id: UUID

    @property
    def business_key(self) -> tuple[UUID, str]:
        return self.conversation_id, "created"


class TurnStarted(Event):
    """A question was accepted and stored."""

    type: ClassVar[str] = "chat.turn.started.v1"
    tenant_id: UUID
    user_id: UUID
    conversation_id: UUID
    turn_id: UUID
    purpose: Purpose
    provider: str
    model: str
    transport: Transport

    @property
    def business_key(self) -> tuple[UUID, str]:
        return self.turn_id, "started"


class TurnFinished(Event):
    """A turn ended, one way or another, with what it used. Money is in millionths of a US dollar."""

    type: ClassVar[str] = "chat.turn.finished.v1"
    tenant_id: UUID
    user_id: UUID
    conversation_id: UUID
    turn_id: UUID
    purpose: Purpose
    provider: str
    model: str
    transport: Transport
    outcome: Outcome
    error_code: str | None = None
    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    cached_tokens: int = Field(0, ge=0)
    reasoning_tokens: int = Field(0, ge=0)
    usage_source: UsageSource
    cost_micro_usd: int = Field(ge=0)
    price_version: str
    time_to_first_token_ms: int | None = Field(None, ge=0)
    duration_ms: int = Field(ge=0)

    @property
    def business_key(self) -> tuple[UUID, str]:
        return self.turn_id, "finished"


class RouteCount(BaseModel):
    """Requests of one kind in one period; `durations` is a DDSketch (milliseconds) as base64 of its protobuf."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    tenant_id: UUID | None
    method: str
    route: str
    status: int
    requests: int = Field(ge=1)
    users: dict[UUID, int] = Field(default_factory=dict)
    durations: str


class RequestsCounted(Event):
    """What one service process answered in about a second, aggregated."""

    type: ClassVar[str] = "service.requests.counted.v1"
    tenant_id: UUID | None = None
    batch_id: UUID
    service: str
    routes: tuple[RouteCount, ...]

    @property
    def business_key(self) -> tuple[UUID, str]:
        return self.batch_id, "counted"


EVENT_TYPES: Final[dict[str, type[Event]]] = {
    kind.type: kind for kind in (UserRegistered, ConversationCreated, TurnStarted, TurnFinished, RequestsCounted)
}


class Envelope(BaseModel):
    """An event on its way: CloudEvents attributes, and `sequence` once the relay has stamped it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    time: datetime
    sequence: int = Field(0, ge=0)
    data: dict[str, Any]

    def open(self) -> Event:
        """Return the event inside, or raise ValueError when its type or shape is unknown here."""
        kind = EVENT_TYPES.get(self.type)
        if kind is None:
            raise ValueError(f"unknown event type {self.type}")
        event = kind.model_validate(self.data)
        if event.event_id != self.id:
            raise ValueError("the id does not belong to this event")
        return event
