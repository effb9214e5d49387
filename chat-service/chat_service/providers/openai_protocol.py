"""Any server that speaks the OpenAI protocol, through the official SDK.

The SDK does addresses, authentication and errors; the stream is decoded here, because its objects cost several times
more than everything else on the way of a delta.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from chat_service.providers.decoder import CompletionDecoder, pieces_of
from chat_service.providers.port import (
    ModelCall,
    Piece,
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderRateLimited,
    ProviderRefusedCall,
    ProviderRefusedKey,
    ProviderTimedOut,
    ProviderUnavailable,
)
from service_kit.json_body import decode_json

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletionMessageParam

CONNECT_SECONDS = 10.0
FIRST_DELTA_SECONDS = 60.0
BETWEEN_DELTAS_SECONDS = 60.0
MAX_RETRY_AFTER_SECONDS = 10.0
MAX_PLAIN_BODY_BYTES = 4_194_304
# A local server without authentication gets a key all the same, because the SDK insists on one.
NO_KEY = "none"


class OpenAIProtocol:
    """One server, one key."""

    def __init__(
        self,
        *,
        name: str,
        api_key: str | None,
        base_url: str | None,
        first_delta_seconds: float = FIRST_DELTA_SECONDS,
        between_deltas_seconds: float = BETWEEN_DELTAS_SECONDS,
    ) -> None:
        self.name = name
        self._api_key = api_key or NO_KEY
        self._base_url = base_url
        self._first_delta_seconds = first_delta_seconds
        self._between_deltas_seconds = between_deltas_seconds
        self._made: AsyncOpenAI | None = None

    async def stream(self, call: ModelCall) -> AsyncIterator[Piece]:
        """Stream one completion."""
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        try:
            async with asyncio.timeout(self._first_delta_seconds) as patience:
                async for piece in self._pieces(call, patience):
                    yield piece
        except (TimeoutError, APITimeoutError):
            raise ProviderTimedOut from None
        except APIStatusError as error:
            raise error_for_status(error.status_code, retry_after=error.response.headers.get("retry-after")) from None
        except APIConnectionError:
            raise ProviderUnavailable from None

    async def _pieces(self, call: ModelCall, patience: asyncio.Timeout) -> AsyncIterator[Piece]:
        import httpx2

        clock = asyncio.get_running_loop().time
        async with self._client().chat.completions.with_streaming_response.create(
            model=call.model,
            messages=_wire_messages(call),
            stream=True,
            stream_options={"include_usage": True},
        ) as response:
            if "json" in response.headers.get("content-type", ""):
                for piece in pieces_of(await _plain_body(response)):
                    yield piece
                return
            decoder = CompletionDecoder()
            try:
                async for portion in response.iter_bytes():
                    for piece in decoder.feed(portion):
                        yield piece
                    patience.reschedule(clock() + self._between_deltas_seconds)
                for piece in decoder.end():
                    yield piece
            except (httpx2.TransportError, httpx2.DecodingError) as error:
                if isinstance(error, httpx2.TimeoutException):
                    raise ProviderTimedOut from None
                if not decoder.is_complete:
                    raise ProviderCut from None
            if not decoder.is_complete:
                raise ProviderCut

    def _client(self) -> "AsyncOpenAI":
        if self._made is None:
            import httpx2
            from openai import AsyncOpenAI

            self._made = AsyncOpenAI(
                api_key=self._api_key,
                base_url=self._base_url,
                # The turn engine retries, because only it knows whether something was already said.
                max_retries=0,
                timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
            )
        return self._made

    async def close(self) -> None:
        """Close the connections."""
        if self._made is not None:
            await self._made.close()


def error_for_status(status: int, *, retry_after: str | None = None) -> ProviderError:
    """Name the failure behind an HTTP status of the provider."""
    if status == 429:
        return ProviderRateLimited(retry_after_seconds=_seconds(retry_after))
    if status in (401, 403):
        return ProviderRefusedKey()
    if status in (408, 504):
        return ProviderTimedOut()
    if status >= 500:
        return ProviderUnavailable(retry_after_seconds=_seconds(retry_after))
    return ProviderRefusedCall()


def _seconds(retry_after: str | None) -> float | None:
    try:
        return max(0.0, min(float(retry_after or ""), MAX_RETRY_AFTER_SECONDS))
    except ValueError:
        return None


def _wire_messages(call: ModelCall) -> "list[ChatCompletionMessageParam]":
    return [{"role": message.role, "content": message.content} for message in call.messages]  # type: ignore[misc]


async def _plain_body(response: Any) -> Any:
    body = b""
    async for portion in response.iter_bytes():
        body += portion
        if len(body) > MAX_PLAIN_BODY_BYTES:
            raise ProviderMalformed
    try:
        return decode_json(body)
    except ValueError:
        raise ProviderMalformed from None
