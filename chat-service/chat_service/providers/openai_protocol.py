"""Any server that speaks the OpenAI protocol, through the official SDK.

The SDK does addresses, authentication and connections; the stream is decoded here, because its objects cost several
times more than everything else on the way of a delta.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from chat_service.patience import IN_ALL_SECONDS, Patience
from chat_service.providers.addresses import base_address, sendable_key
from chat_service.providers.chunks import decoded, pieces_of_completion
from chat_service.providers.decoder import CompletionDecoder
from chat_service.providers.kinds import FIRST_DELTA_SECONDS, Kind
from chat_service.providers.openai_wire import body_of
from chat_service.providers.port import (
    ModelCall,
    Piece,
    ProviderCut,
    ProviderMalformed,
    ProviderTimedOut,
    ProviderUnavailable,
)
from chat_service.providers.portions import Portions, is_timeout
from chat_service.providers.refusals import StreamOptionsRefused, raise_refusal

if TYPE_CHECKING:
    from httpx2 import Response
    from openai import AsyncOpenAI

CONNECT_SECONDS = 10.0
BETWEEN_DELTAS_SECONDS = 60.0
# After the finish reason only usage and the end are awaited, and a server that keeps them back has said everything.
AFTER_FINISH_SECONDS = 5.0
# After [DONE] the body is read to its end, so that the connection can be used again, but nobody waits for that long.
AFTER_DONE_SECONDS = 0.25
MAX_PLAIN_BODY_BYTES = 4_194_304
# A local server without authentication gets a key all the same, because the SDK insists on one.
NO_KEY = "none"


class OpenAIProtocol:
    """One server, one key. `key_setting` and `address_setting` are named when the start is refused."""

    def __init__(
        self,
        *,
        name: str,
        api_key: str | None,
        base_url: str | None,
        kind: Kind = "openai-compatible",
        connect_seconds: float = CONNECT_SECONDS,
        first_delta_seconds: float = FIRST_DELTA_SECONDS,
        between_deltas_seconds: float = BETWEEN_DELTAS_SECONDS,
        after_finish_seconds: float = AFTER_FINISH_SECONDS,
        turn_seconds: float = IN_ALL_SECONDS,
        key_setting: str = "OPENAI_API_KEY",
        address_setting: str = "OPENAI_BASE_URL",
    ) -> None:
        self.name = name
        self._kind = kind
        self._api_key = sendable_key(api_key, setting=key_setting) if api_key else NO_KEY
        self._base_url = base_address(base_url, setting=address_setting) if base_url else None
        self._connect_seconds = connect_seconds
        self._first_delta_seconds = first_delta_seconds
        self._between_deltas_seconds = between_deltas_seconds
        self._after_finish_seconds = after_finish_seconds
        self._turn_seconds = turn_seconds
        self._asks_for_usage = True
        self._made: AsyncOpenAI | None = None
        self._one_maker = threading.Lock()

    async def stream(self, call: ModelCall) -> AsyncGenerator[Piece, None]:
        """Stream one completion."""
        patience = Patience(self._first_delta_seconds, in_all_seconds=self._turn_seconds)
        async with AsyncExitStack() as held:
            held.callback(patience.end)
            response = await self._opened(call, held, patience)
            portions = Portions(response, held, patience)
            media_type = response.headers.get("content-type", "")
            if "html" in media_type:
                raise ProviderMalformed
            if "json" in media_type:
                for piece in pieces_of_completion(decoded(await portions.read_whole(limit=MAX_PLAIN_BODY_BYTES))):
                    yield piece
                return
            decoder = CompletionDecoder()
            has_spoken = False
            try:
                while portion := await portions.read():
                    for piece in decoder.feed(portion):
                        has_spoken = True
                        yield piece
                    if decoder.is_done:
                        break
                    # Signs of life before the first piece do not make the wait for it any longer.
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

    async def _opened(self, call: ModelCall, held: AsyncExitStack, patience: Patience) -> "Response":
        """Ask, and ask once more without `stream_options` where a server refuses it; that is remembered."""
        body = body_of(call, kind=self._kind)
        try:
            return await self._asked(body, held, patience, with_usage=self._asks_for_usage)
        except StreamOptionsRefused:
            if not self._asks_for_usage:
                raise
        response = await self._asked(body, held, patience, with_usage=False)
        self._asks_for_usage = False
        return response

    async def _asked(
        self, body: dict[str, Any], held: AsyncExitStack, patience: Patience, *, with_usage: bool
    ) -> "Response":
        client = await self._client()
        from openai import APIConnectionError

        options = {"stream_options": {"include_usage": True}} if with_usage else {}
        asked = client.chat.completions.with_streaming_response.create(
            model=body["model"],
            # The SDK looks at every argument again, which takes milliseconds for a long conversation; not at this one.
            messages=[],
            extra_body={**body, **options},
            stream=True,
        )
        try:
            response: Response = (await patience.wait(held.enter_async_context(asked))).http_response
            return response
        except TimeoutError:
            raise ProviderTimedOut from None
        except APIConnectionError as error:
            raise (ProviderTimedOut if is_timeout(error) else ProviderUnavailable)() from None

    async def _client(self) -> "AsyncOpenAI":
        if self._made is None:
            # Loading takes seconds, in which everybody else's answers go on.
            return await asyncio.to_thread(self._prepared)
        return self._made

    def _prepared(self) -> "AsyncOpenAI":
        # One of them would be forgotten, with its connections, if two were made at once.
        with self._one_maker:
            if self._made is None:
                made = self._make()
                _ = made.chat.completions
                self._made = made
            return self._made

    def _make(self) -> "AsyncOpenAI":
        import httpx2
        from openai import AsyncOpenAI, DefaultAioHttpClient

        return AsyncOpenAI(
            api_key=self._api_key,
            base_url=self._base_url,
            # The turn engine retries, because only it knows whether something was already said.
            max_retries=0,
            timeout=httpx2.Timeout(None, connect=self._connect_seconds),
            # Compression holds deltas back, and unpacks without bounds.
            default_headers={"Accept-Encoding": "identity"},
            http_client=DefaultAioHttpClient(event_hooks={"response": [raise_refusal]}),
        )
