"""Redis and PostgreSQL killed and started again while people talk: nothing accepted is lost, nothing is doubled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from tests.doubles.openai_server import OpenAIServer
from tests.faults.books import ensure_analytics_agrees, ensure_in_order, ensure_kept, ensure_linear, settled_books
from tests.faults.journeys import LONG, Asked, author, followed
from tests.faults.postgres_server import PrivatePostgres, private_postgres
from tests.system.armed import until
from tests.system.models import offering
from tests.system.people import RETRY_SECONDS, Person, signed_in
from tests.system.system import System, started_system

TALKERS = 4
CALLERS = 4
DEATHS = 2
WAIT_SECONDS = 60.0
# Questions that are answered, or refused, before the next thing happens to the store.
MEANWHILE = 8

pytestmark = pytest.mark.timeout(400)


class Crowd:
    """People who keep asking, each in a conversation of their own, and what they were answered."""

    def __init__(self, person: Person) -> None:
        self.asked: list[Asked] = []
        # Every answer that was not an acceptance: status, Retry-After, and whether the store was there.
        self.refusals: list[tuple[int, str | None, bool]] = []
        self.is_store_there = True
        self._person = person
        self._is_over = False

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """Let them talk, and come to an end with what they have begun."""
        async with asyncio.TaskGroup() as talkers:
            for _ in range(TALKERS):
                talkers.create_task(self._talk())
            for _ in range(CALLERS):
                talkers.create_task(self._call_out())
            try:
                yield
            finally:
                self._is_over = True

    async def while_refused(self) -> None:
        """Return when some questions were refused."""
        known = len(self.refusals)
        assert await until(lambda: len(self.refusals) >= known + MEANWHILE, seconds=WAIT_SECONDS)

    async def while_accepted(self) -> None:
        """Return when some questions were accepted."""
        known = len(self.asked)
        assert await until(lambda: len(self.asked) >= known + MEANWHILE, seconds=WAIT_SECONDS)

    async def _talk(self) -> None:
        """Follow every answer to its end before the next question."""
        conversation = await self._start()
        while not self._is_over:
            await followed(self._person, await self._ask(conversation))

    async def _call_out(self) -> None:
        """Ask one thing after the other, each in a conversation of its own, and look for the answers at the end."""
        asked = []
        while not self._is_over:
            asked.append(await self._ask(await self._start()))
            await asyncio.sleep(RETRY_SECONDS)
        await asyncio.gather(*(followed(self._person, each) for each in asked))

    async def _start(self) -> str:
        wish = {"client_conversation_id": str(uuid4())}
        answer = await self._accepted("/chat/conversations", wish, accepted=(200, 201))
        return str(answer.json()["id"])

    async def _ask(self, conversation: str) -> Asked:
        question = {"client_message_id": str(uuid4()), "content": LONG}
        path = f"/chat/conversations/{conversation}/messages"
        answer = await self._accepted(path, question, accepted=(202,))
        self.asked.append(Asked(conversation, question["client_message_id"], LONG, str(answer.json()["turn"]["id"])))
        return self.asked[-1]

    async def _accepted(self, path: str, wish: dict[str, str], *, accepted: tuple[int, ...]) -> httpx2.Response:
        while True:
            was_there = self.is_store_there
            answer = await self._person.request("POST", path, json=wish, headers={"Prefer": "respond-async"})
            if answer.status_code in accepted:
                return answer
            is_outside = was_there and self.is_store_there
            self.refusals.append((answer.status_code, answer.headers.get("retry-after"), is_outside))
            await asyncio.sleep(RETRY_SECONDS)


@asynccontextmanager
async def crowded(
    folder: Path, *, engine: str, settings: dict[str, str] | None = None
) -> AsyncIterator[tuple[System, Crowd]]:
    """A system with people in it; afterwards everything has to be there, once."""
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(OpenAIServer())
        provider.will_answer_with(author)
        told = {**offering(provider.url, folder=folder), **(settings or {})}
        system = await stack.enter_async_context(started_system(folder, engine=engine, settings=told))
        person = await stack.enter_async_context(signed_in(system))
        admin = await stack.enter_async_context(signed_in(system, registers=False))
        crowd = Crowd(person)
        async with crowd.talking():
            yield system, crowd
        await everything_is_there(system, admin, crowd)


async def everything_is_there(system: System, admin: Person, crowd: Crowd) -> None:
    database = system.chat_database
    try:
        await ensure_analytics_agrees(database, admin)
        books = await settled_books(database)
    finally:
        await database.close()
    ensure_in_order(books)
    ensure_linear(books)
    ensure_kept(books, crowd.asked)
    assert len(books.turns) == len(crowd.asked)
    replies = [message for message in books.messages if message.role == "assistant"]
    # No process died, so nothing that was said is cut. But a store may die between storing a question and saying so,
    # or in the moment in which a turn reads its context; then nothing was said.
    assert {reply.outcome for reply in replies if reply.content} == {"finished"}
    assert {reply.outcome for reply in replies if not reply.content} <= {"interrupted", "failed"}


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_redis_dying_under_load_is_not_noticed(tmp_path: Path, engine: str) -> None:
    async with crowded(tmp_path, engine=engine) as (system, crowd):
        for _ in range(DEATHS):
            await crowd.while_accepted()
            system.redis.kill()
            await crowd.while_accepted()
            await system.start_redis()
        await crowd.while_accepted()
        assert crowd.refusals == []


async def test_postgresql_dying_under_load_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with private_postgres() as postgres:
        monkeypatch.setenv("TEST_POSTGRES_URL", postgres.url)
        async with crowded(tmp_path, engine="postgresql") as (_, crowd):
            for _ in range(DEATHS):
                await crowd.while_accepted()
                await die_and_come_back(postgres, crowd)
            await crowd.while_accepted()
            # The only refusals are those of a database that is away: at once, and with a word on when to come back.
            assert {status for status, _, _ in crowd.refusals} == {503}
            assert all(retry_after for _, retry_after, _ in crowd.refusals)
            assert [refusal for refusal in crowd.refusals if refusal[2]] == []


async def die_and_come_back(postgres: PrivatePostgres, crowd: Crowd) -> None:
    crowd.is_store_there = False
    await asyncio.to_thread(postgres.kill)
    await crowd.while_refused()
    await postgres.start()
    known = len(crowd.asked)
    # Connections that died with it are found out one by one, so the window ends with the first that is served again.
    assert await until(lambda: len(crowd.asked) > known, seconds=WAIT_SECONDS)
    crowd.is_store_there = True
