"""The rules of a turn: what fits the context, what a conversation is called, what an error means to a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from chat_service.providers.port import (
    ContextMessage,
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderRateLimited,
    ProviderRefusedCall,
    ProviderRefusedKey,
    ProviderTimedOut,
    ProviderUnavailable,
)
from chat_service.providers.token_counter import TOKENS_PER_MESSAGE
from service_kit.errors import ServiceError

TITLE_CHARS: Final = 60
# The share of a context window that is left to the answer.
ANSWER_SHARE: Final = 0.25

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


class QuestionTooLong(ServiceError):
    status, code = 413, "question_too_long"
    detail = "This question is too long for the model, even without the rest of the conversation."


@dataclass(frozen=True, slots=True)
class Context:
    """What is sent to the model, how many tokens that is by our count, and how many messages were left out."""

    messages: tuple[ContextMessage, ...]
    tokens: int
    left_out: int


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


def context_budget(window: int) -> int:
    """Return how many tokens of a context window may be spent on what is sent."""
    return int(window * (1 - ANSWER_SHARE))


def ensure_question_fits(system_prompt: str, question: str, *, budget: int, count: Callable[[str], int]) -> None:
    """Refuse a question that can never be sent; cheap for ordinary ones, for a token has at least one byte."""
    if len(system_prompt.encode()) + len(question.encode()) + 2 * TOKENS_PER_MESSAGE <= budget:
        return
    tokens = count(system_prompt) + count(question) + 2 * TOKENS_PER_MESSAGE
    if tokens > budget:
        raise QuestionTooLong(tokens=tokens, budget=budget)


def choose_context(
    system_prompt: str,
    earlier: Sequence[ContextMessage],
    question: str,
    *,
    earlier_total: int,
    budget: int,
    count: Callable[[str], int],
) -> Context:
    """Choose the newest earlier messages that fit beside the system prompt and the question.

    `earlier` is oldest first and already bounded in number; `earlier_total` counts the whole conversation above the
    question. Empty messages (answers that failed before a word) are not sent and not called left out.
    """
    head = [ContextMessage("system", system_prompt)] if system_prompt else []
    asked = ContextMessage("user", question)
    used = sum(count(message.content) + TOKENS_PER_MESSAGE for message in (*head, asked))
    chosen: list[ContextMessage] = []
    left_out = earlier_total - len(earlier)
    for place, message in enumerate(reversed(earlier)):
        if not message.content:
            continue
        tokens = count(message.content) + TOKENS_PER_MESSAGE
        if used + tokens > budget:
            left_out += len(earlier) - place
            break
        used += tokens
        chosen.append(message)
    return Context((*head, *reversed(chosen), asked), used, left_out)
