"""Claude through Anthropic's own Messages API, through the official SDK.

The SDK does addresses, authentication and connections; the stream is decoded here, because its objects cost several
times more than everything else on the way of a delta.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, cast

from chat_service.patience import IN_ALL_SECONDS, Patience
from chat_service.providers.addresses import is_base_address, sendable_key
from chat_service.providers.anthropic_decoder import MessageDecoder, pieces_of_message
from chat_service.providers.anthropic_wire import max_tokens, wire_headers, wire_messages, wire_options
from chat_service.providers.chunks import decoded
from chat_service.providers.port import (
    ModelCall,
    Piece,
    ProviderCut,
    ProviderError,
    ProviderMalformed,
    ProviderTimedOut,
    ProviderUnavailable,
)
from chat_service.providers.portions import Portions, is_timeout
from chat_service.providers.refusals import raise_refusal
from service_kit.settings import ConfigurationError

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types import MessageParam
    from httpx2 import Response

ADDRESS = "https://api.anthropic.com"
CONNECT_SECONDS = 10.0
FIRST_DELTA_SECONDS = 60.0
BETWEEN_DELTAS_SECONDS = 60.0
# After the stop reason only the end is awaited, and a server that keeps it back has said everything.
AFTER_FINISH_SECONDS = 5.0
# After the end the body is read on, so that the connection can be used again, but nobody waits for that long.
AFTER_DONE_SECONDS = 0.25
MAX_PLAIN_BODY_BYTES = 4_194_304
# A server of one's own without authentication gets a key all the same, because the SDK insists on one.
NO_KEY = "none"


class AnthropicProtocol:
    """One server, one key. `key_setting` and `address_setting` are named when the start is refused."""

    def __init__(
        self,
        *,
        name: str,
        api_key: str | None,
        base_url: str | None,
        connect_seconds: float = CONNECT_SECONDS,
        first_delta_seconds: float = FIRST_DELTA_SECONDS,
        between_deltas_seconds: float = BETWEEN_DELTAS_SECONDS,
        after_finish_seconds: float = AFTER_FINISH_SECONDS,
        turn_seconds: float = IN_ALL_SECONDS,
        key_setting: str = "ANTHROPIC_API_KEY",
        address_setting: str = "ANTHROPIC_BASE_URL",
    ) -> None:
        self.name = name
        self._api_key = sendable_key(api_key, setting=key_setting) if api_key else NO_KEY
        self._base_url = _base_of(base_url, setting=address_setting) if base_url else ADDRESS
        self._connect_seconds = connect_seconds
        self._first_delta_seconds = first_delta_seconds
        self._between_deltas_seconds = between_deltas_seconds
        self._after_finish_seconds = after_finish_seconds
        self._turn_seconds = turn_seconds
        self._made: AsyncAnthropic | None = None
        self._one_maker = threading.Lock()

    async def stream(self, call: ModelCall) -> AsyncGenerator[Piece, None]:
        """Stream one message."""
        patience = Patience(self._first_delta_seconds, in_all_seconds=self._turn_seconds)
        async with AsyncExitStack() as held:
            held.callback(patience.end)
            response = await self._asked(call, held, patience)
            portions = Portions(response, held, patience)
            media_type = response.headers.get("content-type", "")
            if "html" in media_type:
                raise ProviderMalformed
            if "json" in media_type:
                for piece in pieces_of_message(decoded(await portions.read_whole(limit=MAX_PLAIN_BODY_BYTES))):
                    yield piece
                return
            decoder = MessageDecoder()
            has_spoken = False
            try:
                while portion := await portions.read():
                    for piece in decoder.feed(portion):
                        has_spoken = True
                        yield piece
                    if decoder.is_done:
                        break
                    # Pings before the first piece do not make the wait for it any longer.
                    if has_spoken:
                        is_over = decoder.is_complete
                        patience.renew(self._after_finish_seconds if is_over else self._between_deltas_seconds)
            except (ProviderCut, ProviderTimedOut):
                if not decoder.is_complete:
                    raise
            for piece in decoder.end():
                yield piece
            patience.renew(AFTER_DONE_SECONDS)
            await portions.drain()

    async def close(self) -> None:
        """Close the connections."""
        if self._made is not None:
            await self._made.close()

    def prepare(self) -> None:
        """Import the SDK and make its client, which takes seconds the first time; may run in a thread."""
        self._prepared()

    async def _asked(self, call: ModelCall, held: AsyncExitStack, patience: Patience) -> "Response":
        client = await self._client()
        from anthropic import APIConnectionError

        options = wire_options(call)
        asked = client.messages.with_streaming_response.create(
            model=call.model,
            max_tokens=max_tokens(call),
            messages=cast("list[MessageParam]", wire_messages(call.messages)),
            stream=True,
            extra_body=options,
            extra_headers=wire_headers(options),
        )
        try:
            return (await patience.wait(held.enter_async_context(asked))).http_response
        except TimeoutError:
            raise ProviderTimedOut from None
        except APIConnectionError as error:
            failure = _failure_behind(error)
        # Raised out here, because the SDK's error carries the request, and with it the key and what people said.
        raise failure

    async def _client(self) -> "AsyncAnthropic":
        if self._made is None:
            # Loading takes seconds, in which everybody else's answers go on.
            return await asyncio.to_thread(self._prepared)
        return self._made

    def _prepared(self) -> "AsyncAnthropic":
        # One of them would be forgotten, with its connections, if two were made at once.
        with self._one_maker:
            if self._made is None:
                made = self._make()
                _ = made.close
                self._made = made
            return self._made

    def _make(self) -> "AsyncAnthropic":
        import httpx2
        from anthropic import AsyncAnthropic, DefaultAioHttpClient

        return AsyncAnthropic(
            api_key=self._api_key,
            base_url=self._base_url,
            # The turn engine retries, because only it knows whether something was already said.
            max_retries=0,
            timeout=httpx2.Timeout(None, connect=self._connect_seconds),
            # Compression holds deltas back, and unpacks without bounds.
            default_headers={"Accept-Encoding": "identity"},
            # Its spans can be told to carry what people say, by an environment variable that is not ours.
            open_telemetry={"traces": False, "propagation": False},
            http_client=DefaultAioHttpClient(event_hooks={"response": [raise_refusal]}),
        )


def _failure_behind(error: Exception) -> ProviderError:
    """Name a failed connection; what our own hook says of a refusal arrives as the cause of one."""
    if isinstance(error.__cause__, ProviderError):
        return error.__cause__
    return ProviderTimedOut() if is_timeout(error) else ProviderUnavailable()


def _base_of(address: str, *, setting: str) -> str:
    """Return the base of an address that may have been pasted whole; refuse one that is none."""
    base = address.strip().rstrip("/").removesuffix("/messages").removesuffix("/v1").rstrip("/")
    if not is_base_address(base):
        raise ConfigurationError(f"{setting} takes an address like {ADDRESS}, without a query")
    return base
