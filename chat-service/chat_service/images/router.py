"""The routes of pictures."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from chat_service.conversations.repository import ConversationRepository
from chat_service.conversations.schemas import ImageView
from chat_service.images import service
from chat_service.images.repository import ImageRepository
from chat_service.images.rules import MAX_IMAGE_BYTES, MEASURES, file_name
from chat_service.parts import DatabasePart, SendingLimitPart
from service_kit.auth import CurrentPrincipal
from service_kit.clock import utc_now
from service_kit.json_body import StrictRoute

PICTURES = {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEASURES}}
# Whatever a browser takes a picture for, it runs nothing in it and loads nothing for it.
SANDBOX = "sandbox; default-src 'none'"
A_YEAR = "private, max-age=31536000, immutable"

router = APIRouter(route_class=StrictRoute, tags=["images"])


@router.post(
    "/conversations/{conversation_id}/images",
    status_code=201,
    max_body_size=MAX_IMAGE_BYTES,
    openapi_extra={"requestBody": {"required": True, **PICTURES}},
)
async def hand_in_image(
    conversation_id: UUID,
    request: Request,
    caller: CurrentPrincipal,
    database: DatabasePart,
    sending_limit: SendingLimitPart,
) -> ImageView:
    """Hand in a picture to ask with: at most 8 MiB of PNG, JPEG, WebP or GIF as the body itself."""
    await sending_limit.hit(str(caller.user_id), "images")
    # Asked before the body is read, so that nobody else's conversation costs us 8 MiB.
    async with database.read() as session:
        await ConversationRepository(session, caller.scope).owned(conversation_id)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    data = await request.body()
    async with database.write() as session:
        image = await service.hand_in(
            session, caller.scope, conversation_id, media_type=media_type, data=data, now=utc_now()
        )
    return ImageView(id=image.id, media_type=image.media_type, size_bytes=image.size_bytes)


@router.get("/images/{image_id}", response_class=Response, responses={200: {"description": "The picture.", **PICTURES}})
async def read_image(image_id: UUID, caller: CurrentPrincipal, database: DatabasePart) -> Response:
    """Read a picture, as it was handed in."""
    async with database.read() as session:
        image = await ImageRepository(session, caller.scope).owned(image_id)
    return Response(
        image.data,
        media_type=image.media_type,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": SANDBOX,
            "Content-Disposition": f'inline; filename="{file_name(image.media_type)}"',
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": A_YEAR,
        },
    )
