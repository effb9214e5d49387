"""Composition: the frame, the earlier messages and the pictures put together to what a model is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chat_service.context.rules import (
    CONTINUE_INSTRUCTION,
    IMAGE_NOT_SHOWN,
    Choice,
    Counter,
    Digest,
    Entry,
    Frame,
    Part,
    Reason,
    choose_earlier,
    tools_text,
)
from chat_service.providers.port import ContextMessage, Image

# What a request may carry in pictures, before it is encoded; the smallest limit of a big provider is 32 MB encoded.
MAX_SENT_IMAGE_BYTES: Final = 20 * 1_048_576
SUMMARY_HEADING: Final = "Summary of the earlier conversation:\n\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be sent, before the pictures are fetched; `parts` are in their order.

    `room` is what there was for the earlier messages: below nothing when the question alone is too long.
    """

    choice: Choice
    parts: tuple[Part, ...]
    room: int

    @property
    def tokens(self) -> int:
        """What is sent comes to so many tokens."""
        return sum(part.tokens for part in self.parts if part.is_sent)


def plan(
    frame: Frame, earlier: Sequence[Entry], counter: Counter, *, digest: Digest | None = None, reserved: int = 0
) -> Plan:
    """Choose what is sent. `reserved` tokens are kept free; a summary that does not fit is not sent."""
    head, asked = _head_parts(frame, counter), _asked_parts(frame, counter)
    room = frame.budget - reserved - sum(part.tokens for part in (*head, *asked))
    summaries: list[Part] = []
    if digest is not None:
        tokens = counter.text(SUMMARY_HEADING + digest.content)
        fits = tokens <= room
        reason: Reason | None = None if fits else "over_token_budget"
        summaries.append(Part("summary", None, "system", tokens, is_sent=fits, reason=reason))
        room, digest = (room - tokens, digest) if fits else (room, None)
    choice = choose_earlier(earlier, frame, counter, room=room, digest=digest)
    return Plan(choice, (*head, *summaries, *choice.parts, *asked), room)


def _head_parts(frame: Frame, counter: Counter) -> list[Part]:
    parts: list[Part] = []
    if frame.system_prompt:
        parts.append(Part("system", None, "system", counter.text(frame.system_prompt)))
    if frame.tools:
        parts.append(Part("tools", None, None, counter.text(tools_text(frame.tools))))
    return parts


def _asked_parts(frame: Frame, counter: Counter) -> list[Part]:
    parts = [Part("question", frame.question.message_id, "user", counter.entry(frame.question))]
    if frame.continued is not None:
        said = frame.continued
        parts.append(Part("message", said.message_id, "assistant", counter.entry(said), reason="newest"))
        parts.append(Part("instruction", None, "user", counter.text(CONTINUE_INSTRUCTION)))
    parts.extend(Part("tools", None, message.role, counter.said(message)) for message in frame.said_since)
    return parts


def pictures_sent(frame: Frame, choice: Choice) -> frozenset[UUID]:
    """Return which pictures are sent: those of the newest messages, as long as a request can carry them."""
    if "images" not in frame.model.capabilities:
        return frozenset()
    chosen: set[UUID] = set()
    left_bytes = MAX_SENT_IMAGE_BYTES
    for entry in (frame.question, *reversed(choice.sent)):
        left_bytes -= sum(picture.size_bytes for picture in entry.pictures)
        if left_bytes < 0:
            break
        chosen.update(picture.id for picture in entry.pictures)
    return frozenset(chosen)


def messages_of(frame: Frame, choice: Choice, images: Mapping[UUID, Image]) -> tuple[ContextMessage, ...]:
    """Put together what is sent."""
    messages = [ContextMessage("system", frame.system_prompt)] if frame.system_prompt else []
    if choice.digest is not None:
        messages.append(ContextMessage("system", SUMMARY_HEADING + choice.digest.content))
    messages.extend(_as_sent(entry, images) for entry in (*choice.sent, frame.question))
    if frame.continued is not None:
        messages.append(ContextMessage("assistant", frame.continued.content))
        messages.append(ContextMessage("user", CONTINUE_INSTRUCTION))
    return (*messages, *frame.said_since)


def _as_sent(entry: Entry, images: Mapping[UUID, Image]) -> ContextMessage:
    shown = tuple(images[picture.id] for picture in entry.pictures if picture.id in images)
    content = entry.content
    if len(shown) < len(entry.pictures):
        content = f"{content}\n\n{IMAGE_NOT_SHOWN}"
    return ContextMessage("assistant" if entry.role == "assistant" else "user", content, shown)
