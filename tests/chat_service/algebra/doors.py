"""The doors through which a turn is asked for, followed and stopped: the same wish and place on each of them."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import websockets
from tests.chat_service.conftest import Event, Person

from service_kit.json_body import decode_json

ROUTES = {"send": "messages", "regenerate": "messages/{}/regenerate", "continue": "messages/{}/continue"}


@dataclass(frozen=True)
class Asked:
    """What is asked for, in the words of every door."""

    person: Person
    conversation: str
    kind: str
    body: dict[str, Any]
    message_id: str | None = None

    @property
    def path(self) -> str:
        return f"/conversations/{self.conversation}/{ROUTES[self.kind].format(self.message_id)}"

    @property
    def frame(self) -> dict[str, Any]:
        of_message = {} if self.message_id is None else {"message_id": self.message_id}
        return {"kind": self.kind, **of_message, **self.body}

    async def begun(self) -> str:
        """Ask without waiting for the answer, and return the id of the turn."""
        headers = {"Prefer": "respond-async"}
        answer = await self.person.request("POST", self.path, json=self.body, headers=headers)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["turn"]["id"])

    async def answered(self) -> dict[str, Any]:
        """Ask and wait for the whole answer."""
        answer = await self.person.request("POST", self.path, json=self.body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["reply"])


Events = AsyncGenerator[Event, None]
Follow = Callable[[Person, str, str, str | None], Events]


async def ask_over_sse(asked: Asked) -> Events:
    async with asked.person.stream("POST", asked.path, json=asked.body) as events:
        async for event in events:
            yield event


async def follow_over_sse(person: Person, conversation: str, turn_id: str, place: str | None) -> Events:
    headers = {"Last-Event-ID": place} if place else {}
    async with person.stream("GET", f"/turns/{turn_id}/events", headers=headers) as events:
        async for event in events:
            yield event


async def ask_and_poll(asked: Asked) -> Events:
    async for event in follow_by_polling(asked.person, asked.conversation, await asked.begun(), None):
        yield event


async def follow_by_polling(person: Person, conversation: str, turn_id: str, place: str | None) -> Events:
    while True:
        query = {"wait": "10", **({"after": place} if place else {})}
        answer = await person.request("GET", f"/turns/{turn_id}/poll", params=query)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        for event in told["events"]:
            yield event
        if told["is_over"]:
            return
        place = told["last_event_id"]


async def ask_over_websocket(asked: Asked) -> Events:
    async with opened(asked.person, asked.conversation) as socket:
        await socket.send(json.dumps(asked.frame))
        turn_id: str | None = None
        waiting: list[Event] = []
        async for frame in frames_of(socket):
            # Turns of others are told of too: which one is ours is known once it is accepted.
            if frame["kind"] == "accepted" and frame["client_message_id"] == asked.body["client_message_id"]:
                turn_id = frame["turn"]["id"]
                for event in waiting:
                    if event["turn_id"] == turn_id:
                        yield event
            elif "seq" in frame:
                if turn_id is None:
                    waiting.append(frame)
                elif frame["turn_id"] == turn_id:
                    yield frame


async def follow_over_websocket(person: Person, conversation: str, turn_id: str, place: str | None) -> Events:
    epoch, _, seq = (place or ":0").rpartition(":")
    async with opened(person, conversation) as socket:
        await socket.send(json.dumps({"kind": "follow", "turn_id": turn_id, "epoch": epoch or None, "after": int(seq)}))
        async for frame in frames_of(socket):
            if frame.get("turn_id") == turn_id:
                yield frame


async def stop_over_websocket(person: Person, conversation: str, turn_id: str) -> None:
    async with opened(person, conversation) as socket:
        await socket.send(json.dumps({"kind": "stop", "turn_id": turn_id}))
        await socket.send(json.dumps({"kind": "ping"}))
        async for frame in frames_of(socket):
            if frame["kind"] == "pong":
                return


async def stop_over_http(person: Person, conversation: str, turn_id: str) -> None:
    answer = await person.request("POST", f"/turns/{turn_id}/stop")
    assert answer.status_code == 200, answer.text


@asynccontextmanager
async def opened(person: Person, conversation: str) -> AsyncIterator[websockets.ClientConnection]:
    """A socket that may be spoken to."""
    async with person.socket(conversation) as socket:
        ready = json.loads(await socket.recv())
        assert ready["kind"] == "ready", ready
        yield socket


async def frames_of(socket: websockets.ClientConnection) -> AsyncGenerator[dict[str, Any], None]:
    async for text in socket:
        frame = decode_json(text if isinstance(text, bytes) else text.encode())
        assert frame["kind"] != "problem", frame
        yield frame


ASK: dict[str, Callable[[Asked], Events]] = {
    "sse": ask_over_sse,
    "poll": ask_and_poll,
    "websocket": ask_over_websocket,
}
FOLLOW: dict[str, Follow] = {
    "sse": follow_over_sse,
    "poll": follow_by_polling,
    "websocket": follow_over_websocket,
}
STOP: dict[str, Callable[[Person, str, str], Awaitable[None]]] = {
    "json": stop_over_http,
    "websocket": stop_over_websocket,
}
