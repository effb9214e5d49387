"""The live feed: one shared screen for all viewers of a tenant and period, refreshed when something was counted."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from analytics_service.ingestion.letters import Letter
from analytics_service.ingestion.sources import Freshness
from analytics_service.reports.rules import MAX_PERIOD, period_of
from analytics_service.reports.schemas import LiveTurn, Summary
from analytics_service.reports.service import summarize
from service_kit.auth import Scope
from service_kit.clock import utc_now
from service_kit.contracts.events import TurnFinished
from service_kit.db import Database
from service_kit.logs import get_logger

REFRESH_SECONDS = 0.25
# A summary that takes long is computed less often, so that viewers never keep ingestion from its work.
REST_PER_WORK = 4
# Days end and sources fall silent without anything being counted.
LOOK_SECONDS = 5.0
TURNS_SHOWN = 50

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class View:
    """What a viewer asked to see; `start` is None for the last 30 days."""

    scope: Scope
    zone: ZoneInfo
    start: datetime | None


@dataclass(slots=True)
class Seen:
    """What one viewer was already told."""

    summaries: int = 0
    turns: int = 0


class Screen:
    """The latest summary and the latest turns. A viewer who is slow misses some; nobody waits for one."""

    def __init__(self, summary: Summary) -> None:
        self.viewers = 0
        self.refreshing: asyncio.Task[None]
        self.needs_refresh = asyncio.Event()
        self._summary = summary
        self._summaries = 1
        self._turns: deque[tuple[int, LiveTurn]] = deque(maxlen=TURNS_SHOWN)
        self._turns_shown = 0
        self._changed = asyncio.Event()

    def show_summary(self, summary: Summary) -> None:
        """Replace the summary; viewers are told when a number changed, not when merely time passed."""
        if summary.model_copy(update={"as_of": self._summary.as_of}) != self._summary:
            self._summaries += 1
            self._tell_viewers()
        self._summary = summary

    def show_turns(self, turns: Sequence[LiveTurn]) -> None:
        """Show turns that just ended."""
        for turn in turns:
            self._turns_shown += 1
            self._turns.append((self._turns_shown, turn))
        self._tell_viewers()

    def seen_by_newcomer(self) -> Seen:
        """Where a viewer begins: with the summary, without the turns of before."""
        return Seen(summaries=0, turns=self._turns_shown)

    async def news(self, seen: Seen, *, timeout: float) -> list[tuple[str, BaseModel]]:
        """Return what this viewer has not been told yet; nothing when nothing came in time."""
        changed = self._changed
        if (seen.summaries, seen.turns) == (self._summaries, self._turns_shown):
            try:
                async with asyncio.timeout(timeout):
                    await changed.wait()
            except TimeoutError:
                return []
        told: list[tuple[str, BaseModel]] = [("turn", turn) for number, turn in self._turns if number > seen.turns]
        if seen.summaries != self._summaries:
            told.append(("summary", self._summary))
        seen.summaries, seen.turns = self._summaries, self._turns_shown
        return told

    def _tell_viewers(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class LiveFeed:
    """The screens that are being watched at the moment."""

    def __init__(self, database: Database, freshness: Callable[[], Freshness]) -> None:
        self._database = database
        self._freshness = freshness
        self._screens: dict[tuple[object, ...], tuple[View, Screen]] = {}

    @property
    def screens(self) -> int:
        """How many screens are being watched."""
        return len(self._screens)

    def notify(self, letters: Sequence[Letter]) -> None:
        """Hear what was just counted; with nothing when another replica counted something."""
        for view, screen in self._screens.values():
            own = [letter for letter in letters if letter.event.tenant_id == view.scope.tenant_id]
            turns = [_live_turn(letter.event, at=letter.at) for letter in own if isinstance(letter.event, TurnFinished)]
            if turns:
                screen.show_turns(turns[-TURNS_SHOWN:])
            if own or not letters:
                screen.needs_refresh.set()

    async def summary(self, view: View) -> Summary:
        """Compute what a view shows now."""
        now = utc_now()
        start = max(view.start, now - MAX_PERIOD) if view.start else None
        period = period_of(start, None, zone=view.zone, now=now)
        async with self._database.read() as session:
            return await summarize(session, view.scope, period, now=now, freshness=self._freshness())

    @asynccontextmanager
    async def watch(self, view: View, first: Summary) -> AsyncIterator[Screen]:
        """Share a screen with those who look at the same; it is given back with its last viewer."""
        key = view.scope.tenant_id, view.zone.key, view.start
        if key not in self._screens:
            self._screens[key] = view, Screen(first)
        _, screen = self._screens[key]
        if not screen.viewers:
            screen.refreshing = asyncio.create_task(self._keep_fresh(view, screen))
        screen.viewers += 1
        try:
            yield screen
        finally:
            screen.viewers -= 1
            if not screen.viewers:
                del self._screens[key]
                screen.refreshing.cancel()

    async def _keep_fresh(self, view: View, screen: Screen) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await screen.needs_refresh.wait()
            screen.needs_refresh.clear()
            began = clock()
            try:
                screen.show_summary(await self.summary(view))
            except (SQLAlchemyError, OSError) as error:
                log.warning("screen_not_refreshed", error=type(error).__name__)
                screen.needs_refresh.set()
            await asyncio.sleep(max(REFRESH_SECONDS, REST_PER_WORK * (clock() - began)))


def _live_turn(turn: TurnFinished, *, at: datetime) -> LiveTurn:
    return LiveTurn(
        turn_id=turn.turn_id,
        user_id=turn.user_id,
        model=turn.model,
        provider=turn.provider,
        outcome=turn.outcome,
        input_tokens=turn.input_tokens,
        output_tokens=turn.output_tokens,
        duration_ms=turn.duration_ms,
        finished_at=at,
    )
