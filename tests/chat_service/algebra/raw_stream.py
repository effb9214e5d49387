"""A stream read byte by byte from the socket itself, so that it can be broken off at any of them."""

import asyncio
import json
from urllib.parse import urlsplit

from tests.chat_service.algebra.doors import Asked
from tests.chat_service.conftest import Event, Person

from service_kit.json_body import decode_json

LAST_CHUNK = b"\r\n0\r\n\r\n"


def request_of(asked: Asked) -> bytes:
    """Ask for a stream."""
    body = json.dumps(asked.body).encode()
    return _request(asked.person, f"POST {asked.path}", f"Content-Length: {len(body)}") + body


def follow_request_of(asked: Asked, turn_id: str) -> bytes:
    return _request(asked.person, f"GET /turns/{turn_id}/events", "Connection: close")


def _request(person: Person, what: str, header: str) -> bytes:
    lines = (
        f"{what} HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        "Accept: text/event-stream",
        f"Authorization: {person.bearer['Authorization']}",
        header,
    )
    return "\r\n".join((*lines, "", "")).encode()


async def received(person: Person, request: bytes, *, cut_at: int | None) -> bytes:
    """Return the first bytes after the head of an answer; after so many of them the connection is broken off."""
    address = urlsplit(person.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        if cut_at is not None:
            return await reader.readexactly(cut_at)
        return await reader.readuntil(LAST_CHUNK)
    except asyncio.IncompleteReadError as error:
        return error.partial
    finally:
        writer.transport.abort()


def unchunked(body: bytes) -> bytes:
    """Return what a body says, as far as it arrived."""
    said = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        said, body = said + body[:length], body[length + 2 :]
    return said


def events_in(body: bytes) -> list[Event]:
    """Return the events that arrived whole; what a cut left of another one is nothing, as the standard has it."""
    events: list[Event] = []
    for block in unchunked(body).split(b"\n\n")[:-1]:
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if not line.startswith(b":"))
        if fields:
            event = decode_json(fields[b"data"])
            assert fields[b"id"].decode() == f"{event['epoch']}:{event['seq']}"
            events.append(event)
    return events
