"""What a real provider needs is loaded when the service starts, not while the first question waits."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from chat_service.providers.catalog import Catalog
from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.port import Usage
from chat_service.providers.pricing import cost_of
from chat_service.providers.token_counter import token_counter


async def warm_up(catalog: Catalog) -> None:
    """Load the SDK, the ranks and the prices in a thread: about 3 seconds. The demo model needs none of them."""
    protocols = {model.provider for model in catalog.models if isinstance(model.provider, OpenAIProtocol)}
    if protocols:
        await asyncio.to_thread(_load, protocols, catalog.default.name)


def _load(protocols: Iterable[OpenAIProtocol], model: str) -> None:
    for protocol in protocols:
        protocol.prepare()
    token_counter()("")
    cost_of(Usage(0, 0), provider="openai", model=model, at=datetime.now(UTC))
