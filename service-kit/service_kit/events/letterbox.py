"""The letterbox: the authoritative way to a service's events, pulled over HTTP with the caller's position."""

import asyncio
import contextlib
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from starlette.responses import Response

from service_kit.auth import Internal
from service_kit.clock import utc_now
from service_kit.contracts.events import Envelope
from service_kit.db import Database
from service_kit.errors import ServiceError
from service_kit.events.outbox import Outbox
from service_kit.events.relay import Relay
from service_kit.json_body import StrictRoute, encode_json

MAX_LIMIT = 1_000
MAX_WAIT_SECONDS = 25.0
LOOK_SECONDS = 0.5


class EpochChanged(ServiceError):
    status, code = 409, "epoch_changed"
    detail = "These events belong to another epoch of the outbox; start over."


class RangePruned(ServiceError):
    status, code = 410, "range_pruned"
    detail = "Events after this position were already pruned; start over."


class Letters(BaseModel):
    """What the letterbox hands out: events in order, and where the outbox stands."""

    epoch: str
    head: int
    pruned: int
    events: list[Envelope]


class Letterbox:
    """Reads one service's outbox for its readers and remembers how far each has got."""

    def __init__(self, database: Database, outbox: Outbox, relay: Relay) -> None:
        self._database = database
        self._outbox = outbox
        self._relay = relay
        self._acknowledged: dict[str, int] = {}

    async def letters(self, *, epoch: str | None, after: int, limit: int, wait: float) -> Letters:
        """Return the events after a position, waiting at most `wait` seconds for the first one."""
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            # Taken before looking: what is stamped while we look must wake us as well.
            news = self._relay.next_stamp
            letters = await self._read(epoch=epoch, after=after, limit=limit)
            left = deadline - asyncio.get_running_loop().time()
            if letters.events or left <= 0:
                return letters
            # Another process may stamp too, so the wait is cut into short looks.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, LOOK_SECONDS)):
                    await news.wait()

    async def acknowledge(self, reader: str, *, seq: int, at: datetime) -> None:
        """Remember that a reader holds everything up to `seq`; written only when it moved."""
        if self._acknowledged.get(reader) == seq:
            return
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        statement = insert(self._outbox.readers).values(name=reader, acknowledged_seq=seq, seen_at=at)
        async with self._database.write() as session:
            await session.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_={"acknowledged_seq": seq, "seen_at": at})
            )
        self._acknowledged[reader] = seq

    async def acknowledged(self) -> dict[str, int]:
        """Return how far each reader has got."""
        readers = self._outbox.readers
        async with self._database.read() as session:
            rows = await session.execute(select(readers.c.name, readers.c.acknowledged_seq))
            return {row.name: row.acknowledged_seq for row in rows}

    async def _read(self, *, epoch: str | None, after: int, limit: int) -> Letters:
        async with self._database.read() as session:
            current, head, pruned = await self._outbox.position(session)
            if epoch is not None and (epoch != current or after > head):
                raise EpochChanged(epoch=current, pruned=pruned)
            if after < pruned:
                raise RangePruned(epoch=current, pruned=pruned)
            events = await self._outbox.read(session, after=after, limit=limit)
        return Letters.model_construct(epoch=current, head=head, pruned=pruned, events=events)


router = APIRouter(prefix="/internal/v1", route_class=StrictRoute, include_in_schema=False)


@router.get("/events", dependencies=[Internal])
async def read_events(
    request: Request,
    reader: Annotated[str, Query(min_length=1, max_length=100, pattern=r"^[a-z0-9-]+$")],
    epoch: Annotated[str | None, Query(max_length=36)] = None,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = MAX_LIMIT,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT_SECONDS, allow_inf_nan=False)] = 0,
) -> Response:
    """Hand out events after a position; asking from a position acknowledges everything before it."""
    letterbox: Letterbox = request.app.state.letterbox
    letters = await letterbox.letters(epoch=epoch, after=after, limit=limit, wait=wait)
    if epoch is not None:
        await letterbox.acknowledge(reader, seq=after, at=utc_now())
    body: dict[str, Any] = letters.model_dump()
    return Response(encode_json(body), media_type="application/json")
