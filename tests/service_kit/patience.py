"""Waiting for what nobody announces."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 30


async def until(is_so: Callable[[], bool | Awaitable[bool]]) -> None:
    """Return when it is so, or raise TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            answer = is_so()
            if await answer if isawaitable(answer) else answer:
                return
            await asyncio.sleep(LOOK_SECONDS)
