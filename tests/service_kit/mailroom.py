"""A source and an inbox in memory: real classes that a consumer can work with, and that tests can steer."""

import asyncio
from dataclasses import dataclass, field

from service_kit.clock import new_id, utc_now
from service_kit.contracts.events import Envelope, UserRegistered
from service_kit.events.bus import Ring
from service_kit.events.consumer import Position, SourceRestarted, SourceUnreachable
from service_kit.events.letterbox import Letters


@dataclass
class MemorySource:
    """A source whose letters lie in memory. It can be down, restart, prune and leave out."""

    name: str = "chat-service"
    epoch: str = "one"
    pruned: int = 0
    events: list[Envelope] = field(default_factory=list)
    is_down: bool = False
    page: int = 1_000
    left_out: set[int] = field(default_factory=set)
    pulls: int = 0

    def tell(self, count: int = 1) -> list[Envelope]:
        """Tell new events and return them."""
        new = [self._letter(len(self.events) + place) for place in range(1, count + 1)]
        self.events += new
        return new

    def ring(self, events: list[Envelope]) -> Ring:
        """The ring of these events."""
        return Ring(self.name, self.epoch, events[-1].sequence, tuple(events))

    async def pull(self, position: Position, *, wait: float) -> Letters:
        """Hand out letters like a letterbox does."""
        self.pulls += 1
        await asyncio.sleep(0 if self._after(position) else min(wait, 0.01))
        if self.is_down:
            raise SourceUnreachable("down")
        if position.epoch not in (None, self.epoch) or position.seq < self.pruned:
            raise SourceRestarted(epoch=self.epoch, pruned=self.pruned)
        events = [event for event in self._after(position)[: self.page] if event.sequence not in self.left_out]
        return Letters(epoch=self.epoch, head=len(self.events), pruned=self.pruned, events=events)

    def _after(self, position: Position) -> list[Envelope]:
        return self.events[max(position.seq, self.pruned) :]

    def _letter(self, sequence: int) -> Envelope:
        event = UserRegistered(tenant_id=new_id(), user_id=new_id(), role="user")
        return Envelope(
            id=event.event_id,
            source=self.name,
            type=event.type,
            time=utc_now(),
            sequence=sequence,
            data=event.model_dump(mode="json"),
        )


class MemoryInbox:
    """An inbox that only remembers; tests wait until it has got so far."""

    def __init__(self) -> None:
        self.at = Position(None, 0)
        self.applied: list[Envelope] = []
        self.failures: list[Exception] = []
        self._moved = asyncio.Event()

    async def position(self, source: str) -> Position:
        """Return the position."""
        return self.at

    async def apply(self, source: str, *, since: Position, epoch: str, events: list[Envelope]) -> bool:
        """Remember events that continue the position."""
        if self.failures:
            raise self.failures.pop(0)
        if since != self.at:
            return False
        first = since.seq + 1
        assert [event.sequence for event in events] == list(range(first, first + len(events))), "a gap was applied"
        self.applied += events
        self._move(Position(epoch, since.seq + len(events)))
        return True

    async def start_over(self, source: str, *, epoch: str, pruned: int) -> None:
        """Go back."""
        self._move(Position(epoch, pruned))

    async def reaches(self, position: Position) -> None:
        """Return when the position is reached."""
        while self.at != position:
            await self._moved.wait()

    def _move(self, position: Position) -> None:
        self.at = position
        self._moved.set()
        self._moved = asyncio.Event()
