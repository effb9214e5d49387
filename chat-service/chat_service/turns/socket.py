"""The WebSocket door: one conversation, every event of its turns, questions and stops as frames.

The handshake carries no credential: the first frame does, within five seconds, and again before the token expires.
"""

import asyncio
import time
from uuid import UUID

from fastapi import APIRouter, WebSocket
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocketDisconnect

from chat_service.conversations.repository import ConversationRepository
from chat_service.turns.conversation_socket import Close, ConversationSocket
from chat_service.turns.frames import AuthFrame, ClientFrame
from service_kit.auth import Principal, Public
from service_kit.errors import DatabaseUnavailable, ServiceError
from service_kit.json_body import StrictRoute, decode_json
from service_kit.logs import get_logger

AUTH_SECONDS = 5.0
FRAME_MAX_BYTES = 131_072

log = get_logger(__name__)

router = APIRouter(route_class=StrictRoute)


@router.websocket("/ws/{conversation_id}", dependencies=[Public])
async def converse(websocket: WebSocket, conversation_id: UUID) -> None:
    """Serve one socket; whoever may open it is decided by its first frame."""
    if websocket.headers.get("origin") not in websocket.app.state.settings.allowed_origins:
        # Closing before accepting answers the handshake with 403.
        await websocket.close()
        return
    await websocket.accept()
    try:
        principal = await _authenticate(websocket)
        websocket.state.principal = principal
        await _serve(websocket, conversation_id, principal)
    except Close as close:
        await _close(websocket, close)
    except ServiceError as error:
        await _close(websocket, Close(4404 if error.status == 404 else 4401, error.code))
    except WebSocketDisconnect:
        pass
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        # The handlers of HTTP would answer with a response, which an open socket does not take.
        log.warning("database_unavailable", error=type(error).__name__)
        await _close(websocket, Close(1013, DatabaseUnavailable.code))


async def _authenticate(websocket: WebSocket) -> Principal:
    try:
        async with asyncio.timeout(AUTH_SECONDS):
            frame = await read_frame(websocket)
    except TimeoutError:
        raise Close(4408, "authentication_timeout") from None
    if frame is None or not isinstance(frame.root, AuthFrame):
        raise Close(4401, "not_authenticated")
    return Principal.from_claims(await websocket.app.state.verifier.verify(frame.root.token))


async def _serve(websocket: WebSocket, conversation_id: UUID, principal: Principal) -> None:
    state = websocket.app.state
    async with state.database.read() as session:
        conversations = ConversationRepository(session, principal.scope)
        await conversations.owned(conversation_id)
        running = await conversations.running_turns([conversation_id])
    socket = ConversationSocket(websocket, conversation_id, principal)
    jobs = [
        asyncio.create_task(_read(websocket, socket)),
        asyncio.create_task(_watch_expiry(socket)),
        asyncio.create_task(_watch_end(state.stopping)),
        asyncio.create_task(socket.fail_on_first_error()),
    ]
    forget = state.engine.listeners.add(conversation_id, socket.notice)
    try:
        await socket.ready(running.get(conversation_id))
        await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
    finally:
        forget()
        for job in jobs:
            job.cancel()
        outcomes = await asyncio.gather(*jobs, return_exceptions=True)
        await socket.end()
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


async def _read(websocket: WebSocket, socket: ConversationSocket) -> None:
    while True:
        frame = await read_frame(websocket)
        if frame is None:
            await socket.problem("validation_failed", "This frame is not valid.")
            continue
        try:
            await socket.take(frame.root)
        except ServiceError as error:
            await socket.refuse(frame.root, error)
        except (SQLAlchemyError, ConnectionError) as error:
            log.warning("database_unavailable", error=type(error).__name__)
            await socket.refuse(frame.root, DatabaseUnavailable())


async def _watch_expiry(socket: ConversationSocket) -> None:
    # A renewal moves the end while we sleep, so it is looked up again.
    while (left := socket.principal.expires_at - time.time()) > 0:  # noqa: ASYNC110 - time has no event to await
        await asyncio.sleep(min(left, 5.0))
    raise Close(4401, "token_expired")


async def _watch_end(stopping: asyncio.Event) -> None:
    await stopping.wait()
    raise Close(1012, "service_restart")


async def read_frame(websocket: WebSocket) -> ClientFrame | None:
    """Return the next frame, or None when it is not one of ours."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006))
    raw = message.get("text")
    if raw is None or len(raw) > FRAME_MAX_BYTES:
        return None
    try:
        return ClientFrame.model_validate(decode_json(raw))
    except (ValidationError, ValueError):
        return None


async def _close(websocket: WebSocket, close: Close) -> None:
    try:
        await websocket.close(close.code, close.reason)
    except (RuntimeError, WebSocketDisconnect):
        log.info("socket_gone_before_close", code=close.code)
