"""The consumer: applies one source's events in order, without gaps and without doubles, whatever the doorbell does."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx2
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from service_kit.clock import utc_now
from service_kit.contracts.events import Envelope
from service_kit.events.bus import Bus, Ring, Rings
from service_kit.events.letterbox import MAX_LIMIT, Letters
from service_kit.fault_points import fault_point
from service_kit.json_body import decode_json
from service_kit.logs import get_logger

LOOK_SECONDS = 1.0
PULL_TIMEOUT_SECONDS = 10.0
REST_SECONDS = 0.5

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """How far a source was applied; `epoch` is None before the first pull."""

    epoch: str | None
    seq: int


class SourceRestarted(Exception):
    """The source counts anew (409) or has pruned what we miss (410); `pruned` is where its letters begin."""

    def __init__(self, *, epoch: str, pruned: int) -> None:
        super().__init__(epoch)
        self.epoch = epoch
        self.pruned = pruned


class SourceUnreachable(Exception):
    """The letterbox did not answer properly; try again later."""


class Source(Protocol):
    """Where letters are pulled from."""

    name: str

    async def pull(self, position: Position, *, wait: float) -> Letters:
        """Return the letters after a position, or raise SourceRestarted or SourceUnreachable."""
        ...


class Inbox(Protocol):
    """Where events are applied. Every method is one transaction of its own."""

    async def position(self, source: str) -> Position:
        """Return how far this source was applied."""
        ...

    async def apply(self, source: str, *, since: Position, epoch: str, events: list[Envelope]) -> bool:
        """Apply consecutive events and move the cursor in one transaction; False when somebody else moved it."""
        ...

    async def start_over(self, source: str, *, epoch: str, pruned: int) -> None:
        """Accept a new epoch, or the loss of a pruned range, and continue from `pruned`."""
        ...


class HttpSource:
    """A service's letterbox over HTTP."""

    def __init__(self, name: str, url: str, *, reader: str, token: str, client: httpx2.AsyncClient) -> None:
        self.name = name
        self._url = f"{url}/internal/v1/events"
        self._reader = reader
        self._headers = {"Authorization": f"Bearer {token}"}
        self._client = client

    async def pull(self, position: Position, *, wait: float) -> Letters:
        """Pull over HTTP."""
        asked: dict[str, str | int | float] = {
            "reader": self._reader,
            "after": position.seq,
            "limit": MAX_LIMIT,
            "wait": wait,
        }
        if position.epoch is not None:
            asked["epoch"] = position.epoch
        try:
            answer = await self._client.get(
                self._url, params=asked, headers=self._headers, timeout=PULL_TIMEOUT_SECONDS + wait
            )
            body = decode_json(answer.content)
            if answer.status_code in (409, 410):
                raise SourceRestarted(epoch=str(body["epoch"]), pruned=int(body["pruned"]))
            answer.raise_for_status()
            return Letters.model_validate(body)
        except (httpx2.HTTPError, ValidationError, ValueError, KeyError, TypeError) as error:
            raise SourceUnreachable(type(error).__name__) from error


class Consumer:
    """Follows one source: the doorbell when it rings, the letterbox every second anyway."""

    def __init__(self, source: Source, inbox: Inbox, bus: Bus) -> None:
        self._source = source
        self._inbox = inbox
        self._bus = bus
        self.is_caught_up = False
        self.lag = 0
        self.answered_at: datetime | None = None
        self._is_waiting = False

    async def run(self) -> None:
        """Consume until cancelled."""
        # Subscribing first means that nothing falls between the pull and the first ring.
        async with self._bus.listen() as rings:
            while True:
                try:
                    await self._consume(rings)
                except (SourceUnreachable, SQLAlchemyError, OSError) as error:
                    # Told once, not twice a second for as long as the source is down.
                    if not self._is_waiting:
                        log.warning("consumer_waits", source=self._source.name, error=str(error)[:100])
                    self._is_waiting = True
                    self.is_caught_up = False
                    await asyncio.sleep(REST_SECONDS)
                except Exception as error:
                    # Whatever it is, it must not be the end of listening for as long as this process lives.
                    log.error("consumer_failed", source=self._source.name, exc_info=error)
                    self.is_caught_up = False
                    await asyncio.sleep(REST_SECONDS)

    async def _consume(self, rings: Rings) -> None:
        clock = asyncio.get_running_loop().time
        await self.pull_to_head()
        look_at = clock() + LOOK_SECONDS
        while True:
            if self._bus.is_live:
                ring = await rings.next(timeout=max(0.0, look_at - clock()))
                if ring is not None and ring.source == self._source.name:
                    await self.hear(ring)
                # However much rings, also for others, the letterbox is looked into: a ring may have been lost.
                if clock() < look_at:
                    continue
                await self.pull_to_head()
            else:
                # Nobody rings: the letterbox is asked to answer as soon as something comes.
                await self.pull_to_head(wait=LOOK_SECONDS)
            look_at = clock() + LOOK_SECONDS

    async def hear(self, ring: Ring) -> None:
        """Apply what the ring carries when it continues our position; pull when it does not."""
        position = await self._inbox.position(self._source.name)
        news = [event for event in ring.events if event.sequence > position.seq]
        is_whole = _continue(position, news) and (news or ring.head <= position.seq)
        if ring.epoch != position.epoch or not is_whole:
            await self.pull_to_head()
        elif news:
            await self._apply(position, epoch=ring.epoch, events=news)

    async def pull_to_head(self, *, wait: float = 0) -> None:
        """Pull and apply until the letterbox has nothing more; only the first pull waits."""
        while True:
            position = await self._inbox.position(self._source.name)
            try:
                letters = await self._source.pull(position, wait=wait)
            except SourceRestarted as restart:
                log.warning("source_restarted", source=self._source.name, pruned=restart.pruned)
                await self._inbox.start_over(self._source.name, epoch=restart.epoch, pruned=restart.pruned)
                continue
            if not _continue(position, letters.events):
                raise SourceUnreachable("the letterbox left out events")
            self.answered_at = utc_now()
            if letters.events or position.epoch is None:
                await self._apply(position, epoch=letters.epoch, events=letters.events)
            self.lag = letters.head - (letters.events[-1].sequence if letters.events else position.seq)
            self.is_caught_up = self.lag <= 0
            if self._is_waiting:
                log.info("consumer_goes_on", source=self._source.name, lag=self.lag)
                self._is_waiting = False
            wait = 0
            if self.is_caught_up:
                return

    async def _apply(self, position: Position, *, epoch: str, events: list[Envelope]) -> None:
        await fault_point("consumer.apply.before")
        await self._inbox.apply(self._source.name, since=position, epoch=epoch, events=events)
        await fault_point("consumer.applied")


def _continue(position: Position, events: list[Envelope]) -> bool:
    """Tell whether these events follow a position without a gap."""
    first = position.seq + 1
    return [event.sequence for event in events] == list(range(first, first + len(events)))
