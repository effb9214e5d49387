"""The routes of turns: ask over HTTP (waiting, at once, or as a stream), follow, stop."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from chat_service.conversations.views import message_view
from chat_service.models import Message, Turn
from chat_service.parts import DatabasePart, EnginePart, FollowersPart, SendingLimitPart
from chat_service.turns.event_stream import MEDIA_TYPE, EventStream
from chat_service.turns.follow import Place
from chat_service.turns.repository import TurnRepository
from chat_service.turns.schemas import Question, TurnAnswer, TurnEvent, TurnView
from chat_service.turns.service import Asking
from service_kit.auth import CurrentPrincipal
from service_kit.contracts.events import Transport
from service_kit.json_body import StrictRoute, encode_json

EVENTS: dict[str, Any] = {
    "model": TurnEvent,
    "description": "The numbered events of the turn as server-sent events, to its end.",
}
STREAMED: dict[str, Any] = {
    "description": "With `Accept: text/event-stream`: the events of the turn from its start.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/TurnEvent"}}},
}

router = APIRouter(route_class=StrictRoute, tags=["turns"])


@router.post(
    "/conversations/{conversation_id}/messages",
    status_code=201,
    response_model=TurnAnswer,
    responses={200: STREAMED, 202: {"model": TurnAnswer, "description": "Accepted, with `Prefer: respond-async`."}},
)
async def ask(
    conversation_id: UUID,
    question: Question,
    request: Request,
    caller: CurrentPrincipal,
    engine: EnginePart,
    followers: FollowersPart,
    sending_limit: SendingLimitPart,
    prefer: Annotated[str, Header()] = "",
) -> Response:
    """Ask a question. The answer is made whoever listens; asking again with the same id follows the first turn."""
    await sending_limit.hit(str(caller.user_id))
    streams = MEDIA_TYPE in request.headers.get("accept", "")
    transport = Transport.SSE if streams else Transport.JSON
    begun = await engine.ask(Asking(caller, conversation_id, question, transport, engine.instance_id))
    if streams:
        return EventStream(begun.turn.epoch, followers.follow(caller.scope, begun.turn, Place()))
    if "respond-async" in prefer:
        return _answer(202, begun.turn, begun.question, begun.reply)
    return _answer(201, *await followers.ended(caller.scope, begun.turn))


@router.get("/turns/{turn_id}")
async def read_turn(turn_id: UUID, caller: CurrentPrincipal, database: DatabasePart) -> TurnView:
    """Read one turn."""
    async with database.read() as session:
        return TurnView.model_validate(await TurnRepository(session, caller.scope).owned(turn_id))


@router.get("/turns/{turn_id}/events", response_class=EventStream, responses={200: EVENTS})
async def follow_turn(
    turn_id: UUID,
    caller: CurrentPrincipal,
    database: DatabasePart,
    followers: FollowersPart,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """Follow a turn from its start, or after `Last-Event-ID`."""
    async with database.read() as session:
        turn = await TurnRepository(session, caller.scope).owned(turn_id)
    return EventStream(turn.epoch, followers.follow(caller.scope, turn, Place.parse(last_event_id)))


@router.post("/turns/{turn_id}/stop")
async def stop_turn(turn_id: UUID, caller: CurrentPrincipal, database: DatabasePart, engine: EnginePart) -> TurnView:
    """Stop a turn; what was said is kept. Stopping an ended turn changes nothing."""
    async with database.read() as session:
        turn = await TurnRepository(session, caller.scope).owned(turn_id)
    if turn.outcome is None:
        await engine.stop(turn)
    return await read_turn(turn_id, caller, database)


def _answer(status: int, turn: Turn, question: Message, reply: Message) -> Response:
    answer = TurnAnswer(turn=TurnView.model_validate(turn), question=message_view(question), reply=message_view(reply))
    return Response(encode_json(answer.model_dump()), status, media_type="application/json")
