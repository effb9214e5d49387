"""JSON in and out: strict on the way in (no NaN, no infinity, no lone surrogates, bounded depth), compact out."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel
from starlette.responses import Response


def encode_json(value: Any) -> bytes:
    """Encode to UTF-8 JSON; times become ISO 8601 with Z, ids become strings, models their fields."""
    return orjson.dumps(value, default=_fields_of, option=orjson.OPT_UTC_Z)


def _fields_of(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, UUID):
        # asyncpg hands out a subclass, which the encoder does not know.
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def decode_json(body: bytes | str) -> Any:
    """Decode strictly as RFC 8259 asks, at most 1,024 levels deep, or raise ValueError."""
    return orjson.loads(body)


class StrictRequest(Request):
    """A request whose JSON body is decoded strictly."""

    async def json(self) -> Any:
        return decode_json(await self.body())


class StrictRoute(APIRoute):
    """A route that reads its body with StrictRequest; every router of every service uses it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await answer(StrictRequest(request.scope, request.receive))

        return strictly


def refuse_unstorable(text: str) -> str:
    """Refuse what a database cannot hold: PostgreSQL stores no NUL, and a lone surrogate has no UTF-8 form."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain lone surrogates")
    return text


SafeText = Annotated[str, AfterValidator(refuse_unstorable)]
