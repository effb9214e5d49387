"""The rules of a context: how much room there is, which messages are sent, and why the others are not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID

from chat_service.providers.catalog import Model
from chat_service.providers.port import ContextMessage, OfferedTool, Parameters
from chat_service.providers.token_counter import TOKENS_PER_MESSAGE, estimate_tokens
from service_kit.errors import ServiceError
from service_kit.json_body import encode_json

# The share of a context window that is left to the answer when the call does not say how long it may become.
ANSWER_SHARE: Final = 0.25
# What a picture is taken to cost. Vendors publish formulas, not one figure: for a picture of a megapixel they come to
# 765 (OpenAI, tiles of 512 pixels), 258 to 1,032 (Gemini, tiles of 768) and 1,400 (Claude, pixels / 750). This is a
# round number among them; the provider's own usage is what is charged in the end.
TOKENS_PER_IMAGE: Final = 1_000
IMAGE_NOT_SHOWN: Final = "[A picture belongs to this message; it is not shown to you.]"
# Not every provider goes on with an answer that is handed in unfinished, so it is asked for in words.
CONTINUE_INSTRUCTION: Final = (
    "Your answer was cut off. Continue exactly where it stopped, in the middle of the word if need be. "
    "Repeat nothing of it and say nothing about this."
)

PartKind = Literal["system", "tools", "summary", "message", "question", "instruction"]
Reason = Literal["newest", "over_message_limit", "over_token_budget", "empty", "summarised"]


class QuestionTooLong(ServiceError):
    status, code = 413, "question_too_long"
    detail = "This question is too long for the model, even without the rest of the conversation."


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a context; `reason` says why an earlier message is sent or not.

    What is not sent is counted only as far as the choice needed it; the rest is estimated from its size.
    """

    kind: PartKind
    message_id: UUID | None
    role: str | None
    tokens: int
    is_sent: bool = True
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is sent to a model, part by part.

    `left_out` counts the messages that are neither sent nor told by the summary.
    """

    messages: tuple[ContextMessage, ...]
    parts: tuple[Part, ...]
    tokens: int
    budget: int
    left_out: int

    @property
    def fits(self) -> bool:
        """Whether the question fits the budget; another model than the one asked first may have less room."""
        return self.tokens <= self.budget


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a message; its bytes are fetched only when it is sent."""

    id: UUID
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A message of the branch. `distance` is 1 for the message that the question follows; `tokens`, where counted."""

    message_id: UUID | None
    role: str
    content: str
    pictures: tuple[Picture, ...] = ()
    distance: int = 0
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """A summary; it tells the messages at `distance` from the question and everything above."""

    content: str
    distance: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What is sent whatever was said before, and the room there is.

    `above` counts the messages over the question, `said_since` are the rounds of tools after it.
    """

    model: Model
    budget: int
    most_messages: int
    above: int
    system_prompt: str
    question: Entry
    continued: Entry | None = None
    said_since: tuple[ContextMessage, ...] = ()
    tools: tuple[OfferedTool, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The earlier messages that are sent, oldest first.

    `reached` counts those from the question up that need no summary: they are sent, or there is nothing in them.
    """

    sent: tuple[Entry, ...] = ()
    parts: tuple[Part, ...] = ()
    tokens: int = 0
    reached: int = 0
    left_out: int = 0
    digest: Digest | None = None


@dataclass(slots=True)
class Counter:
    """Counts for one model, each text once."""

    model: Model
    _counted: dict[str, int] = field(default_factory=dict)

    def text(self, text: str) -> int:
        """Count a text as a message of its own."""
        known = self._counted.get(text)
        if known is None:
            known = self._counted[text] = self.model.count(text) + TOKENS_PER_MESSAGE
        return known

    def entry(self, entry: Entry) -> int:
        """Count a message with its pictures."""
        words = self.text(entry.content) if entry.tokens is None else entry.tokens + TOKENS_PER_MESSAGE
        if not entry.pictures:
            return words
        if "images" in self.model.capabilities:
            return words + len(entry.pictures) * TOKENS_PER_IMAGE
        return words + estimate_tokens(IMAGE_NOT_SHOWN)

    def said(self, message: ContextMessage) -> int:
        """Count a message of a round of tools."""
        return self.text(message.content) + sum(self.text(call.arguments) for call in message.tool_calls)


def context_budget(model: Model, parameters: Parameters, *, policy_tokens: int | None = None) -> int:
    """Return how many tokens may be sent: what the answer leaves of the window, or less if the policy says so."""
    answer = parameters.max_output_tokens or int(model.context_window * ANSWER_SHARE)
    room = model.context_window - min(answer, model.max_output_tokens or answer)
    return max(0, room if policy_tokens is None else min(room, policy_tokens))


def ensure_question_fits(
    system_prompt: str,
    question: str,
    *,
    model: Model,
    parameters: Parameters,
    images: int = 0,
    tools: Sequence[OfferedTool] = (),
    continued: str = "",
    policy_tokens: int | None = None,
) -> None:
    """Refuse a question that can never be sent; cheap for ordinary ones, for a token has at least one byte."""
    budget = context_budget(model, parameters, policy_tokens=policy_tokens)
    texts = [system_prompt, question, *([continued, CONTINUE_INSTRUCTION] if continued else [])]
    if tools:
        texts.append(tools_text(tools))
    fixed = images * TOKENS_PER_IMAGE + len(texts) * TOKENS_PER_MESSAGE
    if sum(len(text.encode()) for text in texts) + fixed <= budget:
        return
    tokens = sum(model.count(text) for text in texts) + fixed
    if tokens > budget:
        raise QuestionTooLong(tokens=tokens, budget=budget)


def tools_text(tools: Sequence[OfferedTool]) -> str:
    """Return what offering tools adds to a request."""
    return encode_json(
        [{"name": tool.name, "description": tool.description, "parameters": tool.parameters} for tool in tools]
    ).decode()


def choose_earlier(
    earlier: Sequence[Entry], frame: Frame, counter: Counter, *, room: int, digest: Digest | None = None
) -> Choice:
    """Choose the newest earlier messages that fit into `room`.

    `earlier` is newest first and may stop short of them all. Counting ends at the first message that does not fit.
    Answers that failed before a word are not sent and not called left out.
    """
    sent: list[Entry] = []
    parts: list[Part] = []
    tokens = reached = 0
    over: Reason | None = None
    for entry in earlier:
        size = 0
        if entry.content and over is None:
            if len(sent) >= frame.most_messages:
                over = "over_message_limit"
            elif tokens + (size := counter.entry(entry)) > room:
                over = "over_token_budget"
            else:
                tokens += size
                sent.append(entry)
        reached = entry.distance if over is None else reached
        parts.append(_part_of(entry, over=over, size=size, digest=digest))
    left_out = sum(not part.is_sent and part.reason not in ("empty", "summarised") for part in parts)
    # Of what was not loaded, the summary tells what lies at its distance and beyond.
    untold = frame.above if digest is None else min(frame.above, digest.distance - 1)
    left_out += max(0, untold - len(earlier))
    return Choice(tuple(reversed(sent)), tuple(reversed(parts)), tokens, reached, left_out, digest)


def _part_of(entry: Entry, *, over: Reason | None, size: int, digest: Digest | None) -> Part:
    if not entry.content:
        return Part("message", entry.message_id, entry.role, 0, is_sent=False, reason="empty")
    if over is None:
        return Part("message", entry.message_id, entry.role, size, reason="newest")
    reason: Reason = "summarised" if _tells(digest, entry.distance) else over
    size = size or estimate_tokens(entry.content) + TOKENS_PER_MESSAGE
    return Part("message", entry.message_id, entry.role, size, is_sent=False, reason=reason)


def _tells(digest: Digest | None, distance: int) -> bool:
    return digest is not None and distance >= digest.distance
