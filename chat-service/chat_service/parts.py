"""The parts of a running chat-service, as route functions ask for them; coroutines, for others go through a thread."""

from typing import Annotated

from fastapi import Depends, Request

from chat_service.providers.catalog import Catalog
from chat_service.settings import ChatSettings
from chat_service.turns.engine import TurnEngine
from chat_service.turns.follow import Followers
from service_kit.db import Database
from service_kit.rate_limit import RateLimit


async def database_of(request: Request) -> Database:
    """The service's database."""
    database: Database = request.app.state.database
    return database


async def catalog_of(request: Request) -> Catalog:
    """The models on offer."""
    catalog: Catalog = request.app.state.catalog
    return catalog


async def settings_of(request: Request) -> ChatSettings:
    """The settings of this process."""
    settings: ChatSettings = request.app.state.settings
    return settings


async def engine_of(request: Request) -> TurnEngine:
    """The turn engine of this process."""
    engine: TurnEngine = request.app.state.engine
    return engine


async def followers_of(request: Request) -> Followers:
    """The way to follow turns."""
    followers: Followers = request.app.state.followers
    return followers


async def sending_limit_of(request: Request) -> RateLimit:
    """How fast one user may ask."""
    limit: RateLimit = request.app.state.sending_limit
    return limit


DatabasePart = Annotated[Database, Depends(database_of)]
CatalogPart = Annotated[Catalog, Depends(catalog_of)]
EnginePart = Annotated[TurnEngine, Depends(engine_of)]
FollowersPart = Annotated[Followers, Depends(followers_of)]
SettingsPart = Annotated[ChatSettings, Depends(settings_of)]
SendingLimitPart = Annotated[RateLimit, Depends(sending_limit_of)]
