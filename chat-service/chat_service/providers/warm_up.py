"""What a real provider needs is loaded when the service starts, not while the first question waits."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from chat_service.providers.catalog import Catalog, Model
from chat_service.providers.port import Usage
from chat_service.providers.token_counter import token_counter


@runtime_checkable
class Heavy(Protocol):
    """A provider that loads something before its first call."""

    def prepare(self) -> None:
        """Load it; may run in a thread."""
        ...


async def warm_up(catalog: Catalog) -> None:
    """Load the SDKs, the ranks and the prices in a thread: about 3 seconds. The demo model needs none of them."""
    heavy = {model.provider for model in catalog.models if isinstance(model.provider, Heavy)}
    if heavy:
        await asyncio.to_thread(_load, heavy, catalog.models)


def _load(providers: Iterable[Heavy], models: Iterable[Model]) -> None:
    for provider in providers:
        provider.prepare()
    token_counter()("")
    for model in models:
        model.cost(Usage(0, 0), at=datetime.now(UTC))
