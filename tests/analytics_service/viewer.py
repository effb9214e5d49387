"""Somebody who watches the live stream."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

Frame = tuple[str, Any]


class Viewer:
    """An open stream; frames are read one by one."""

    def __init__(self, answer: httpx2.Response) -> None:
        self._lines = answer.aiter_lines()

    async def next(self) -> Frame | None:
        """Return the next frame, or None at the end of the stream."""
        kind = ""
        async for line in self._lines:
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return kind, json.loads(line.removeprefix("data: "))
        return None

    async def until(self, kind: str, **facts: Any) -> list[Frame]:
        """Read until a frame of this kind tells these facts, and return all frames up to it."""
        frames = []
        while (frame := await self.next()) is not None:
            frames.append(frame)
            if frame[0] == kind and all(frame[1][name] == value for name, value in facts.items()):
                return frames
        raise AssertionError(f"the stream ended before {kind} {facts}; it told {frames}")


@asynccontextmanager
async def watching(url: str, headers: dict[str, str], **query: str) -> AsyncIterator[Viewer]:
    """Open the live stream."""
    async with (
        httpx2.AsyncClient(trust_env=False) as http,
        http.stream("GET", f"{url}/analytics/live", headers=headers, params=query, timeout=20) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Viewer(answer)
