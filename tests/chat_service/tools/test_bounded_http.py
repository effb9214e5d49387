"""HTTP to servers of others: bounded, however small it looks on the way."""

import gzip
from collections.abc import AsyncIterator

import httpx2
import pytest

from chat_service.tools.bounded_http import AnswerTooLarge, BoundedTransport


def client_for(body: bytes | AsyncIterator[bytes], **headers: str) -> httpx2.AsyncClient:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = httpx2.MockTransport(lambda _request: httpx2.Response(200, headers=told, content=body))
    return httpx2.AsyncClient(transport=BoundedTransport(answer, max_bytes=1_000))


async def portions(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 100


async def test_an_answer_within_the_bound_is_read() -> None:
    async with client_for(portions(10)) as client:
        assert len((await client.get("http://tools.test/")).content) == 1_000


async def test_an_answer_without_end_is_left() -> None:
    async with client_for(portions(1_000_000)) as client:
        with pytest.raises(AnswerTooLarge):
            await client.get("http://tools.test/")


async def test_a_stream_of_events_may_go_on() -> None:
    async with client_for(portions(100), content_type="text/event-stream") as client:
        assert len((await client.get("http://tools.test/")).content) == 10_000


async def test_a_compressed_answer_is_refused() -> None:
    """A few bytes unfold to gigabytes."""
    async with client_for(gzip.compress(b"x" * 1_000_000), content_encoding="gzip") as client:
        with pytest.raises(AnswerTooLarge):
            await client.get("http://tools.test/")
