"""What the turn routes and sockets take and give."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chat_service.conversations.schemas import CallParameters, MessageView, ModelName
from service_kit.contracts.events import Outcome
from service_kit.json_body import SafeText

QUESTION_MAX_CHARS = 100_000
MAX_IMAGES = 8

IfBusy = Literal["refuse", "queue"]
TurnState = Literal["queued", "running", "ended"]


class _Wish(BaseModel):
    """What every turn is asked for with; `client_message_id` makes asking twice the same as asking once."""

    model_config = ConfigDict(extra="forbid")

    client_message_id: UUID
    model: ModelName | None = None
    parameters: CallParameters | None = Field(None, description="Those of the conversation when left out.")
    if_busy: IfBusy = Field("refuse", description="While another question is answered: refuse, or queue behind it.")


class Question(_Wish):
    """A question to ask. It follows `parent_id`, or stands beside the question that it `edits`."""

    content: Annotated[SafeText, Field(min_length=1, max_length=QUESTION_MAX_CHARS)]
    parent_id: UUID | None = Field(None, description="The message this one follows; the newest when left out.")
    edits: UUID | None = Field(None, description="The question that this one is another version of.")
    image_ids: list[UUID] = Field(default_factory=list, max_length=MAX_IMAGES)

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if self.parent_id is not None and self.edits is not None:
            raise ValueError("a question either follows a message or edits one")
        return self


class Again(_Wish):
    """Another answer to a question that was answered before, or the rest of one that was interrupted."""


class TurnView(BaseModel):
    """A turn; `outcome` is empty until it has ended."""

    id: UUID
    conversation_id: UUID
    question_id: UUID
    reply_id: UUID
    model: str
    provider: str
    state: TurnState
    outcome: Outcome | None
    epoch: str
    created_at: datetime
    finished_at: datetime | None


class TurnAnswer(BaseModel):
    """A turn with its question and its reply."""

    turn: TurnView
    question: MessageView
    reply: MessageView
