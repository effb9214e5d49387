"""HTTP through the gateway: what reaches a service, what comes back, and when."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientPayloadError, ClientSession
from tests.gateway.upstream import Upstream, within
from yarl import URL

from parley_gateway.http_relay import MAX_BODY_BYTES


async def test_the_prefix_is_taken_off_and_the_query_is_left_alone(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    async with client.get(URL(f"{gateway}/api/chat/conversations/a%20b?cursor=%2F%2B&limit=3", encoded=True)) as answer:
        assert await answer.json() == {"path": "/conversations/a%20b?cursor=%2F%2B&limit=3"}


async def test_a_body_method_and_headers_arrive_unchanged(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    body = json.dumps({"username": "ada"}).encode()
    await client.patch(
        f"{gateway}/api/auth/users/me", data=body, headers={"Authorization": "Bearer t", "Cookie": "r=1"}
    )
    request = upstream.seen[0]
    assert (request.method, upstream.bodies[0]) == ("PATCH", body)
    assert (request.headers["Authorization"], request.headers["Cookie"]) == ("Bearer t", "r=1")
    assert request.headers["Content-Length"] == str(len(body))


async def test_a_compressed_body_stays_compressed(gateway: str, client: ClientSession, upstream: Upstream) -> None:
    await client.post(f"{gateway}/api/chat/x", data=b"hello " * 100, compress="gzip")
    assert upstream.seen[0].headers["Content-Encoding"] == "gzip"
    assert zlib.decompress(upstream.bodies[0], wbits=31) == b"hello " * 100


async def test_the_service_learns_of_the_client_from_the_gateway_only(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    lies = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "6.6.6.6",
        "Forwarded": "for=6.6.6.6",
        "Proxy": "http://evil.example",
        "TE": "trailers",
    }
    await client.get(f"{gateway}/api/chat/x", headers=lies)
    told = upstream.seen[0].headers
    assert (told.getall("X-Forwarded-For"), told.getall("X-Forwarded-Proto")) == (["127.0.0.1"], ["http"])
    assert told["X-Forwarded-Host"] == gateway.removeprefix("http://")
    assert not {"X-Real-IP", "Forwarded", "Proxy", "TE"} & set(told)


async def test_what_the_client_means_for_the_next_hop_only_ends_there(
    own_gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    await client.get(f"{own_gateway}/api/chat/x", headers={"Connection": "X-Secret-Hop", "X-Secret-Hop": "1"})
    assert "X-Secret-Hop" not in upstream.seen[0].headers


async def test_a_request_id_is_passed_on_and_a_harmful_one_is_replaced(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    await client.get(f"{gateway}/api/chat/x", headers={"X-Request-ID": "my-own-id-1"})
    async with client.get(f"{gateway}/api/chat/x", headers={"X-Request-ID": "two words"}) as answer:
        made = answer.headers["X-Request-ID"]
    assert [request.headers["X-Request-ID"] for request in upstream.seen] == ["my-own-id-1", made]
    assert made != "two words"


async def test_every_cookie_comes_back_and_no_hop_header_does(gateway: str, client: ClientSession) -> None:
    async with client.get(f"{gateway}/api/auth/auth/token") as answer:
        assert answer.headers.getall("Set-Cookie") == ["a=1; Path=/", "b=2; Path=/"]
        assert answer.headers["Server"] in {"parley", "nginx"}
        assert "Keep-Alive" not in answer.headers


async def test_cookies_of_one_client_are_not_sent_for_another(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    await client.get(f"{gateway}/api/auth/auth/token")
    async with ClientSession() as stranger:
        await stranger.get(f"{gateway}/api/auth/users/me")
    assert "Cookie" not in upstream.seen[1].headers


async def test_a_redirect_of_a_service_stays_inside_the_origin(gateway: str, client: ClientSession) -> None:
    async with client.get(f"{gateway}/api/auth/moved", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (307, "/api/auth/elsewhere/?q=1")


async def test_each_piece_of_a_stream_arrives_before_the_next_one_exists(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    async with client.get(f"{gateway}/api/chat/stream") as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        for number in range(5):
            event = f"id: 1:{number}\ndata: {{}}\n\n".encode()
            upstream.say.put_nowait(event)
            assert await within(answer.content.readexactly(len(event))) == event
        upstream.say.put_nowait(None)
        assert await within(answer.content.read()) == b""


async def test_a_client_that_goes_away_ends_the_service_s_work(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    answer = await client.get(f"{gateway}/api/chat/stream")
    upstream.say.put_nowait(b"data: 1\n\n")
    await within(answer.content.readany())
    answer.close()
    await within(upstream.cancelled.wait())


async def test_an_answer_that_breaks_off_does_not_look_complete(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    async with client.get(f"{gateway}/api/chat/stream") as answer:
        upstream.say.put_nowait(b"data: half")
        await within(answer.content.readany())
        upstream.say.put_nowait(b"break off")
        with pytest.raises(ClientPayloadError):
            await within(answer.read())


async def test_a_service_that_is_down_is_said_to_be_so(gateway: str, client: ClientSession) -> None:
    async with client.get(f"{gateway}/api/analytics/summary", headers={"X-Request-ID": "my-own-id-1"}) as answer:
        body = json.loads(await answer.read())
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert (body["code"], body["status"], body["request_id"]) == ("service_unavailable", 503, "my-own-id-1")


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 65536):
        yield body[start : start + 65536]


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_body_beyond_the_limit_is_refused(gateway: str, client: ClientSession, *, is_chunked: bool) -> None:
    body = bytes(MAX_BODY_BYTES + 1)
    async with client.post(f"{gateway}/api/chat/x", data=in_pieces(body) if is_chunked else io.BytesIO(body)) as answer:
        assert (answer.status, json.loads(await answer.read())["code"]) == (413, "body_too_large")


async def test_a_large_body_within_the_limit_arrives_whole(
    gateway: str, client: ClientSession, upstream: Upstream
) -> None:
    body = b"0123456789abcdef" * (MAX_BODY_BYTES // 16)
    async with client.post(f"{gateway}/api/chat/x", data=in_pieces(body)) as answer:
        assert answer.status == 200
    assert upstream.bodies[0] == body
