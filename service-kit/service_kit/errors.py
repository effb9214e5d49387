"""Errors as named facts: every failure leaves as a problem (RFC 9457) with a stable code and the request id."""

from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from service_kit.json_body import encode_json
from service_kit.logs import get_logger
from service_kit.request_id import current_request_id

MEDIA_TYPE = "application/problem+json"
DATABASE_RETRY_SECONDS = 1
MAX_FIELD_ERRORS = 20

log = get_logger(__name__)


class Problem(BaseModel):
    """The error body of every service (RFC 9457), for the OpenAPI documents."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable, for programs; docs/errors.md lists all codes.")
    request_id: str


class ServiceError(Exception):
    """A named refusal. Subclasses set status, code and detail; `facts` are added to the problem."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    detail: str = "The request cannot be carried out."
    retry_after_seconds: int | None = None

    def __init__(self, detail: str | None = None, *, retry_after_seconds: int | None = None, **facts: Any) -> None:
        super().__init__(detail or self.detail)
        self.detail = detail or self.detail
        self.facts = facts
        if retry_after_seconds is not None:
            self.retry_after_seconds = retry_after_seconds


class NotAuthenticated(ServiceError):
    status, code = 401, "not_authenticated"
    detail = "Sign in: the access token is missing, expired or not valid here."


class Forbidden(ServiceError):
    status, code = 403, "forbidden"
    detail = "Your role does not allow this."


class ValidationFailed(ServiceError):
    status, code = 422, "validation_failed"
    detail = "Some fields are not valid."


class TooManyRequests(ServiceError):
    status, code = 429, "too_many_requests"
    detail = "Too many requests in a short time. Wait a moment."


class DatabaseUnavailable(ServiceError):
    status, code = 503, "database_unavailable"
    detail = "The database cannot be reached right now. Nothing was changed; try again in a moment."
    retry_after_seconds = DATABASE_RETRY_SECONDS


class AuthUnavailable(ServiceError):
    status, code = 503, "auth_unavailable"
    detail = "Sign-ins cannot be checked right now. Try again in a moment."
    retry_after_seconds = 1


CODES_BY_STATUS = {
    400: "bad_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "validation_failed",
    503: "service_unavailable",
}


def problem_response(
    status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **facts: Any
) -> Response:
    """Build a problem; `detail` is for people, `code` for programs."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": current_request_id.get(),
        **facts,
    }
    return Response(encode_json(body), status, headers, media_type=MEDIA_TYPE)


def response_for(error: ServiceError) -> Response:
    """Turn a named error into its problem."""
    headers: dict[str, str] = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(error.status, error.code, error.detail, headers=headers, **error.facts)


def install_problem_handlers(app: FastAPI) -> None:
    """Make every way a request can fail end as a problem."""
    app.exception_handler(ServiceError)(_named)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_refused)
    for unreachable in (PoolTimeout, OperationalError, InterfaceError, ConnectionError, TimeoutError):
        app.exception_handler(unreachable)(_database_down)
    app.exception_handler(DBAPIError)(_database_failed)
    app.exception_handler(Exception)(_unexpected)


async def _named(_request: Request, error: ServiceError) -> Response:
    return response_for(error)


async def _invalid(_request: Request, error: RequestValidationError) -> Response:
    # The refused values are left out: they may be secrets, enormous, or not encodable.
    fields = [
        {"field": ".".join(str(part) for part in problem["loc"]), "message": problem["msg"]}
        for problem in error.errors()[:MAX_FIELD_ERRORS]
    ]
    return problem_response(422, ValidationFailed.code, ValidationFailed.detail, errors=fields)


async def _refused(_request: Request, error: HTTPException) -> Response:
    code = CODES_BY_STATUS.get(error.status_code, "request_refused")
    return problem_response(error.status_code, code, str(error.detail), headers=dict(error.headers or {}))


async def _database_down(_request: Request, error: Exception) -> Response:
    log.warning("database_unavailable", error=type(error).__name__)
    return response_for(DatabaseUnavailable())


async def _database_failed(request: Request, error: DBAPIError) -> Response:
    # An error without a statement happened while connecting: the server starts up, or has no such database now.
    is_away = error.connection_invalidated or error.statement is None
    return await (_database_down if is_away else _unexpected)(request, error)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected_error", method=request.method, route=route_of(request), exc_info=error)
    return problem_response(500, "internal_error", "Something went wrong on our side. The request id helps to find it.")


def route_of(request: Request) -> str:
    """The path template of a request, never its values."""
    return getattr(request.scope.get("route"), "path", "unmatched")
