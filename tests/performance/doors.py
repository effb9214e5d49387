"""What the doors cost beside each other: WebSocket and SSE, one follower and ten, a plain turn, many that are open.

`python -m tests.performance.doors [--engine sqlite|postgresql] [--rounds 3] [--sockets 2000]`
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from uuid import uuid4

import aiohttp
import websockets
from tests.performance.measuring import Workbench, spent_seconds, workbench
from tests.performance.upstream import text_of

CHUNKS = 200
CHUNKS_PER_SECOND = 50.0
STREAMS = 20
FOLLOWERS = 10
PLAIN_TURNS = 200
EVENTS = "text/event-stream"

Work = Callable[[Workbench, aiohttp.ClientSession], Awaitable[int]]


def question() -> dict[str, str]:
    """Something to ask."""
    return {"client_message_id": str(uuid4()), "content": "Say many words"}


async def said(answer: aiohttp.ClientResponse) -> str:
    """Hear a stream to its end."""
    assert answer.status == 200, await answer.text()
    events = [json.loads(line[6:]) async for line in answer.content if line.startswith(b"data: {")]
    return "".join(event["text"] for event in events if event["kind"] == "delta")


async def ask_by_sse(bench: Workbench, client: aiohttp.ClientSession, conversation: str) -> None:
    """Ask and hear the answer as a stream of events."""
    path = f"{bench.chat_url}/conversations/{conversation}/messages"
    async with client.post(path, json=question(), headers=bench.headers(EVENTS)) as answer:
        assert await said(answer) == text_of(CHUNKS)


async def ask_by_socket(bench: Workbench, conversation: str) -> None:
    """Ask and hear the answer through a WebSocket."""
    async with opened(bench, conversation) as socket:
        await socket.send(json.dumps({"kind": "send", **question()}))
        text = ""
        async for frame in socket:
            event = json.loads(frame)
            text += event["text"] if event["kind"] == "delta" else ""
            if event["kind"] in ("done", "failed"):
                break
        assert text == text_of(CHUNKS)


def opened(bench: Workbench, conversation: str) -> "websockets.connect":
    """A socket that is about to open; its first frame is sent by `enter`."""
    address = bench.chat_url.replace("http://", "ws://")
    return _Signed(f"{address}/ws/{conversation}", bench)


class _Signed(websockets.connect):
    """A connection that shows its token first."""

    def __init__(self, address: str, bench: Workbench) -> None:
        super().__init__(address, additional_headers={"Origin": bench.system.origin}, compression=None)
        self._token = bench.person.bearer["Authorization"].removeprefix("Bearer ")

    async def __aenter__(self) -> websockets.ClientConnection:
        socket = await super().__aenter__()
        await socket.send(json.dumps({"kind": "auth", "token": self._token}))
        assert json.loads(await socket.recv())["kind"] == "ready"
        return socket


async def by_sse(bench: Workbench, client: aiohttp.ClientSession) -> int:
    """Many answers, each with one follower by SSE."""
    conversations = [await bench.person.start() for _ in range(STREAMS)]
    await asyncio.gather(*(ask_by_sse(bench, client, each) for each in conversations))
    return STREAMS * CHUNKS


async def by_socket(bench: Workbench, client: aiohttp.ClientSession) -> int:
    """Many answers, each with one follower by WebSocket."""
    conversations = [await bench.person.start() for _ in range(STREAMS)]
    await asyncio.gather(*(ask_by_socket(bench, each) for each in conversations))
    return STREAMS * CHUNKS


async def by_ten(bench: Workbench, client: aiohttp.ClientSession) -> int:
    """As many answers as before, a tenth of them, each with ten followers."""

    async def follow(turn_id: str) -> None:
        path = f"{bench.chat_url}/turns/{turn_id}/events"
        async with client.get(path, headers=bench.headers(EVENTS)) as answer:
            assert await said(answer) == text_of(CHUNKS)

    async def ask(conversation: str) -> None:
        begun = await bench.person.begin(conversation, "Say many words")
        await asyncio.gather(*(follow(begun["turn"]["id"]) for _ in range(FOLLOWERS)))

    conversations = [await bench.person.start() for _ in range(STREAMS)]
    await asyncio.gather(*(ask(each) for each in conversations))
    return STREAMS * CHUNKS


async def cpu_us(bench: Workbench, work: Work) -> float:
    """The CPU time of the chat-service for each delta of some work, in microseconds."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        before = spent_seconds(bench.chat)
        deltas = await work(bench, client)
        return (spent_seconds(bench.chat) - before) * 1e6 / deltas


async def plain_turn_ms(bench: Workbench) -> float:
    """The CPU time of a whole turn that is answered as JSON, in milliseconds; its model says twenty words at once."""
    conversations = [await bench.person.start() for _ in range(PLAIN_TURNS)]
    async with aiohttp.ClientSession() as client:
        before = spent_seconds(bench.chat)
        for conversation in conversations:
            path = f"{bench.chat_url}/conversations/{conversation}/messages"
            async with client.post(path, json=question(), headers=bench.headers("application/json")) as answer:
                assert (await answer.json())["reply"]["content"] == text_of(20)
        return (spent_seconds(bench.chat) - before) * 1e3 / PLAIN_TURNS


async def idle_socket_kb(bench: Workbench, sockets: int) -> float:
    """What an idle WebSocket holds of the chat-service's memory, in kilobytes."""
    conversation = await bench.person.start()
    async with AsyncExitStack() as open_sockets:
        for _ in range(50):
            await open_sockets.enter_async_context(opened(bench, conversation))
        before = bench.chat.memory_info().rss
        for _ in range(sockets):
            await open_sockets.enter_async_context(opened(bench, conversation))
        return float(bench.chat.memory_info().rss - before) / 1024 / sockets


async def measure(engine: str, rounds: int, sockets: int) -> list[tuple[str, str]]:
    """Measure everything and return the lines of the table."""
    figures: dict[str, list[float]] = {"sse": [], "socket": [], "ten": []}
    async with workbench(engine, chunks=CHUNKS, chunks_per_second=CHUNKS_PER_SECOND) as bench:
        for _ in range(rounds + 1):
            for name, work in (("sse", by_sse), ("socket", by_socket), ("ten", by_ten)):
                figures[name].append(await cpu_us(bench, work))
        memory = await idle_socket_kb(bench, sockets)
    async with workbench(engine, chunks=20, chunks_per_second=1e9) as bench:
        await plain_turn_ms(bench)
        plain = statistics.median([await plain_turn_ms(bench) for _ in range(rounds)])
    # The first round warms everything up.
    medians = {name: statistics.median(values[1:]) for name, values in figures.items()}
    return [
        ("CPU of a delta, one follower by SSE", f"{medians['sse']:.0f} us"),
        ("CPU of a delta, one follower by WebSocket", f"{medians['socket']:.0f} us"),
        ("WebSocket / SSE", f"{medians['socket'] / medians['sse']:.2f}"),
        ("CPU of a delta, ten followers by SSE", f"{medians['ten']:.0f} us"),
        ("ten followers / one", f"{medians['ten'] / medians['sse']:.2f}"),
        ("CPU of a plain turn", f"{plain:.1f} ms"),
        ("memory of an idle WebSocket", f"{memory:.0f} KB"),
    ]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sockets", type=int, default=2_000)
    options = parser.parse_args()
    lines = asyncio.run(measure(options.engine, options.rounds, options.sockets))
    cores = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    sys.stdout.write(f"{STREAMS} streams x {CHUNKS_PER_SECOND:.0f} deltas/s on {options.engine}; {cores}\n")
    for name, value in lines:
        sys.stdout.write(f"{name:<44} {value:>10}\n")


if __name__ == "__main__":
    main()
