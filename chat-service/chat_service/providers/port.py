"""What the turn engine asks of a provider, and the ways in which one can fail."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class ContextMessage:
    """One message as a model sees it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ModelCall:
    """What is asked of a model."""

    model: str
    messages: tuple[ContextMessage, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """A streamed piece of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What the provider says the call used; `cached_tokens` are part of `input_tokens`."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """The model stopped by itself; `reason` is the protocol's finish reason."""

    reason: str


Piece = Delta | Usage | Finish


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

    def __init__(self, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(self.code)
        self.retry_after_seconds = retry_after_seconds


class ProviderRateLimited(ProviderError):
    code = "provider_rate_limited"
    detail = "The model provider is limiting requests right now. Wait a moment and try again."
    is_worth_retrying = True


class ProviderUnavailable(ProviderError):
    code = "provider_unavailable"
    detail = "The model provider cannot be reached or is failing. Try again in a moment."
    is_worth_retrying = True


class ProviderTimedOut(ProviderError):
    code = "provider_timeout"
    detail = "The model provider took too long to answer."


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
    is_worth_retrying = True
