"""What the tests of the kit share: a bus in memory and a producing service on each engine."""

from collections.abc import AsyncIterator

import pytest
from tests.service_kit.producer import Producer, opened

from service_kit.testing import MemoryBus


@pytest.fixture
def bus() -> MemoryBus:
    """A doorbell in this process."""
    return MemoryBus()


@pytest.fixture
async def producer(database_url: str, bus: MemoryBus) -> AsyncIterator[Producer]:
    """A service that tells events."""
    async with opened(database_url, bus=bus) as producer:
        yield producer
