"""The routes of turns: ask over HTTP (waiting, at once, or as a stream), again, follow, poll, stop."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from chat_service.models import Message, Turn
from chat_service.parts import DatabasePart, EnginePart, FollowersPart, SendingLimitPart
from chat_service.turns.asking import Asking, Continue, Regenerate, Wish
from chat_service.turns.event_stream import MEDIA_TYPE, EventStream, stayed
from chat_service.turns.events import TurnEvent, TurnEvents
from chat_service.turns.follow import Place
from chat_service.turns.repository import TurnRepository
from chat_service.turns.schemas import Again, Question, TurnAnswer, TurnView
from chat_service.turns.views import turn_answer, turn_view
from service_kit.auth import CurrentPrincipal, Principal
from service_kit.contracts.events import Transport
from service_kit.json_body import StrictRoute, encode_json

MAX_WAIT_SECONDS = 25.0
# For the books only: whoever asked has left and reads nothing.
ASKER_LEFT = 499

EVENTS: dict[str, Any] = {
    "model": TurnEvent,
    "description": "The numbered events of the turn as server-sent events, to its end.",
}
STREAMED: dict[str, Any] = {
    "description": "With `Accept: text/event-stream`: the events of the turn from its start.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/TurnEvent"}}},
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: STREAMED,
    202: {"model": TurnAnswer, "description": "Accepted, with `Prefer: respond-async`."},
}
Prefer = Annotated[str, Header()]

router = APIRouter(route_class=StrictRoute, tags=["turns"])


@router.post("/conversations/{conversation_id}/messages", status_code=201, response_model=TurnAnswer, responses=ANSWERS)
async def ask(
    conversation_id: UUID,
    question: Question,
    request: Request,
    caller: CurrentPrincipal,
    sending_limit: SendingLimitPart,
    prefer: Prefer = "",
) -> Response:
    """Ask a question. The answer is made whoever listens; asking again with the same id follows the first turn."""
    await sending_limit.hit(str(caller.user_id))
    return await _answered(request, caller, conversation_id, question, prefer=prefer)


@router.post(
    "/conversations/{conversation_id}/messages/{message_id}/regenerate",
    status_code=201,
    response_model=TurnAnswer,
    responses=ANSWERS,
)
async def regenerate(
    conversation_id: UUID,
    message_id: UUID,
    again: Again,
    request: Request,
    caller: CurrentPrincipal,
    sending_limit: SendingLimitPart,
    prefer: Prefer = "",
) -> Response:
    """Answer a question once more, perhaps by another model, beside the answers it has."""
    await sending_limit.hit(str(caller.user_id))
    return await _answered(request, caller, conversation_id, Regenerate(message_id, again), prefer=prefer)


@router.post(
    "/conversations/{conversation_id}/messages/{message_id}/continue",
    status_code=201,
    response_model=TurnAnswer,
    responses=ANSWERS,
)
async def continue_answer(
    conversation_id: UUID,
    message_id: UUID,
    again: Again,
    request: Request,
    caller: CurrentPrincipal,
    sending_limit: SendingLimitPart,
    prefer: Prefer = "",
) -> Response:
    """Say the rest of an interrupted answer, as a new branch that begins with what was said."""
    await sending_limit.hit(str(caller.user_id))
    return await _answered(request, caller, conversation_id, Continue(message_id, again), prefer=prefer)


@router.get("/turns/{turn_id}")
async def read_turn(turn_id: UUID, caller: CurrentPrincipal, database: DatabasePart) -> TurnView:
    """Read one turn."""
    async with database.read() as session:
        return turn_view(await TurnRepository(session, caller.scope).owned(turn_id))


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


@router.get("/turns/{turn_id}/poll", response_model=TurnEvents)
async def poll_turn(
    turn_id: UUID,
    caller: CurrentPrincipal,
    database: DatabasePart,
    followers: FollowersPart,
    after: Annotated[str | None, Query(max_length=100)] = None,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT_SECONDS, allow_inf_nan=False)] = 20.0,
) -> Response:
    """Return what came after a position, waiting a while for it: for networks through which no stream passes."""
    async with database.read() as session:
        turn = await TurnRepository(session, caller.scope).owned(turn_id)
    entries, place, is_over = await followers.poll(caller.scope, turn, Place.parse(after), wait)
    events = b",".join(entry.body for entry in entries)
    last_event_id = encode_json(f"{place.epoch or turn.epoch}:{place.seq}")
    body = b'{"events":[%b],"last_event_id":%b,"is_over":%b}' % (events, last_event_id, encode_json(is_over))
    return Response(body, media_type="application/json")


@router.post("/turns/{turn_id}/stop")
async def stop_turn(turn_id: UUID, caller: CurrentPrincipal, database: DatabasePart, engine: EnginePart) -> TurnView:
    """Stop a turn; what was said is kept. Stopping an ended turn changes nothing."""
    async with database.read() as session:
        turn = await TurnRepository(session, caller.scope).owned(turn_id)
    if turn.outcome is None:
        await engine.stop(turn)
    return await read_turn(turn_id, caller, database)


async def _answered(request: Request, caller: Principal, conversation_id: UUID, wish: Wish, *, prefer: str) -> Response:
    engine, followers = request.app.state.engine, request.app.state.followers
    streams = MEDIA_TYPE in request.headers.get("accept", "")
    transport = Transport.SSE if streams else Transport.JSON
    begun = await engine.ask(Asking(caller, conversation_id, wish, transport))
    if streams:
        return EventStream(begun.turn.epoch, followers.follow(caller.scope, begun.turn, Place()))
    if "respond-async" in prefer:
        return _told(202, begun.turn, begun.question, begun.reply)
    if not await stayed(request.receive, followers.until_ended(caller.scope, begun.turn)):
        return Response(status_code=ASKER_LEFT)
    if begun.turn.outcome is None:
        # It ended in another process, or was begun by an earlier request.
        return _told(201, *await followers.read(caller.scope, begun.turn.id))
    return _told(201, begun.turn, begun.question, begun.reply)


def _told(status: int, turn: Turn, question: Message, reply: Message) -> Response:
    answer = turn_answer(turn, question, reply)
    return Response(encode_json(answer.model_dump()), status, media_type="application/json")
