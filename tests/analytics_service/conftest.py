"""An analytics database for each test, on each engine, and the inbox that fills it."""

from collections.abc import AsyncIterator, Sequence

import pytest
from tests.analytics_service.office import Office, opened

from analytics_service.ingestion.inbox import DatabaseInbox
from analytics_service.ingestion.letters import Letter
from analytics_service.models import AnalyticsTable
from service_kit.db import Database
from service_kit.testing import created_tables


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty analytics database."""
    async with created_tables(database_url, AnalyticsTable.metadata) as database:
        yield database


@pytest.fixture
def told() -> list[Sequence[Letter]]:
    """What the inbox told its listener, commit by commit."""
    return []


@pytest.fixture
def inbox(database: Database, told: list[Sequence[Letter]]) -> DatabaseInbox:
    """An inbox over it."""
    return DatabaseInbox(database, tell=told.append)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """A running service."""
    async with opened(database_url) as office:
        yield office
