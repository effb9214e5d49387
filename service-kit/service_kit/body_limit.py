"""Bodies that are too large: the framework refuses them in plain text, we say it as a problem like everything else."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_kit.errors import problem_response

DETAIL = "The body of this request is larger than this route accepts."


class BodyLimitProblems:
    """Pure ASGI; only an answer 413 in plain text is exchanged for a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_exchanged = False

        async def exchange(message: Message) -> None:
            nonlocal is_exchanged
            if message["type"] == "http.response.start" and message["status"] == 413:
                content_type = Headers(raw=message.get("headers", [])).get("content-type", "")
                is_exchanged = content_type.startswith("text/plain")
                if is_exchanged:
                    await problem_response(413, "body_too_large", DETAIL)(scope, receive, send)
            if not is_exchanged:
                await send(message)

        await self._app(scope, receive, exchange)
