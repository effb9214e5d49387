"""A scripted OpenAI server and the product's own client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.chat_service.providers.listening import speaking_to
from tests.doubles.openai_server import OpenAIServer

from chat_service.providers.openai_protocol import OpenAIProtocol


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
async def protocol(server: OpenAIServer) -> AsyncIterator[OpenAIProtocol]:
    async with speaking_to(server.url) as protocol:
        yield protocol
