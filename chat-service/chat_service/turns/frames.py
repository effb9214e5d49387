"""The frames of the WebSocket door: what a client may say, and what it hears besides the events of turns."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel

from chat_service.turns.schemas import Again, Question
from service_kit.json_body import SafeText

TOKEN_MAX_CHARS = 8_192


class SendFrame(Question):
    """A question over the socket."""

    kind: Literal["send"]

    def question(self) -> Question:
        """The question inside."""
        return Question(**self.model_dump(exclude={"kind"}))


class RegenerateFrame(Again):
    """Another answer to the question of a message."""

    kind: Literal["regenerate"]
    message_id: UUID


class ContinueFrame(Again):
    """The rest of an interrupted answer."""

    kind: Literal["continue"]
    message_id: UUID


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


AskingFrame = SendFrame | RegenerateFrame | ContinueFrame
Frame = AskingFrame | StopFrame | FollowFrame | AuthFrame | PingFrame


class ClientFrame(RootModel[Annotated[Frame, Field(discriminator="kind")]]):
    """One frame of a client."""

    model_config = ConfigDict(frozen=True)
