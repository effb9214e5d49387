"""A small service that tells events: an outbox, relays and a letterbox, as every producing service has them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy import MetaData, select
from sqlalchemy.ext.asyncio import AsyncSession

from service_kit.app import background, create_app
from service_kit.clock import new_id
from service_kit.contracts.events import Envelope, Event, UserRegistered
from service_kit.db import Database
from service_kit.events.bus import Bus, SilentBus
from service_kit.events.letterbox import Letterbox
from service_kit.events.letterbox import router as letterbox_router
from service_kit.events.outbox import Outbox
from service_kit.events.relay import Relay
from service_kit.settings import ServiceSettings
from service_kit.testing import INTERNAL_TOKEN, created_tables

SOURCE = "auth-service"
INTERNAL = {"Authorization": f"Bearer {INTERNAL_TOKEN}"}


def registered() -> UserRegistered:
    """Somebody registered."""
    return UserRegistered(tenant_id=new_id(), user_id=new_id(), role="user")


@dataclass
class Producer:
    """A service's outbox with what carries it."""

    database: Database
    outbox: Outbox
    relay: Relay
    letterbox: Letterbox

    async def record(self, *events: Event) -> None:
        """Record events in one transaction."""
        async with self.database.write() as session:
            for event in events:
                await self.outbox.record(session, event)

    async def all_letters(self) -> list[Envelope]:
        """Return every stamped event in order."""
        async with self.database.read() as session:
            return await self.outbox.read(session, after=0, limit=1_000_000)

    async def sequence_numbers(self) -> list[int | None]:
        """Return the numbers of all rows, stamped or not, in order of their rows."""
        async with self.database.read() as session:
            return list((await session.execute(select(self.outbox.events.c.seq).order_by("id"))).scalars())

    async def execute(self, statement: object) -> None:
        """Do something to the tables that the kit itself never does."""
        async with self.database.write() as session:
            await _execute(session, statement)

    def app(self, *, with_relay: bool = True) -> FastAPI:
        """The service over HTTP."""

        @asynccontextmanager
        async def life(_app: FastAPI) -> AsyncIterator[None]:
            async with background(*([self.relay.run()] if with_relay else [])):
                yield

        app = create_app(
            service=SOURCE,
            description="Tells events.",
            settings=ServiceSettings(internal_api_token=INTERNAL_TOKEN),
            database=self.database,
            routers=[letterbox_router],
            lifespan=life,
        )
        app.state.letterbox = self.letterbox
        return app


async def _execute(session: AsyncSession, statement: object) -> None:
    await session.execute(statement)  # type: ignore[call-overload]  # Text or statement.


@asynccontextmanager
async def opened(database_url: str, *, bus: Bus | None = None, source: str = SOURCE) -> AsyncIterator[Producer]:
    """Open a producer on an empty database."""
    metadata = MetaData()
    outbox = Outbox(metadata, source=source)
    async with created_tables(database_url, metadata) as database:
        await outbox.ensure_head(database)
        relay = Relay(database, outbox, bus or SilentBus())
        yield Producer(database, outbox, relay, Letterbox(database, outbox, relay))
