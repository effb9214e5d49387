"""What the conversation routes take and give."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service_kit.contracts.events import Outcome, UsageSource
from service_kit.json_body import SafeText

TITLE_MAX_CHARS = 200
SYSTEM_PROMPT_MAX_CHARS = 20_000

Title = Annotated[SafeText, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX_CHARS)]
SystemPrompt = Annotated[SafeText, Field(max_length=SYSTEM_PROMPT_MAX_CHARS)]
ModelName = Annotated[SafeText, Field(min_length=1, max_length=200)]


class NewConversation(BaseModel):
    """A conversation to start; repeating `client_conversation_id` returns the first one."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    model: ModelName | None = None
    system_prompt: SystemPrompt | None = None
    client_conversation_id: UUID | None = None


class ConversationChange(BaseModel):
    """What to change; a field that is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    model: ModelName | None = None
    system_prompt: SystemPrompt | None = None


class ConversationView(BaseModel):
    """A conversation as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str | None
    model: str | None
    system_prompt: str | None
    created_at: datetime
    updated_at: datetime
    last_message_at: datetime | None
    deleted_at: datetime | None
    running_turn_id: UUID | None = Field(None, description="The turn that is being answered now.")


class MessageView(BaseModel):
    """A message; a reply whose `outcome` is empty is still being written."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID
    parent_id: UUID | None
    role: Literal["user", "assistant"]
    content: str
    outcome: Outcome | None
    error_code: str | None
    error_detail: str | None = None
    model: str | None
    provider: str | None
    turn_id: UUID | None
    client_message_id: UUID | None
    created_at: datetime
    finished_at: datetime | None
    input_tokens: int | None
    output_tokens: int | None
    usage_source: UsageSource | None
    time_to_first_token_ms: int | None
    duration_ms: int | None
    left_out: int = Field(description="Messages of the conversation that did not fit the context.")


class ConversationPage(BaseModel):
    """Conversations, newest activity first."""

    items: list[ConversationView]
    next_cursor: str | None


class MessagePage(BaseModel):
    """Messages, oldest first; `next_cursor` leads to older ones."""

    items: list[MessageView]
    next_cursor: str | None
