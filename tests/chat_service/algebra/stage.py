"""The stage: plays generated turns against a running service, and compares what listeners heard with what is stored."""

import asyncio
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.chat_service.algebra.doors import ASK, FOLLOW, STOP, Asked
from tests.chat_service.algebra.listener import Listener
from tests.chat_service.algebra.plans import Act, Leg, Scene
from tests.chat_service.algebra.script import TAG, Theatre, Yields
from tests.chat_service.conftest import Chat, Person

from chat_service.providers.port import Delta, Finish

Message = dict[str, Any]


@dataclass
class Stage:
    """One running service, the plays of its provider, and the count of what was compared."""

    chat: Chat
    theatre: Theatre
    sequences: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    _asked: int = 0

    async def play(self, scenes: list[Scene]) -> None:
        """Play some conversations side by side."""
        async with asyncio.TaskGroup() as group:
            for scene in scenes:
                group.create_task(self._play(scene))

    async def _play(self, scene: Scene) -> None:
        person = self.chat.person()
        conversation = await person.start()
        for act in scene:
            await Turn(self, person, conversation, act, await person.messages(conversation)).play()
            self.sequences += 1

    def new_content(self) -> str:
        """A question that nobody asked before."""
        self._asked += 1
        return f"{TAG}{self._asked}"


@dataclass
class Turn:
    """One act in one conversation."""

    stage: Stage
    person: Person
    conversation: str
    act: Act
    earlier: list[Message]
    listener: Listener = field(default_factory=Listener)

    async def play(self) -> None:
        """Ask, listen over all connections, and compare."""
        asked, kept = self._wish()
        content = self._content_of(asked)
        said = self.stage.theatre.announce(content, self.act.scripts)
        async with asyncio.TaskGroup() as group:
            if self.act.action == "queue":
                group.create_task(self._other_listener(await self._blocker()))
            if self.act.stop_after is not None:
                group.create_task(self._stop(asked, self.act.stop_after))
            for leg in self.act.legs:
                # Who has heard the end is told nothing more, and a socket would stay open to tell it.
                if not self.listener.is_over or leg.resume != "place":
                    await self._listen(asked, leg)
        assert self.listener.is_over
        stored = await self._stored(self.listener)
        self.listener.agrees_with(stored)
        assert stored["content"] == kept + said.text
        self.stage.seen.update((f"asked: {asked.kind}", f"outcome: {stored['outcome']}"))

    def _wish(self) -> tuple[Asked, str]:
        body: dict[str, Any] = {"client_message_id": str(uuid4())}
        if self.act.model is not None:
            body["model"] = self.act.model
        match self.act.action:
            case "regenerate" if self.earlier:
                return self._asked("regenerate", body, self._choice(self.earlier)), ""
            case "continue" if continuable := [each for each in self.earlier if _is_continuable(each)]:
                reply = self._choice(continuable)
                return self._asked("continue", body, reply), reply["content"]
            case "edit" if questions := [each for each in self.earlier if each["role"] == "user"]:
                body["edits"] = self._choice(questions)["id"]
            case "queue":
                body["if_busy"] = "queue"
            case _ if self.earlier and self.act.choice % 2:
                body["parent_id"] = self._choice(self.earlier)["id"]
        return self._asked("send", {**body, "content": self.stage.new_content()}, None), ""

    def _asked(self, kind: str, body: dict[str, Any], message: Message | None) -> Asked:
        return Asked(self.person, self.conversation, kind, body, message["id"] if message else None)

    def _choice(self, messages: list[Message]) -> Message:
        return messages[self.act.choice % len(messages)]

    def _content_of(self, asked: Asked) -> str:
        if asked.kind == "send":
            return str(asked.body["content"])
        messages = {each["id"]: each for each in self.earlier}
        message = messages[asked.message_id]
        return str((message if message["role"] == "user" else messages[message["parent_id"]])["content"])

    async def _listen(self, asked: Asked, leg: Leg) -> None:
        """Hear a part of the turn over one connection."""
        self.stage.seen.update((f"over: {leg.door}", f"from: {leg.resume}"))
        listener = self.listener
        if leg.door == "json":
            await self._wait(asked, leg)
            return
        asks = leg.resume == "again" or listener.turn_id is None
        if asks or leg.resume != "place":
            listener.forget()
        if asks:
            events = ASK[leg.door](asked)
        else:
            place = f"{uuid4()}:{self.act.choice}" if leg.resume == "elsewhere" else listener.place
            events = FOLLOW[leg.door](self.person, self.conversation, str(listener.turn_id), place)
        heard = 0
        async with aclosing(events):
            async for event in events:
                assert heard or leg.resume != "elsewhere" or asks or event["kind"] == "snapshot", event
                listener.take(event)
                heard += 1
                if listener.is_over or heard == leg.events:
                    return

    async def _wait(self, asked: Asked, leg: Leg) -> None:
        waiting = asyncio.create_task(asked.answered())
        if leg.events is not None:
            await moves(leg.events * 8)
            waiting.cancel()
            await asyncio.wait([waiting])
            return
        reply = await waiting
        self.listener = Listener(reply["turn_id"], reply, reply, reply["content"], is_over=True)

    async def _blocker(self) -> Asked:
        """Ask something that keeps the conversation busy for a while."""
        content = self.stage.new_content()
        pause = Yields(30 * self.act.choice)
        self.stage.theatre.announce(content, [(Delta("first "), pause, Delta("things first"), Finish("stop"))])
        blocker = self._asked("send", {"client_message_id": str(uuid4()), "content": content}, None)
        await blocker.begun()
        return blocker

    async def _other_listener(self, asked: Asked) -> None:
        listener = Listener()
        async with aclosing(ASK["sse"](asked)) as events:
            async for event in events:
                listener.take(event)
        listener.agrees_with(await self._stored(listener))

    async def _stop(self, asked: Asked, after: int) -> None:
        await moves(after)
        await STOP[self.act.stop_door](self.person, self.conversation, await asked.begun())

    async def _stored(self, listener: Listener) -> Message:
        messages = await self.person.messages(self.conversation)
        return next(each for each in messages if each["turn_id"] == listener.turn_id and each["role"] == "assistant")


async def moves(times: int) -> None:
    """Let everybody else of this process move."""
    for _ in range(times):
        await asyncio.sleep(0)


def _is_continuable(message: Message) -> bool:
    is_cut = message["outcome"] in ("stopped", "failed", "interrupted") or message["finish_reason"] == "length"
    return message["role"] == "assistant" and is_cut and bool(message["content"])
