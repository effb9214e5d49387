"""Three chat-service processes on one PostgreSQL and one Redis behave as one, whichever of them is asked or dies.

F02, F07, F13, F39 of the fault catalogue.
"""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text
from tests.system.people import Followed, Person, signed_in
from tests.system.system import System, started_system

# Whole systems are started and killed several times in one test; a slow machine needs its time.
pytestmark = pytest.mark.timeout(400)

CHATS = ("chat", "chat-2", "chat-3")
QUESTION = "A long answer please"
SPEED = {"DEMO_DELTAS_PER_SECOND": "30"}
CLIENTS = 6

Facts = dict[str, Any]


class Roamer(Person):
    """Somebody whose requests go to one replica or another instead of through the gateway."""

    def __init__(self, system: System, person: Person) -> None:
        super().__init__(system, person.username)
        self._token = person.bearer["Authorization"].removeprefix("Bearer ")
        self._addresses = [system.processes[name].address for name in CHATS]

    def at(self, name: str) -> "Roamer":
        """The same person, who asks this replica only."""
        settled = copy(self)
        settled._addresses = [self._addresses[CHATS.index(name)]]
        return settled

    def _address(self, path: str) -> str:
        # Like a load balancer without a memory: any replica does.
        return f"{random.choice(self._addresses)}{path.removeprefix('/chat')}"

    async def request(self, method: str, path: str, **how: Any) -> httpx2.Response:
        """Ask a replica."""
        return await super().request(method, self._address(path), **how)

    @asynccontextmanager
    async def stream(self, path: str, *, after: str | None = None) -> AsyncIterator[AsyncIterator[Facts]]:
        """Open an event stream at a replica."""
        async with super().stream(self._address(path), after=after) as events:
            yield events


@asynccontextmanager
async def three_replicas(folder: Path, **settings: str) -> AsyncIterator[tuple[System, Roamer]]:
    """A system with three chat processes, and somebody who knows the way to each of them."""
    told = {**SPEED, **settings}
    async with (
        started_system(folder, engine="postgresql", more_chats=2, settings=told) as system,
        signed_in(system) as person,
    ):
        roamer = Roamer(system, person)
        try:
            yield system, roamer
        finally:
            await roamer.close()


async def stored_reply(roamer: Roamer, conversation: str) -> Facts:
    """The newest reply as every replica shows it."""
    shown = [(await roamer.at(name).messages(conversation))[-1] for name in CHATS]
    assert shown[0] == shown[1] == shown[2]
    return shown[0]


async def follow_until(roamer: Roamer, turn_id: str, followed: Followed, is_so: Any) -> None:
    """Follow a turn until enough was heard, and leave."""
    async with roamer.stream(f"/chat/turns/{turn_id}/events", after=followed.place) as events:
        async for event in events:
            followed.take(event)
            if is_so(event):
                return


async def test_a_turn_is_followed_stopped_and_resumed_from_any_replica(tmp_path: Path) -> None:
    async with three_replicas(tmp_path) as (_, roamer):
        conversation = await roamer.start()
        turn_id = (await roamer.at("chat").begin(conversation, QUESTION))["turn"]["id"]
        wandering = Followed()
        for stop, name in enumerate(("chat-2", "chat-3", "chat", "chat-2"), start=1):
            goal = stop * 10
            await follow_until(roamer.at(name), turn_id, wandering, lambda event, goal=goal: event["seq"] >= goal)
        # It was carried from replica to replica without a hole, and nothing had to be shown anew.
        assert wandering.snapshots == 0
        followers = [asyncio.create_task(roamer.at(name).follow(turn_id)) for name in CHATS]
        stopped = await roamer.at("chat-3").request("POST", f"/chat/turns/{turn_id}/stop")
        assert stopped.status_code == 200
        heard = await asyncio.gather(*followers)
        await follow_until(roamer, turn_id, wandering, lambda event: event["kind"] in ("done", "failed"))
        reply = await stored_reply(roamer, conversation)
        assert reply["outcome"] == "stopped"
        assert {each.text for each in (*heard, wandering)} == {reply["content"]}
        assert {each.last["kind"] for each in heard} == {"done"}


async def test_redis_is_killed_in_mid_turn_and_followers_elsewhere_go_on(tmp_path: Path) -> None:
    """F13."""
    async with three_replicas(tmp_path) as (system, roamer):
        conversation = await roamer.start()
        turn_id = (await roamer.at("chat").begin(conversation, QUESTION))["turn"]["id"]
        followed = Followed()
        kinds: list[str] = []
        async with roamer.at("chat-2").stream(f"/chat/turns/{turn_id}/events") as events:
            async for event in events:
                followed.take(event)
                kinds.append(event["kind"])
                if len(kinds) == 10:
                    assert "snapshot" not in kinds
                    system.redis.kill()
                elif event["kind"] == "snapshot" and followed.snapshots == 2:
                    await system.start_redis()
        reply = await stored_reply(roamer, conversation)
        assert (reply["outcome"], followed.text) == ("finished", reply["content"])
        # From checkpoints while Redis was away, live again when it had come back.
        assert followed.snapshots >= 2
        assert "delta" in kinds[len(kinds) - kinds[::-1].index("snapshot") :]


async def test_the_owner_of_a_turn_is_killed(tmp_path: Path) -> None:
    """F02: the others end the turn with what was saved, tell it once, and answer the next question."""
    async with three_replicas(tmp_path) as (system, roamer):
        conversation = await roamer.start()
        turn_id = (await roamer.at("chat-2").begin(conversation, QUESTION))["turn"]["id"]
        followed, ends, is_killed = Followed(), 0, False
        async with roamer.at("chat-3").stream(f"/chat/turns/{turn_id}/events") as events:
            async for event in events:
                followed.take(event)
                ends += event["kind"] in ("done", "failed")
                if event["seq"] > 60 and not is_killed:
                    system.processes["chat-2"].kill()
                    is_killed = True
        await system.start("chat-2")
        reply = await stored_reply(roamer, conversation)
        assert (ends, reply["outcome"]) == (1, "interrupted")
        assert followed.last["reply"]["content"] == reply["content"] != ""
        assert (await roamer.at("chat").ask(conversation, "And now?"))["reply"]["outcome"] == "finished"


async def test_a_rolling_restart_fails_no_request_and_loses_nothing(tmp_path: Path) -> None:
    """F39: all three are asked to end, one after the other, while people go on asking and following."""
    async with three_replicas(tmp_path, DEMO_DELTAS_PER_SECOND="200") as (system, roamer):
        is_over = asyncio.Event()
        asked: dict[str, str] = {}
        clients = [asyncio.create_task(keep_asking(roamer, asked, is_over)) for _ in range(CLIENTS)]
        for name in CHATS:
            seen = len(asked)
            code = await asyncio.to_thread(system.processes[name].send, signal.SIGTERM)
            assert code == 0
            await system.start(name)
            # Something is asked between one restart and the next.
            while len(asked) < seen + CLIENTS:
                await asyncio.wait(clients, timeout=0.05, return_when=asyncio.FIRST_EXCEPTION)
                assert not any(client.done() for client in clients)
        is_over.set()
        await asyncio.gather(*clients)
        assert await outcomes(system) == dict.fromkeys(asked, "finished")
        for conversation in set(asked.values()):
            messages = await roamer.messages(conversation)
            assert [message["role"] for message in messages] == ["user", "assistant"] * (len(messages) // 2)


async def keep_asking(roamer: Roamer, asked: dict[str, str], is_over: asyncio.Event) -> None:
    """Ask one question after the other, follow each to its end, and compare what was heard with what is stored."""
    conversation = await roamer.start()
    while not is_over.is_set():
        client_message_id = str(uuid4())
        asked[client_message_id] = conversation
        question = {"client_message_id": client_message_id, "content": "A list and a table, please"}
        path = f"/chat/conversations/{conversation}/messages"
        begun = await roamer.patiently("POST", path, json=question, headers={"Prefer": "respond-async"})
        assert begun.status_code == 202, begun.text
        followed = await roamer.follow(begun.json()["turn"]["id"])
        answer = await roamer.patiently("POST", path, json=question)
        assert answer.status_code == 201, answer.text
        reply = answer.json()["reply"]
        assert (reply["outcome"], followed.text) == ("finished", reply["content"])


async def outcomes(system: System) -> dict[str, str]:
    """How every stored turn ended, by the id its client gave it."""
    database = system.chat_database
    try:
        async with database.read() as session:
            rows = await session.execute(text("SELECT client_message_id, outcome FROM turn"))
            return {str(row.client_message_id): row.outcome for row in rows}
    finally:
        await database.close()
