"""What the context route gives."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chat_service.context.rules import PartKind, Reason
from chat_service.conversations.schemas import ContextPolicy


class PartView(BaseModel):
    """One part of what would be sent; `reason` says why an earlier message is sent or not."""

    model_config = ConfigDict(from_attributes=True)

    kind: PartKind
    message_id: UUID | None
    role: str | None
    preview: str = Field(description="How it begins.")
    tokens: int
    is_sent: bool
    reason: Reason | None


class SummaryView(BaseModel):
    """A summary of what fell out. It tells `covers` messages, the last of them `last_message_id`."""

    last_message_id: UUID
    covers: int
    content: str
    model: str
    created_at: datetime


class ContextView(BaseModel):
    """What would be sent to a model with the next question, oldest first, and what would not."""

    model: str
    window: int = Field(description="Tokens the model takes, question and answer.")
    budget: int = Field(description="Tokens that may be sent; the rest is left to the answer.")
    tokens: int = Field(description="Tokens that would be sent.")
    fits: bool = Field(description="Whether a question of this length can be asked.")
    counting: Literal["counted", "estimated"] = Field(
        description="Tokens are counted with a public tokenizer, or estimated from the length."
    )
    policy: ContextPolicy
    left_out: int = Field(description="Messages that are neither sent nor told by the summary.")
    parts: list[PartView]
    summary: SummaryView | None = Field(description="The summary of what fell out, when there is one.")
