"""The chunks of the OpenAI protocol: what one decoded JSON value says."""

from collections.abc import Iterator
from typing import Any

from chat_service.providers.port import Delta, Finish, Piece, ProviderMalformed, Usage
from chat_service.providers.refusals import announced_failure
from service_kit.json_body import decode_json

MAX_TOKENS = 2**31


def decoded(data: bytes | bytearray) -> dict[str, Any]:
    """Decode one chunk, which is a JSON object."""
    try:
        chunk = decode_json(bytes(data))
    except ValueError:
        raise ProviderMalformed from None
    if not isinstance(chunk, dict):
        raise ProviderMalformed
    return chunk


def pieces_of(chunk: dict[str, Any]) -> Iterator[Piece]:
    """Return the pieces of one chunk, or of a whole completion from a server that does not stream."""
    if chunk.get("error") or chunk.get("object") == "error":
        raise announced_failure(chunk.get("error") or chunk)
    for choice in _choices(chunk)[:1]:
        yield from _pieces_of_choice(choice)
    usage = _usage(chunk.get("usage"))
    if usage is not None:
        yield usage


def pieces_of_completion(completion: dict[str, Any]) -> Iterator[Piece]:
    """Return the pieces of a whole completion."""
    pieces = list(pieces_of(completion))
    if not _choices(completion):
        raise ProviderMalformed
    yield from pieces


def _choices(chunk: dict[str, Any]) -> list[Any]:
    choices = chunk.get("choices") or []
    if not isinstance(choices, list):
        raise ProviderMalformed
    return choices


def _pieces_of_choice(choice: Any) -> Iterator[Piece]:
    if not isinstance(choice, dict):
        raise ProviderMalformed
    said = choice.get("delta") or choice.get("message") or {}
    if not isinstance(said, dict):
        raise ProviderMalformed
    # A model that refuses says so in a field of its own; it is still what it says.
    text = _text(said.get("content")) + _text(said.get("refusal"))
    if text:
        # No database of ours stores NUL.
        yield Delta(text.replace("\x00", "\ufffd"))
    reason = choice.get("finish_reason")
    if reason and isinstance(reason, str):
        yield Finish(reason)


def _text(content: Any) -> str:
    """Return what is said by a string, or by the text parts of a list that may hold thoughts and images as well."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise ProviderMalformed
    texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    return "".join(text for text in texts if isinstance(text, str))


def _usage(usage: Any) -> Usage | None:
    """Return the usage, or None for one that makes no sense: the text is good all the same, and is then counted."""
    if not isinstance(usage, dict):
        return None
    asked, answered = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    if asked is None or answered is None:
        return None
    details = usage.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    return Usage(asked, answered, min(cached or 0, asked))


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_TOKENS
    return value if is_count else None
