"""What the conversation routes take and give."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chat_service.providers.port import Parameters, ReasoningEffort
from service_kit.contracts.events import Outcome, UsageSource
from service_kit.json_body import SafeText

TITLE_MAX_CHARS = 200
SYSTEM_PROMPT_MAX_CHARS = 20_000

Title = Annotated[SafeText, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX_CHARS)]
SystemPrompt = Annotated[SafeText, Field(max_length=SYSTEM_PROMPT_MAX_CHARS)]
ModelName = Annotated[SafeText, Field(min_length=1, max_length=200)]


class CallParameters(BaseModel):
    """What a call to a model may set; which of them a model takes stands in its entry of the catalogue."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    temperature: float | None = Field(None, ge=0, le=2, allow_inf_nan=False)
    top_p: float | None = Field(None, gt=0, le=1, allow_inf_nan=False)
    max_output_tokens: int | None = Field(None, ge=1, le=1_000_000)
    presence_penalty: float | None = Field(None, ge=-2, le=2, allow_inf_nan=False)
    frequency_penalty: float | None = Field(None, ge=-2, le=2, allow_inf_nan=False)
    stop: list[Annotated[SafeText, Field(min_length=1, max_length=100)]] = Field(default_factory=list, max_length=4)
    reasoning_effort: ReasoningEffort | None = None

    def for_call(self) -> Parameters:
        """Return them as a call to a model takes them."""
        return Parameters(**{**self.model_dump(), "stop": tuple(self.stop)})


class ContextPolicy(BaseModel):
    """How much of a conversation is sent along with a question; what is left out follows the service's settings."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    messages: int | None = Field(None, ge=0, le=1_000, description="At most so many earlier messages.")
    tokens: int | None = Field(None, ge=256, le=10_000_000, description="At most so many tokens, question included.")
    summarises: bool = Field(
        default=False, description="Tell the model what fell out as a summary, which a model writes."
    )


class ToolStep(BaseModel):
    """A tool that the model asked for, and what came of it; `result` is empty while it runs."""

    call_id: str
    name: str
    arguments: str
    state: Literal["running", "done", "failed"]
    result: str | None = None


class Fallback(BaseModel):
    """A model that was asked and failed before its first word, so that the next one was asked."""

    model: str
    provider: str
    code: str


class ImageView(BaseModel):
    """A picture of a question; its bytes are at `/images/{id}`."""

    id: UUID
    media_type: str
    size_bytes: int


class NewConversation(BaseModel):
    """A conversation to start; repeating `client_conversation_id` returns the first one."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    model: ModelName | None = None
    system_prompt: SystemPrompt | None = None
    context: ContextPolicy = ContextPolicy()
    parameters: CallParameters = CallParameters()
    client_conversation_id: UUID | None = None


class ConversationChange(BaseModel):
    """What to change; a field that is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    model: ModelName | None = None
    system_prompt: SystemPrompt | None = None
    context: ContextPolicy = ContextPolicy()
    parameters: CallParameters = CallParameters()


class ConversationView(BaseModel):
    """A conversation as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str | None
    model: str | None
    system_prompt: str | None
    context: ContextPolicy
    parameters: CallParameters
    created_at: datetime
    updated_at: datetime
    last_message_at: datetime | None
    deleted_at: datetime | None
    running_turn_id: UUID | None = Field(None, description="The turn that is being answered now.")
    queued_turn_ids: list[UUID] = Field(default_factory=list, description="Turns that wait for it, in their order.")


class MessageView(BaseModel):
    """A message; a reply whose `outcome` is empty is still being written."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID
    parent_id: UUID | None
    role: Literal["user", "assistant"]
    content: str
    images: list[ImageView] = Field(default_factory=list)
    reasoning: str = Field("", description="What the model thought before it answered.")
    steps: list[ToolStep] = Field(default_factory=list, description="The tools it used, in order.")
    fallbacks: list[Fallback] = Field(default_factory=list, description="The models that failed before this one.")
    outcome: Outcome | None
    error_code: str | None
    error_detail: str | None = None
    finish_reason: str | None = Field(None, description="Why the model stopped, in its protocol's words.")
    model: str | None
    asked_model: str | None = Field(None, description="The model that was asked, when another one answered.")
    provider: str | None
    continues_id: UUID | None = Field(None, description="The interrupted reply that this one continues.")
    turn_id: UUID | None
    client_message_id: UUID | None
    created_at: datetime
    finished_at: datetime | None
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
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
