"""Any server that speaks the OpenAI protocol, through the official SDK.

The SDK does addresses, authentication and connections; the stream is decoded here, because its objects cost several
times more than everything else on the way of a delta.
"""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chat_service.patience import Patience
from chat_service.providers.chunks import decoded, pieces_of_completion
from chat_service.providers.decoder import CompletionDecoder
from chat_service.providers.port import (
    ModelCall,
    Piece,
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderTimedOut,
    ProviderUnavailable,
)
from chat_service.providers.refusals import StreamOptionsRefused, raise_refusal
from service_kit.settings import ConfigurationError

if TYPE_CHECKING:
    from openai import AsyncAPIResponse, AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

    StreamedResponse = AsyncAPIResponse[AsyncStream[ChatCompletionChunk]]

CONNECT_SECONDS = 10.0
FIRST_DELTA_SECONDS = 60.0
BETWEEN_DELTAS_SECONDS = 60.0
# After the finish reason only usage and the end are awaited, and a server that keeps them back has said everything.
AFTER_FINISH_SECONDS = 5.0
# After [DONE] the body is read to its end, so that the connection can be used again, but nobody waits for that long.
AFTER_DONE_SECONDS = 0.25
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
        after_finish_seconds: float = AFTER_FINISH_SECONDS,
    ) -> None:
        self.name = name
        self._api_key = _sendable(api_key) if api_key else NO_KEY
        self._base_url = _base_of(base_url) if base_url else None
        self._first_delta_seconds = first_delta_seconds
        self._between_deltas_seconds = between_deltas_seconds
        self._after_finish_seconds = after_finish_seconds
        self._asks_for_usage = True
        self._made: AsyncOpenAI | None = None

    async def stream(self, call: ModelCall) -> AsyncGenerator[Piece, None]:
        """Stream one completion."""
        patience = Patience(self._first_delta_seconds)
        async with AsyncExitStack() as held:
            held.callback(patience.end)
            response = await self._opened(call, held, patience)
            portions = await held.enter_async_context(aclosing(_portions(response, patience)))
            kind = response.headers.get("content-type", "")
            if "html" in kind:
                raise ProviderMalformed
            if "json" in kind:
                for piece in pieces_of_completion(decoded(await _whole(portions))):
                    yield piece
                return
            decoder = CompletionDecoder()
            try:
                async for portion in portions:
                    for piece in decoder.feed(portion):
                        yield piece
                    if decoder.is_done:
                        break
                    patience.renew(self._after_finish_seconds if decoder.is_complete else self._between_deltas_seconds)
            except (ProviderCut, ProviderTimedOut):
                if not decoder.is_complete:
                    raise
            for piece in decoder.end():
                yield piece
            patience.renew(AFTER_DONE_SECONDS)
            await _drain(portions)

    async def close(self) -> None:
        """Close the connections."""
        if self._made is not None:
            await self._made.close()

    def prepare(self) -> None:
        """Import the SDK and make its client, which takes seconds the first time; may run in a thread."""
        _ = self._client().chat.completions

    async def _opened(self, call: ModelCall, held: AsyncExitStack, patience: Patience) -> "StreamedResponse":
        """Ask, and ask once more without `stream_options` where a server refuses it; that is remembered."""
        try:
            return await self._asked(call, held, patience, with_usage=self._asks_for_usage)
        except StreamOptionsRefused:
            if not self._asks_for_usage:
                raise
        response = await self._asked(call, held, patience, with_usage=False)
        self._asks_for_usage = False
        return response

    async def _asked(
        self, call: ModelCall, held: AsyncExitStack, patience: Patience, *, with_usage: bool
    ) -> "StreamedResponse":
        from openai import APIConnectionError, omit

        asked = self._client().chat.completions.with_streaming_response.create(
            model=call.model,
            messages=_wire_messages(call),
            stream=True,
            stream_options={"include_usage": True} if with_usage else omit,
        )
        try:
            return await patience.wait(held.enter_async_context(asked))
        except TimeoutError:
            raise ProviderTimedOut from None
        except APIConnectionError as error:
            raise (ProviderTimedOut if is_timeout(error) else ProviderUnavailable)() from None

    def _client(self) -> "AsyncOpenAI":
        if self._made is None:
            import httpx2
            from openai import AsyncOpenAI, DefaultAioHttpClient

            self._made = AsyncOpenAI(
                api_key=self._api_key,
                base_url=self._base_url,
                # The turn engine retries, because only it knows whether something was already said.
                max_retries=0,
                timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
                # Compression holds deltas back, and unpacks without bounds.
                default_headers={"Accept-Encoding": "identity"},
                http_client=DefaultAioHttpClient(event_hooks={"response": [raise_refusal]}),
            )
        return self._made


async def _portions(response: "StreamedResponse", patience: Patience) -> AsyncGenerator[bytes, None]:
    """Yield the body as it comes, with our names for what can go wrong on the way."""
    import aiohttp
    import httpx2

    async with aclosing(response.iter_bytes()) as portions:  # type: ignore[type-var]  # It is a generator.
        while True:
            try:
                portion = await patience.wait(anext(portions, None))
            except TimeoutError:
                raise ProviderTimedOut from None
            except httpx2.DecodingError:
                raise ProviderMalformed from None
            except (httpx2.TransportError, aiohttp.ClientError, ssl.SSLError) as error:
                raise (ProviderTimedOut if is_timeout(error) else ProviderCut)() from None
            if portion is None:
                return
            yield portion


def is_timeout(error: BaseException | None) -> bool:
    """Tell whether time ran out, by the first cause: the SDK's transport calls refused connections timeouts as well."""
    while error is not None:
        if isinstance(error, TimeoutError):
            return True
        error = error.__cause__
    return False


async def _whole(portions: AsyncIterator[bytes]) -> bytearray:
    body = bytearray()
    async for portion in portions:
        body += portion
        if len(body) > MAX_PLAIN_BODY_BYTES:
            raise ProviderMalformed
    return body


async def _drain(portions: AsyncIterator[bytes]) -> None:
    with suppress(ProviderError):
        async for _ in portions:
            pass


def _wire_messages(call: ModelCall) -> "list[ChatCompletionMessageParam]":
    return [{"role": message.role, "content": message.content} for message in call.messages]  # type: ignore[misc]  # Roles vary.


def _sendable(api_key: str) -> str:
    """Return the key without blanks around it; refuse one that no header can carry, without showing it."""
    key = api_key.strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError("OPENAI_API_KEY holds characters that no key has; copy it once more")
    return key


def _base_of(address: str) -> str:
    """Return the base of an address that may have been pasted whole; refuse one that is none."""
    base = address.strip().rstrip("/").removesuffix("/chat/completions")
    try:
        parts = urlsplit(base)
        is_base = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query
    except ValueError:
        is_base = False
    if not is_base:
        raise ConfigurationError("OPENAI_BASE_URL takes an address like http://localhost:11434/v1, without a query")
    return base
