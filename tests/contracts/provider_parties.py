"""The provider protocols side by side: how each says what every protocol can say, and the product's client of each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from tests.doubles import anthropic_script as claude
from tests.doubles import openai_script as gpt
from tests.doubles.anthropic_server import AnthropicServer
from tests.doubles.openai_script import Answer, Step, Write
from tests.doubles.openai_server import OpenAIServer

from chat_service.providers.port import Provider, ToolCall, Usage

KEY = "sk-the-right-key"


class Dialect(Protocol):
    """How one protocol says what every protocol can say."""

    def text(self, *texts: str) -> Sequence[Step]:
        """Pieces of text, without an end."""
        ...

    def whole(self, *texts: str, usage: Usage | None = None) -> Sequence[Step]:
        """A whole well-behaved answer."""
        ...

    def thoughts(self, *texts: str) -> Sequence[Step]:
        """A whole answer that is thought about before it says `42`."""
        ...

    def tool_call(self, call: ToolCall) -> Sequence[Step]:
        """A whole answer that asks for a tool, in fragments."""
        ...

    def refusal(self, status: int, retry_after: str | None = None) -> Answer:
        """An HTTP error."""
        ...

    def failure(self) -> Step:
        """A failure that is announced in the stream: too many requests."""
        ...


class OpenAIDialect:
    def text(self, *texts: str) -> Sequence[Step]:
        return [gpt.role(), *map(gpt.delta, texts)]

    def whole(self, *texts: str, usage: Usage | None = None) -> Sequence[Step]:
        told = gpt.Usage(usage.input_tokens, usage.output_tokens, usage.cached_tokens) if usage else None
        return gpt.completion(*texts, usage=told)

    def thoughts(self, *texts: str) -> Sequence[Step]:
        thoughts = [Write(gpt.event(gpt.chunk({"reasoning_content": text}))) for text in texts]
        return [gpt.role(), *thoughts, gpt.delta("42"), gpt.finish(), gpt.done()]

    def tool_call(self, call: ToolCall) -> Sequence[Step]:
        begun = {"index": 0, "id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
        rest = [{"index": 0, "function": {"arguments": character}} for character in call.arguments]
        chunks = [gpt.chunk({"tool_calls": [fragment]}) for fragment in [begun, *rest]]
        return [gpt.role(), *(Write(gpt.event(chunk)) for chunk in chunks), gpt.finish("tool_calls"), gpt.done()]

    def refusal(self, status: int, retry_after: str | None = None) -> Answer:
        return gpt.refusal(status, retry_after=retry_after)

    def failure(self) -> Step:
        return Write(gpt.event({"error": {"code": "rate_limit_exceeded"}}))


class AnthropicDialect:
    def text(self, *texts: str) -> Sequence[Step]:
        return [claude.start(), claude.block(0, type="text", text=""), *map(claude.text, texts)]

    def whole(self, *texts: str, usage: Usage | None = None) -> Sequence[Step]:
        if usage is None:
            return claude.saying(*texts)
        fresh = usage.input_tokens - usage.cached_tokens
        return claude.saying(*texts, usage=claude.Told(fresh, usage.output_tokens, cache_read=usage.cached_tokens))

    def thoughts(self, *texts: str) -> Sequence[Step]:
        return claude.message(*claude.thinking_block(*texts), *claude.text_block("42", index=1))

    def tool_call(self, call: ToolCall) -> Sequence[Step]:
        return claude.message(*claude.tool_block(call.name, *call.arguments, call_id=call.id), reason="tool_use")

    def refusal(self, status: int, retry_after: str | None = None) -> Answer:
        return claude.refusal(status, retry_after=retry_after)

    def failure(self) -> Step:
        return claude.failure("rate_limit_error")


class Party:
    """One protocol: its server, its dialect, and the product's own client."""

    def __init__(self, server: OpenAIServer | AnthropicServer, dialect: Dialect, kind: type[Any]) -> None:
        self.server = server
        self.dialect = dialect
        self._kind = kind

    @asynccontextmanager
    async def client(self, **how: Any) -> AsyncIterator[Provider]:
        """The product's own client of the server."""
        provider: Provider = self._kind(**{"name": "double", "api_key": KEY, "base_url": self.server.url, **how})
        try:
            yield provider
        finally:
            await provider.close()
