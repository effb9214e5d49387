"""The decoder of a streamed Claude message: bytes in any portions in, pieces out, in bounded memory and linear time."""

from collections.abc import Iterator
from typing import Any, Final

from chat_service.providers.anthropic_blocks import OpenTools, pieces_of_block, text_of
from chat_service.providers.anthropic_usage import UsageSoFar
from chat_service.providers.chunks import decoded
from chat_service.providers.port import (
    Delta,
    Finish,
    Piece,
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderRateLimited,
    ProviderRefusedCall,
    ProviderRefusedKey,
    ProviderTimedOut,
    ProviderUnavailable,
    Reasoning,
)
from chat_service.providers.refusals import announced_failure
from chat_service.providers.sse_lines import EventReader, ServerSentEvent

# The reasons in the words that the other protocol has for them, so that nobody behind this door needs to know both.
FINISH_REASONS: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
FAILURES: Final[dict[str, type[ProviderError]]] = {
    "api_error": ProviderUnavailable,
    "authentication_error": ProviderRefusedKey,
    "billing_error": ProviderRefusedCall,
    "invalid_request_error": ProviderRefusedCall,
    "not_found_error": ProviderRefusedCall,
    "overloaded_error": ProviderUnavailable,
    "permission_error": ProviderRefusedKey,
    "rate_limit_error": ProviderRateLimited,
    "request_too_large": ProviderRefusedCall,
    "timeout_error": ProviderTimedOut,
}


class MessageDecoder:
    """Turns the body of one streamed message into pieces."""

    def __init__(self) -> None:
        self.is_done = False
        self._has_finished = False
        self._reader = EventReader()
        self._tools = OpenTools()
        self._usage = UsageSoFar()

    @property
    def is_complete(self) -> bool:
        """Whether the end was announced: by `message_stop`, or by a stop reason before the connection closed."""
        return self.is_done or self._has_finished

    def feed(self, portion: bytes) -> Iterator[Piece]:
        """Decode the next bytes of the body; raises ProviderError for garbage and for announced failures."""
        if self.is_done:
            return
        for event in self._reader.feed(portion):
            yield from self._pieces(event)
            if self.is_done:
                return

    def end(self) -> Iterator[Piece]:
        """Decode what an unfinished last event holds; raises ProviderCut when the end was not announced."""
        if self.is_done:
            return
        try:
            for event in self._reader.end():
                yield from self._pieces(event)
        except ProviderMalformed:
            # Half an event is the trace of a cut, and after the announced end it is nothing at all.
            pass
        if not self.is_complete:
            raise ProviderCut

    def _pieces(self, event: ServerSentEvent) -> Iterator[Piece]:
        if event.data == b"[DONE]":
            # Proxies that speak both protocols end both streams alike.
            self.is_done = True
            return
        facts = decoded(event.data)
        kind = facts.get("type") or event.name
        if "error" in (kind, event.name) or facts.get("error"):
            raise failure_of(facts.get("error") or facts)
        match kind:
            case "message_start":
                self._usage.hear(_object(facts, "message").get("usage"))
            case "content_block_start":
                yield from self._begin(facts)
            case "content_block_delta":
                yield from self._continue(facts)
            case "content_block_stop":
                yield from self._tools.close(facts.get("index"))
            case "message_delta":
                yield from self._finish(facts)
            case "message_stop":
                yield from self._tools.close_all()
                self.is_done = True
            case _:
                # A ping, or a kind of event that was added to the protocol later: both are to be passed over.
                pass

    def _begin(self, facts: dict[str, Any]) -> Iterator[Piece]:
        block = _object(facts, "content_block")
        if block.get("type") == "tool_use":
            self._tools.begin(facts.get("index"), block)
        else:
            yield from pieces_of_block(block)

    def _continue(self, facts: dict[str, Any]) -> Iterator[Piece]:
        delta = _object(facts, "delta")
        match delta.get("type"):
            case "text_delta":
                if text := text_of(delta, "text"):
                    yield Delta(text)
            case "thinking_delta":
                if text := text_of(delta, "thinking"):
                    yield Reasoning(text)
            case "input_json_delta":
                self._tools.lengthen(facts.get("index"), text_of(delta, "partial_json"))

    def _finish(self, facts: dict[str, Any]) -> Iterator[Piece]:
        self._usage.hear(facts.get("usage"))
        reason = _object(facts, "delta").get("stop_reason")
        if isinstance(reason, str) and reason and not self._has_finished:
            yield from self._tools.close_all()
            self._has_finished = True
            yield finish_of(reason)
        if usage := self._usage.told():
            yield usage


def pieces_of_message(message: dict[str, Any]) -> Iterator[Piece]:
    """Return the pieces of a whole message, from a server that does not stream."""
    if message.get("error") or message.get("type") == "error":
        raise failure_of(message.get("error") or message)
    blocks = message.get("content")
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise ProviderMalformed
    for block in blocks:
        yield from pieces_of_block(block)
    reason = message.get("stop_reason")
    if isinstance(reason, str) and reason:
        yield finish_of(reason)
    counted = UsageSoFar()
    counted.hear(message.get("usage"))
    if usage := counted.told():
        yield usage


def finish_of(reason: str) -> Finish:
    """Return why the model stopped, in the words that the rest of the service knows."""
    return Finish(FINISH_REASONS.get(reason, reason))


def failure_of(error: Any) -> ProviderError:
    """Name a failure that was announced in the stream instead of by a status."""
    kind = error.get("type") if isinstance(error, dict) else None
    named = FAILURES.get(kind) if isinstance(kind, str) else None
    return named() if named else announced_failure(error)


def _object(facts: dict[str, Any], name: str) -> dict[str, Any]:
    value = facts.get(name)
    if not isinstance(value, dict):
        raise ProviderMalformed
    return value
