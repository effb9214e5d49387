"""What the turn routes and sockets take and give; the event union is the same on every transport."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel

from chat_service.conversations.schemas import MessageView, ModelName
from service_kit.contracts.events import Outcome, UsageSource
from service_kit.json_body import SafeText

QUESTION_MAX_CHARS = 100_000
TOKEN_MAX_CHARS = 8_192


class Question(BaseModel):
    """A question to ask; `client_message_id` makes asking it twice the same as asking it once."""

    model_config = ConfigDict(extra="forbid")

    client_message_id: UUID
    content: Annotated[SafeText, Field(min_length=1, max_length=QUESTION_MAX_CHARS)]
    model: ModelName | None = None
    parent_id: UUID | None = Field(None, description="The message this one follows; the newest when left out.")


class TurnView(BaseModel):
    """A turn; `outcome` is empty while it is being answered."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID
    question_id: UUID
    reply_id: UUID
    model: str
    provider: str
    outcome: Outcome | None
    epoch: str
    created_at: datetime
    finished_at: datetime | None


class TurnAnswer(BaseModel):
    """A turn with its question and its reply."""

    turn: TurnView
    question: MessageView
    reply: MessageView


class _TurnEvent(BaseModel):
    turn_id: UUID
    epoch: str
    seq: int


class StartedEvent(_TurnEvent):
    """The question is stored and the model is being asked."""

    kind: Literal["started"] = "started"
    client_message_id: UUID
    question: MessageView
    reply: MessageView


class DeltaEvent(_TurnEvent):
    """A piece of the answer."""

    kind: Literal["delta"] = "delta"
    text: str


class UsageEvent(_TurnEvent):
    """What the call used."""

    kind: Literal["usage"] = "usage"
    input_tokens: int
    output_tokens: int
    cached_tokens: int
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
    """The asked position cannot be continued: replace the text by the reply's and go on from `seq`."""

    kind: Literal["snapshot"] = "snapshot"
    recovered: Literal[False] = False
    reply: MessageView


TurnEventUnion = Annotated[
    StartedEvent | DeltaEvent | UsageEvent | DoneEvent | FailedEvent | SnapshotEvent, Field(discriminator="kind")
]


class TurnEvent(RootModel[TurnEventUnion]):
    """One event of a turn."""


class SendFrame(BaseModel):
    """A question over the socket."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["send"]
    client_message_id: UUID
    content: Annotated[SafeText, Field(min_length=1, max_length=QUESTION_MAX_CHARS)]
    model: ModelName | None = None
    parent_id: UUID | None = None

    def question(self) -> Question:
        """The question inside."""
        return Question(**self.model_dump(exclude={"kind"}))


class StopFrame(BaseModel):
    """Stop a turn."""

    kind: Literal["stop"]
    turn_id: UUID


class FollowFrame(BaseModel):
    """Follow a turn, from the start or after a position."""

    kind: Literal["follow"]
    turn_id: UUID
    epoch: Annotated[SafeText, Field(max_length=36)] | None = None
    after: int = Field(0, ge=0, le=2**53)


class AuthFrame(BaseModel):
    """Show an access token: first of all, and again before it expires."""

    kind: Literal["auth"]
    token: str = Field(max_length=TOKEN_MAX_CHARS)


class PingFrame(BaseModel):
    """Ask whether somebody is there."""

    kind: Literal["ping"]


class ClientFrame(
    RootModel[Annotated[SendFrame | StopFrame | FollowFrame | AuthFrame | PingFrame, Field(discriminator="kind")]]
):
    """One frame of a client."""
