"""Listening to a server through the product's own client, as a caller would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

import pytest

from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.port import ContextMessage, Delta, ModelCall, Piece, ProviderError

WAIT_SECONDS = 10.0
KEY = "sk-a-key-that-nobody-may-ever-see"
T = TypeVar("T")


def asking(text: str = "Hello?", *, model: str = "double-1") -> ModelCall:
    return ModelCall(model, (ContextMessage("system", "Be kind."), ContextMessage("user", text)))


@asynccontextmanager
async def speaking_to(url: str, **how: Any) -> AsyncIterator[OpenAIProtocol]:
    """The product's own client of a server."""
    protocol = OpenAIProtocol(**{"name": "openai-compatible", "api_key": KEY, "base_url": url, **how})
    try:
        yield protocol
    finally:
        await protocol.close()


async def heard(protocol: OpenAIProtocol, call: ModelCall | None = None) -> list[Piece]:
    return [piece async for piece in protocol.stream(call or asking())]


async def heard_until_failure(protocol: OpenAIProtocol) -> tuple[str, ProviderError]:
    """Return what was said before the provider failed, and how it failed."""
    text = ""
    async with aclosing(protocol.stream(asking())) as pieces:
        try:
            async for piece in pieces:
                text += piece.text if isinstance(piece, Delta) else ""
        except ProviderError as error:
            return text, error
    pytest.fail(f"did not fail, but said {text!r}")


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Delta))


async def within(awaitable: Awaitable[T]) -> T:
    """Whatever a test waits for has to happen; the limit only keeps a failure short."""
    return await asyncio.wait_for(awaitable, WAIT_SECONDS)
