"""What a streamed delta costs: the whole way of a turn against a relay that only passes bytes through, in one run.

`python -m tests.performance.relay [--engine sqlite|postgresql] [--streams 50] [--rounds 3]`

The services run on one core, the provider and the listeners on another. Every delta is checked.
"""

import argparse
import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import aiohttp
import psutil
from tests.performance.measuring import SERVICE_CORE, listening, spawn, spent_seconds, workbench
from tests.performance.upstream import text_of
from tests.system.processes import free_port

from service_kit.json_body import decode_json, encode_json

CHUNKS = 200
CHUNKS_PER_SECOND = 50.0

Ask = tuple[str, dict[str, str], bytes]


@dataclass(frozen=True)
class Heard:
    """What one listener heard; times in seconds."""

    text: str
    first_delta: float
    gaps: list[float]


@dataclass(frozen=True)
class Figures:
    """One round of one relay."""

    cpu_us_per_delta: float
    first_delta_ms: list[float]
    gap_p99_ms: float


async def listen(client: aiohttp.ClientSession, url: str, headers: dict[str, str], body: bytes) -> Heard:
    """Ask and hear everything."""
    text, first, gaps, last = "", 0.0, [], 0.0
    asked = time.perf_counter()
    async with client.post(url, data=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        async for line in answer.content:
            if not line.startswith(b"data: {"):
                continue
            event = decode_json(line[6:])
            said = event.get("text") if "kind" in event else _content(event)
            if not said:
                continue
            now = time.perf_counter()
            first = first or now - asked
            if last:
                gaps.append(now - last)
            last = now
            text += said
    return Heard(text, first, gaps)


def _content(event: dict[str, list[dict[str, dict[str, str]]]]) -> str:
    return "".join(choice["delta"].get("content", "") for choice in event["choices"])


async def measured(process: psutil.Process, asks: list[Ask]) -> Figures:
    """Run all streams at once and return what they cost the process."""
    before = spent_seconds(process)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        heard = await asyncio.gather(*(listen(client, *ask) for ask in asks))
    spent = spent_seconds(process) - before
    assert all(each.text == text_of(CHUNKS) for each in heard), "a delta is missing, doubled or out of order"
    gaps = sorted(gap for each in heard for gap in each.gaps)
    return Figures(
        cpu_us_per_delta=spent * 1e6 / (len(asks) * CHUNKS),
        first_delta_ms=[each.first_delta * 1000 for each in heard],
        gap_p99_ms=gaps[int(len(gaps) * 0.99)] * 1000,
    )


async def compare(engine: str, streams: int, rounds: int) -> dict[str, list[Figures]]:
    """Measure the bare relay and the product in turns."""
    figures: dict[str, list[Figures]] = {"bare relay": [], "parley": []}
    with tempfile.TemporaryDirectory() as folder:
        async with workbench(engine, chunks=CHUNKS, chunks_per_second=CHUNKS_PER_SECOND) as bench:
            port = free_port()
            bare = spawn(Path(folder), "bare_relay", str(port), bench.upstream_url, core=SERVICE_CORE)
            try:
                await listening(port)
                for _ in range(rounds + 1):
                    asks: list[Ask] = [(f"http://127.0.0.1:{port}/relay", {}, b"{}")] * streams
                    figures["bare relay"].append(await measured(psutil.Process(bare.pid), asks))
                    asks = [
                        (
                            f"{bench.chat_url}/conversations/{await bench.person.start()}/messages",
                            bench.headers("text/event-stream"),
                            encode_json({"client_message_id": uuid4(), "content": "Say many words"}),
                        )
                        for _ in range(streams)
                    ]
                    figures["parley"].append(await measured(bench.chat, asks))
            finally:
                bare.kill()
    # The first round warms everything up.
    return {name: measured_rounds[1:] for name, measured_rounds in figures.items()}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--streams", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    figures = asyncio.run(compare(options.engine, options.streams, options.rounds))
    cores = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    sys.stdout.write(f"{options.streams} streams x {CHUNKS_PER_SECOND:.0f} deltas/s on {options.engine}; {cores}\n")
    sys.stdout.write("relay        CPU us/delta  first delta ms p50 / p99   gap ms p99\n")
    for name, rounds in figures.items():
        first = sorted(each for figure in rounds for each in figure.first_delta_ms)
        cpu = statistics.median(figure.cpu_us_per_delta for figure in rounds)
        gap = statistics.median(figure.gap_p99_ms for figure in rounds)
        p99 = first[int(len(first) * 0.99)]
        sys.stdout.write(f"{name:<12} {cpu:>12.0f}  {statistics.median(first):>14.1f} / {p99:<8.1f} {gap:>10.1f}\n")
    ratios = [
        ours.cpu_us_per_delta / bare.cpu_us_per_delta
        for ours, bare in zip(figures["parley"], figures["bare relay"], strict=True)
    ]
    sys.stdout.write(f"parley / bare relay, CPU per delta: {statistics.median(ratios):.2f}\n")


if __name__ == "__main__":
    main()
