"""Journeys: what a person does through a system that keeps failing, and what that person was told meanwhile.

Every question is repeated with its own id until it is acknowledged, and every turn is followed to its end, coming back
after each broken connection at the place that was reached.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
from tests.doubles.openai_script import Pause, Step, TellUsage, completion, delta, done, finish, role, tool_call
from tests.doubles.openai_server import Call
from tests.system.people import RETRY_SECONDS, Facts, Person

from chat_service.turns.events import CLOSING, fold

# One process after the other dies under these people: a turn waits ten seconds for the lease of a dead one to run out,
# a question that stands in a queue waits for everybody before it, and each time a process has to start first.
PATIENCE_SECONDS = 300.0
TRY_AGAIN = frozenset({500, 502, 503, 504})

LONG = "Tell me something long"
CALCULATE = "Please calculate"
QUICK = "Quickly"
# More than a checkpoint waits for, said slowly enough that one finds the turn still running.
LONG_DELTAS = 45
LONG_PAUSE_SECONDS = 0.02


def author(call: Call) -> tuple[Step, ...]:
    """What the model answers: something long, a call of a tool and what came of it, a summary, or a few words."""
    last = call.messages[-1]
    if last["role"] == "tool":
        return completion("The tool ", "says ", str(last["content"]))
    if str(last["content"]).startswith(CALCULATE) and "tools" in call.body:
        asked = tool_call("calculator", {"expression": "6*7"})
        return (role(), delta("Let me see. "), asked, finish("tool_calls"), TellUsage(), done())
    if str(last["content"]).startswith(LONG):
        said = (
            step for n in range(LONG_DELTAS) for step in (delta(f"{n:02} " + "word " * 14), Pause(LONG_PAUSE_SECONDS))
        )
        return (role(), *said, finish(), TellUsage(), done())
    return completion("A few ", "words.")


class Follower:
    """What somebody has after folding every event of a turn that came."""

    def __init__(self) -> None:
        self.reply: Facts | None = None
        # What had been folded before the event that tells the stored reply.
        self.heard: Facts | None = None
        self.closing: Facts = {}
        self.place: str | None = None

    def take(self, event: Facts) -> None:
        """Fold one event; a hole is an error."""
        epoch, _, seq = (self.place or "").rpartition(":")
        if event["kind"] in CLOSING:
            self.heard, self.closing = self.reply, event
        elif event["kind"] != "snapshot" and epoch == event["epoch"]:
            assert event["seq"] == int(seq) + 1, f"a hole after {self.place}: {event['kind']} {event['seq']}"
        self.reply = fold(self.reply, event)
        self.place = f"{event['epoch']}:{event['seq']}"


@dataclass
class Asked:
    """A question that was acknowledged, and what its follower came to know."""

    conversation: str
    client_message_id: str
    content: str
    turn_id: str
    follower: Follower = field(default_factory=Follower)


async def acknowledged(person: Person, conversation: str, content: str, **terms: Any) -> Asked:
    """Ask until somebody says that it is accepted."""
    question = {"client_message_id": str(uuid4()), "content": content, **terms}
    answer = await insisted(
        person,
        "POST",
        f"/chat/conversations/{conversation}/messages",
        json=question,
        headers={"Prefer": "respond-async"},
    )
    assert answer.status_code == 202, f"{answer.status_code}: {answer.text}"
    return Asked(conversation, question["client_message_id"], content, str(answer.json()["turn"]["id"]))


async def insisted(person: Person, method: str, path: str, **how: Any) -> httpx2.Response:
    """Ask again while nobody answers or something went wrong on the other side."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                answer = await person.request(method, path, **how)
                if answer.status_code not in TRY_AGAIN:
                    return answer
            except httpx2.TransportError:
                pass
            await asyncio.sleep(RETRY_SECONDS)


async def followed(person: Person, asked: Asked, *, stop_after: int | None = None) -> Asked:
    """Follow a turn to its end, and stop it after so many pieces of text."""
    follower, heard = asked.follower, 0
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not follower.closing:
                try:
                    async with person.stream(f"/chat/turns/{asked.turn_id}/events", after=follower.place) as events:
                        async for event in events:
                            follower.take(event)
                            heard += event["kind"] == "delta"
                            if heard == stop_after and event["kind"] == "delta":
                                await insisted(person, "POST", f"/chat/turns/{asked.turn_id}/stop")
                except httpx2.TransportError:
                    pass
                if not follower.closing:
                    await asyncio.sleep(RETRY_SECONDS)
    except TimeoutError:
        raise AssertionError(f"{asked.content}: turn {asked.turn_id} did not end, last at {follower.place}") from None
    return asked


class Journey:
    """One person's way past every fault point of a turn: long answers, summaries, tools, a queue and a stop."""

    def __init__(self, person: Person) -> None:
        self.asked: list[Asked] = []
        self._person = person

    async def run(self) -> None:
        """Go all ways at once."""
        await asyncio.gather(self._talk(), self._calculate(), self._queue())

    async def _talk(self) -> None:
        # Nothing earlier is sent, so that the second question needs a summary of the first.
        conversation = await self._start({"messages": 0, "summarises": True})
        await followed(self._person, await self._ask(conversation, LONG))
        await followed(self._person, await self._ask(conversation, LONG), stop_after=3)

    async def _calculate(self) -> None:
        conversation = await self._start({})
        await followed(self._person, await self._ask(conversation, CALCULATE))

    async def _queue(self) -> None:
        conversation = await self._start({})
        asked = await asyncio.gather(*(self._ask(conversation, f"{QUICK} {n}", if_busy="queue") for n in range(3)))
        await asyncio.gather(*(followed(self._person, each) for each in asked))

    async def _start(self, context: Facts) -> str:
        wish = {"client_conversation_id": str(uuid4()), "context": context}
        answer = await insisted(self._person, "POST", "/chat/conversations", json=wish)
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["id"])

    async def _ask(self, conversation: str, content: str, **terms: Any) -> Asked:
        asked = await acknowledged(self._person, conversation, content, **terms)
        self.asked.append(asked)
        return asked
