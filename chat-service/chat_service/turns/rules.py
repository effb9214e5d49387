"""The rules of a turn: what a conversation is called, what an error means to a person."""

from typing import Final

from chat_service.providers.port import (
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderRateLimited,
    ProviderRefusedCall,
    ProviderRefusedKey,
    ProviderTimedOut,
    ProviderUnavailable,
)

TITLE_CHARS: Final = 60

INTERRUPTED_CODE: Final = "interrupted"
INTERNAL_CODE: Final = "internal_error"
REPLY_TOO_LONG_CODE: Final = "reply_too_long"

_PROVIDER_ERRORS: tuple[type[ProviderError], ...] = (
    ProviderError,
    ProviderRateLimited,
    ProviderUnavailable,
    ProviderTimedOut,
    ProviderRefusedKey,
    ProviderRefusedCall,
    ProviderMalformed,
    ProviderCut,
)
DETAILS: Final[dict[str, str]] = {
    **{kind.code: kind.detail for kind in _PROVIDER_ERRORS},
    INTERRUPTED_CODE: "The answer was interrupted because the service was stopped. What was said is kept.",
    INTERNAL_CODE: "Something went wrong on our side while answering.",
    REPLY_TOO_LONG_CODE: "The answer became too long and was cut. What was said is kept.",
}


def detail_of(code: str | None) -> str | None:
    """Return the sentence for an error code of a turn."""
    return DETAILS.get(code, DETAILS[INTERNAL_CODE]) if code else None


def title_from(question: str) -> str:
    """Name a conversation after its first question."""
    line = " ".join(question.split())
    if len(line) <= TITLE_CHARS:
        return line
    words = line[:TITLE_CHARS].rpartition(" ")[0] or line[:TITLE_CHARS]
    return f"{words.rstrip('.,;:')}…"
