"""The sweep: every fault point of the product x kill, raise, delay, in real processes that people are using meanwhile.

A process is killed at one point, started again to be killed at the next, and so on; people go on with their journeys
through all of that. Errors and delays leave a process alive, so one process meets all of them and has to come through.
"""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
from tests.doubles.openai_server import OpenAIServer
from tests.faults.books import ensure_analytics_agrees, ensure_in_order, ensure_kept, ensure_linear, settled_books
from tests.faults.journeys import Journey, author
from tests.faults.points import points
from tests.system.armed import ArmedProcess, until
from tests.system.models import offering
from tests.system.people import Person, signed_in
from tests.system.system import System, started_system

# Two dozen processes are started one after the other in this test; a slow machine needs its time.
pytestmark = pytest.mark.timeout(600)

FATAL: Final = "kill"
SURVIVED: Final = ("raise", "delay")
# A turn left behind by a process that died is reaped after ten seconds, and only then some points are passed.
MEETING_SECONDS = 30.0
SETTING_OUT = 5
# After the last fault: a lease runs out, a reaper comes by, and the questions of a journey are answered.
ARRIVING_SECONDS = 90.0
# Whoever reaps needs something to reap: these points come when others have left orphans behind.
LATE = ("turn.reap.",)


class Sweep:
    """A system in which processes fail one after the other, and the people who use it."""

    def __init__(self, system: System, person: Person) -> None:
        self.journeys: list[Journey] = []
        self.unmet: list[str] = []
        self._person = person
        self._walking: list[asyncio.Task[None]] = []
        self._armed = {name: ArmedProcess.instead_of(system, name) for name in ("chat", "analytics")}

    async def start(self) -> None:
        """Start what is to fail later."""
        for armed in self._armed.values():
            await armed.start_armed()

    async def kill_at_every_point(self, process: str) -> None:
        """Start a process to die at each of its points, one after the other, and then one that lives."""
        armed = self._armed[process]
        for name in names_for(process):
            armed.kill()
            await armed.start_armed(f"{name}:{FATAL}")
            self._set_out()
            if not await until(lambda: armed.has_died, seconds=MEETING_SECONDS):
                self.unmet.append(f"{name}:{FATAL}")
        armed.kill()
        await armed.start_armed()

    async def come_through(self, mode: str) -> None:
        """Start both processes to meet an error or a delay at every point, and wait until they have met them all."""
        wished = {f"{point.name}:{mode}" for point in points()}
        # Killed in the middle of something, so that there is something to reap.
        orphaned = self._set_out()
        await until(lambda: bool(orphaned.asked), seconds=MEETING_SECONDS)
        for process, armed in self._armed.items():
            armed.kill()
            await armed.start_armed(*(f"{point.name}:{mode}" for point in points() if point.process == process))
        # An error on the way keeps a journey from the points behind it, so another one follows.
        for _ in range(SETTING_OUT):
            self._set_out()
            if await until(lambda: wished <= self._met(), seconds=MEETING_SECONDS / SETTING_OUT):
                break
        self.unmet.extend(sorted(wished - self._met()))
        await self.arrive()
        assert [armed.crashed_jobs() for armed in self._armed.values()] == [[], []]

    async def arrive(self) -> None:
        """Wait until everybody has got through, now that nothing fails any more."""
        async with asyncio.timeout(ARRIVING_SECONDS):
            await asyncio.gather(*self._walking)

    def _met(self) -> set[str]:
        return {fault for armed in self._armed.values() for fault in armed.met()}

    def _set_out(self) -> Journey:
        journey = Journey(self._person)
        self.journeys.append(journey)
        self._walking.append(asyncio.create_task(journey.run()))
        return journey


def names_for(process: str) -> list[str]:
    """The points of a process, those last that need what the others leave behind."""
    names = [point.name for point in points() if point.process == process]
    return sorted(names, key=lambda name: name.startswith(LATE))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_nothing_is_lost_doubled_or_stuck_whatever_happens_wherever(tmp_path: Path, engine: str) -> None:
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(OpenAIServer())
        provider.will_answer_with(author)
        settings = offering(provider.url, folder=tmp_path)
        system = await stack.enter_async_context(started_system(tmp_path, engine=engine, settings=settings))
        person = await stack.enter_async_context(signed_in(system))
        admin = await stack.enter_async_context(signed_in(system, registers=False))
        for name in ("chat", "analytics"):
            system.processes[name].kill()
        sweep = Sweep(system, person)
        await sweep.start()
        for process in ("chat", "analytics"):
            await sweep.kill_at_every_point(process)
        for mode in SURVIVED:
            await sweep.come_through(mode)
        await everything_is_there(system, admin, sweep.journeys)
        assert sweep.unmet == [], "some points were not passed"


async def everything_is_there(system: System, admin: Person, journeys: list[Journey]) -> None:
    database = system.chat_database
    try:
        await ensure_analytics_agrees(database, admin)
        books = await settled_books(database)
    finally:
        await database.close()
    ensure_in_order(books)
    ensure_linear(books)
    ensure_kept(books, [asked for journey in journeys for asked in journey.asked])
