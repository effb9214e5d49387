"""An auth-service of its own for each test, on each database engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from tests.auth_service.visitor import ADMIN_PASSWORD, Visitor, opened

from auth_service.settings import AuthSettings
from service_kit.db import Database
from service_kit.testing import INTERNAL_TOKEN


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> AuthSettings:
    """The settings of a service on an empty database."""
    return AuthSettings(
        auth_secret_key="auth-secret-of-the-tests-0123456789abcdef",
        internal_api_token=INTERNAL_TOKEN,
        auth_database_url=database_url,
        admin_password=ADMIN_PASSWORD,
        data_dir=tmp_path,
    )


@pytest.fixture
async def app(settings: AuthSettings) -> AsyncIterator[FastAPI]:
    """A running service."""
    async with opened(settings) as app:
        yield app


@pytest.fixture
async def visitor(app: FastAPI) -> AsyncIterator[Visitor]:
    """Somebody at its door."""
    visitor = Visitor(app)
    async with visitor.http:
        yield visitor


@pytest.fixture
def database(app: FastAPI) -> Database:
    """The database of the running service."""
    database: Database = app.state.database
    return database
