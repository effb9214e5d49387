"""One open socket of one conversation: what its frames do, and the turns it follows."""

import asyncio
import math
from typing import Any
from uuid import UUID

from fastapi import WebSocket

from chat_service.models import Turn
from chat_service.patience import Patience
from chat_service.turns.asking import Asking, Continue, Regenerate, Wish
from chat_service.turns.ear import SlowFollower
from chat_service.turns.engine import TurnEngine
from chat_service.turns.follow import Followers, Place
from chat_service.turns.frames import (
    AskingFrame,
    AuthFrame,
    ContinueFrame,
    FollowFrame,
    Frame,
    PingFrame,
    RegenerateFrame,
    SendFrame,
    StopFrame,
)
from chat_service.turns.schemas import Again
from chat_service.turns.views import turn_view
from service_kit.auth import Principal
from service_kit.contracts.events import Transport
from service_kit.db import undisturbed
from service_kit.errors import NotAuthenticated, ServiceError
from service_kit.json_body import encode_json

SEND_SECONDS = 30.0


class Close(Exception):
    """The socket ends with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class ConversationSocket:
    """Sends are serialised and bounded in time; each followed turn is a task that reads the shared turn log."""

    def __init__(self, websocket: WebSocket, conversation_id: UUID, principal: Principal) -> None:
        self.principal = principal
        self._websocket = websocket
        self._conversation_id = conversation_id
        self._state = websocket.app.state
        self._following: dict[UUID, asyncio.Task[None]] = {}
        self._one_sender = asyncio.Lock()
        self._patience = Patience(SEND_SECONDS, in_all_seconds=math.inf)
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def ready(self, running_turn_id: UUID | None) -> None:
        """Tell the client that it may begin."""
        await self._send(
            {"kind": "ready", "conversation_id": self._conversation_id, "running_turn_id": running_turn_id}
        )

    async def take(self, frame: Frame) -> None:
        """Do what a frame asks."""
        match frame:
            case SendFrame() | RegenerateFrame() | ContinueFrame():
                await self._ask(frame)
            case StopFrame():
                await self._stop(frame)
            case FollowFrame():
                await self._follow(frame)
            case AuthFrame():
                await self._renew(frame)
            case PingFrame():
                await self._send({"kind": "pong"})

    async def problem(self, code: str, detail: str, **facts: Any) -> None:
        """Tell the client what was refused."""
        await self._send({"kind": "problem", "code": code, "detail": detail, **facts})

    async def refuse(self, frame: Frame, error: ServiceError) -> None:
        """Tell the client why its frame was refused."""
        facts: dict[str, Any] = {}
        if isinstance(frame, AskingFrame):
            facts = {"client_message_id": frame.client_message_id}
        elif isinstance(frame, FollowFrame | StopFrame):
            facts = {"turn_id": frame.turn_id}
        await self.problem(error.code, error.detail, **facts, **error.facts)

    def notice(self, turn: Turn) -> None:
        """Follow a turn that began in this conversation, whoever asked."""
        self._start_following(turn, Place())

    async def fail_on_first_error(self) -> None:
        """Raise what went wrong while following."""
        await self._failed

    async def end(self) -> None:
        """Stop following; the turns go on."""
        tasks = list(self._following.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._patience.end()
        if self._failed.done() and not self._failed.cancelled():
            self._failed.exception()

    async def _ask(self, frame: AskingFrame) -> None:
        await self._state.sending_limit.hit(str(self.principal.user_id))
        engine: TurnEngine = self._state.engine
        asking = Asking(self.principal, self._conversation_id, _wish(frame), Transport.WEBSOCKET)
        begun = await undisturbed(engine.ask(asking))
        accepted = {"client_message_id": frame.client_message_id, "turn": turn_view(begun.turn)}
        await self._send({"kind": "accepted", **accepted})
        self._start_following(begun.turn, Place())

    async def _stop(self, frame: StopFrame) -> None:
        turn, _, _ = await undisturbed(self._state.followers.read(self.principal.scope, frame.turn_id))
        if turn.outcome is None:
            await undisturbed(self._state.engine.stop(turn))

    async def _follow(self, frame: FollowFrame) -> None:
        place = Place() if frame.epoch is None else Place(frame.epoch, frame.after)
        followers: Followers = self._state.followers
        turn, _, _ = await undisturbed(followers.read(self.principal.scope, frame.turn_id))
        following = self._following.pop(turn.id, None)
        if following is not None:
            following.cancel()
        self._start_following(turn, place)

    async def _renew(self, frame: AuthFrame) -> None:
        renewed = Principal.from_claims(await self._state.verifier.verify(frame.token))
        if renewed.user_id != self.principal.user_id:
            raise NotAuthenticated
        self.principal = renewed

    def _start_following(self, turn: Turn, place: Place) -> None:
        if turn.id in self._following:
            return
        task = asyncio.create_task(self._follow_to_end(turn, place))
        self._following[turn.id] = task
        task.add_done_callback(lambda done: self._forget(turn.id, done))

    async def _follow_to_end(self, turn: Turn, place: Place) -> None:
        followers: Followers = self._state.followers
        async for entries in followers.follow(self.principal.scope, turn, place):
            for entry in entries:
                await self._send_text(entry.body.decode())

    def _forget(self, turn_id: UUID, task: asyncio.Task[None]) -> None:
        if self._following.get(turn_id) is task:
            del self._following[turn_id]
        if task.cancelled() or task.exception() is None or self._failed.done():
            return
        failure = task.exception()
        slow = isinstance(failure, SlowFollower | TimeoutError)
        self._failed.set_exception(Close(4008, "slow_consumer") if slow else Close(1011, "internal_error"))

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._send_text(encode_json(frame).decode())

    async def _send_text(self, text: str) -> None:
        async with self._one_sender:
            self._patience.renew(SEND_SECONDS)
            await self._patience.wait(self._websocket.send_text(text))


def _wish(frame: AskingFrame) -> Wish:
    if isinstance(frame, SendFrame):
        return frame.question()
    again = Again(**frame.model_dump(exclude={"kind", "message_id"}))
    return (
        Regenerate(frame.message_id, again) if isinstance(frame, RegenerateFrame) else Continue(frame.message_id, again)
    )
