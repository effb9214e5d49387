"""Talking to a server through the product's own client of Claude's API, as a caller would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from chat_service.providers.anthropic_protocol import AnthropicProtocol
from chat_service.providers.port import ContextMessage, Delta, ModelCall, Piece, Provider, ProviderError

KEY = "sk-ant-a-key-that-nobody-may-ever-see"
MODEL = "claude-double-9"


def asking(*messages: ContextMessage, **how: Any) -> ModelCall:
    """A call with these messages, or with a short question."""
    said = messages or (ContextMessage("system", "Be kind."), ContextMessage("user", "Hello?"))
    return ModelCall(**{"model": MODEL, "messages": said, **how})


@asynccontextmanager
async def speaking_to(url: str, **how: Any) -> AsyncIterator[AnthropicProtocol]:
    """The product's own client of a server."""
    protocol = AnthropicProtocol(**{"name": "anthropic", "api_key": KEY, "base_url": url, **how})
    try:
        yield protocol
    finally:
        await protocol.close()


async def heard(provider: Provider, call: ModelCall | None = None) -> list[Piece]:
    return [piece async for piece in provider.stream(call or asking())]


async def heard_until_failure(provider: Provider) -> tuple[str, ProviderError]:
    """Return what was said before the provider failed, and how it failed."""
    text = ""
    async with aclosing(provider.stream(asking())) as pieces:
        try:
            async for piece in pieces:
                text += piece.text if isinstance(piece, Delta) else ""
        except ProviderError as error:
            return text, error
    pytest.fail(f"did not fail, but said {text!r}")


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Delta))
