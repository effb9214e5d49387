"""What the turn engine asks of a provider, and the ways in which one can fail."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

ReasoningEffort = Literal["minimal", "low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as a model sees it; the bytes are those of the file."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model asks for a tool to be run; `arguments` is the JSON text as the model wrote it, good or bad.

    `signature` is what the provider wants back with the call when it is told the result, and nobody else reads.
    """

    id: str
    name: str
    arguments: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool that a model may ask for; `parameters` is a JSON Schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ContextMessage:
    """One message as a model sees it. A `tool` message is the result of the call that `tool_call_id` names."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    images: tuple[Image, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a call may set; None leaves it to the provider. Which of them a model takes stands in the catalogue."""

    temperature: float | None = None
    top_p: float | None = None
    max_output_tokens: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    stop: tuple[str, ...] = ()
    reasoning_effort: ReasoningEffort | None = None


@dataclass(frozen=True, slots=True)
class ModelCall:
    """What is asked of a model; `model` is its name at the provider."""

    model: str
    messages: tuple[ContextMessage, ...]
    parameters: Parameters = Parameters()
    tools: tuple[OfferedTool, ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """A streamed piece of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A streamed piece of what the model thinks before it answers; shown folded, never sent back."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What the provider says the call used.

    `cached_tokens` are part of `input_tokens`, `reasoning_tokens` are part of `output_tokens`.
    """

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """The model stopped by itself; `reason` is the protocol's finish reason, `tool_calls` when tools are awaited."""

    reason: str


# A ToolCall is told whole, once its last fragment has come, and before Finish.
Piece = Delta | Reasoning | ToolCall | Usage | Finish


class Provider(Protocol):
    """Somebody who serves models."""

    @property
    def name(self) -> str:
        """The provider's name in reports and messages."""
        ...

    def stream(self, call: ModelCall) -> AsyncGenerator[Piece, None]:
        """Stream the completion; ends after Finish and, where given, Usage. Raises ProviderError."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


class ProviderError(Exception):
    """A provider failed. `code` is stable, `detail` is for people and never carries the provider's own text."""

    code = "provider_failed"
    detail = "The model provider failed. Try again in a moment."
    is_worth_retrying = False
    # Whether others should stop asking for a while; a refusal shows that somebody is there.
    is_provider_down = False

    def __init__(self, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(self.code)
        self.retry_after_seconds = retry_after_seconds


class ProviderRateLimited(ProviderError):
    code = "provider_rate_limited"
    detail = "The model provider is limiting requests right now. Wait a moment and try again."
    is_worth_retrying = is_provider_down = True


class ProviderUnavailable(ProviderError):
    code = "provider_unavailable"
    detail = "The model provider cannot be reached or is failing. Try again in a moment."
    is_worth_retrying = is_provider_down = True


class ProviderTimedOut(ProviderError):
    code = "provider_timeout"
    detail = "The model provider took too long to answer."
    is_provider_down = True


class ProviderRefusedKey(ProviderError):
    code = "provider_refused_key"
    detail = "The model provider refused our key. The administrator must check the configuration."


class ProviderRefusedCall(ProviderError):
    code = "provider_refused_call"
    detail = "The model provider refused this request. Another model, or a shorter conversation, may work."


class ProviderMalformed(ProviderError):
    code = "provider_malformed"
    detail = "The model provider sent something that is not its protocol."


class ProviderCut(ProviderError):
    code = "provider_cut"
    detail = "The connection to the model provider broke before the answer was complete."
    is_worth_retrying = is_provider_down = True
