"""A real HTTP server that speaks the OpenAI protocol by script, and keeps its own ledger of what it was asked.

async with OpenAIServer() as server:
    server.will_say("one ", "two ")                        # a well-behaved stream for the next call
    server.will_play(delta("one "), Reset())               # any steps of openai_script
    server.will_play(refusal(429, retry_after="2"))
    server.will_answer_with(lambda call: completion(call.question.upper()))   # every call without a script
    ... OPENAI_BASE_URL=server.url ...
    assert server.calls[0].messages == [...]               # what truly arrived, and what was truly told
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from tests.doubles.openai_script import (
    Answer,
    Flood,
    Hang,
    HangUp,
    Pause,
    Reset,
    Script,
    Step,
    TellUsage,
    Usage,
    WaitFor,
    Write,
    asking_for_tools,
    completion,
    event,
    refusal,
)

MAX_QUESTION_BYTES = 64 * 1_048_576


@dataclass
class Call:
    """One call as the server saw it: what was asked, what was told, and how it ended."""

    body: dict[str, Any]
    headers: dict[str, str]
    # The client's end of the connection: calls with the same one came over one connection.
    peer: Any = None
    said: str = ""
    deltas: int = 0
    usage: Usage | None = None
    # Set when the client went away before the script was played to its end.
    left: asyncio.Event = field(default_factory=asyncio.Event)
    # Set when the script is over, in whatever way.
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body["messages"])

    @property
    def question(self) -> str:
        return str(self.messages[-1]["content"])

    @property
    def tool_results(self) -> dict[str, str]:
        """What the tools said, by the id of the call."""
        return {
            message["tool_call_id"]: str(message["content"]) for message in self.messages if message["role"] == "tool"
        }

    @property
    def offered_tools(self) -> list[str]:
        """The names of the tools the model may ask for."""
        return [tool["function"]["name"] for tool in self.body.get("tools") or ()]

    @property
    def model(self) -> str:
        return str(self.body["model"])

    @property
    def key(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    @property
    def asks_for_usage(self) -> bool:
        return bool((self.body.get("stream_options") or {}).get("include_usage"))

    def counted(self) -> Usage:
        """A usage like a tokenizer of words would count it."""
        return Usage(sum(len(str(message.get("content") or "").split()) for message in self.messages), self.deltas)


Author = Callable[[Call], Iterable[Step] | Script]


class OpenAIServer:
    """`POST /v1/chat/completions` on a loopback port; scripts are played first come, first served."""

    def __init__(self, *, key: str | None = None, knows_stream_options: bool = True, port: int = 0) -> None:
        self.key = key
        self.port = port
        self.knows_stream_options = knows_stream_options
        self.calls: list[Call] = []
        self.at_once = 0
        self.most_at_once = 0
        self._scripts: deque[Script] = deque()
        self._author: Author = lambda call: completion("You said: ", call.question)
        self._runner: web.AppRunner | None = None
        self._origin = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_QUESTION_BYTES)
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self._origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """What OPENAI_BASE_URL would be."""
        return f"{self._origin}/v1"

    @property
    def told(self) -> Usage:
        """The sum of every usage this server told: what an account of it would be charged."""
        told = [call.usage for call in self.calls if call.usage is not None]
        return Usage(
            sum(usage.input_tokens for usage in told),
            sum(usage.output_tokens for usage in told),
            sum(usage.cached_tokens for usage in told),
            sum(usage.reasoning_tokens for usage in told),
        )

    def will_say(self, *texts: str, usage: Usage | None = None) -> None:
        """Answer the next call with these deltas and a proper end."""
        self.will_play(*completion(*texts, usage=usage))

    def will_call_tools(self, *calls: Iterable[Write], usage: Usage | None = None) -> None:
        """Answer the next call with these calls of tools, each in fragments of `fragmented_tool_call`."""
        self.will_play(*asking_for_tools(*calls, usage=usage))

    def will_play(self, *steps: Step, content_type: str = "text/event-stream; charset=utf-8") -> None:
        """Answer the next call with these steps."""
        self._scripts.append(Script(steps, content_type))

    def will_answer_with(self, author: Author) -> None:
        """Let a function write the answer of every call that has no script."""
        self._author = author

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        peer = request.transport.get_extra_info("peername") if request.transport else None
        call = Call(json.loads(await request.read()), headers, peer)
        self.calls.append(call)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._play(request, call, self._script_for(call))
        except (asyncio.CancelledError, ConnectionError):
            call.left.set()
            raise
        finally:
            self.at_once -= 1
            call.over.set()

    def _script_for(self, call: Call) -> Script:
        if self.key is not None and call.key != self.key:
            return Script((refusal(401, message=f"Incorrect API key provided: {call.key}", code="invalid_api_key"),))
        if not self.knows_stream_options and "stream_options" in call.body:
            return Script((refusal(400, message="Unrecognized request argument supplied: stream_options"),))
        if self._scripts:
            return self._scripts.popleft()
        written = self._author(call)
        return written if isinstance(written, Script) else Script(tuple(written))

    async def _play(self, request: web.Request, call: Call, script: Script) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": script.content_type})
        for step in script.steps:
            if isinstance(step, Answer):
                return web.Response(
                    status=step.status, body=step.content, headers={"Content-Type": step.content_type, **step.headers}
                )
            if isinstance(step, Hang | WaitFor):
                await (step.event if isinstance(step, WaitFor) else asyncio.Event()).wait()
                continue
            if isinstance(step, Pause):
                await asyncio.sleep(step.seconds)
                continue
            if isinstance(step, Reset | HangUp):
                _break_off(request, with_reset=isinstance(step, Reset))
                return response
            if not response.prepared:
                await response.prepare(request)
            await _tell(response, call, step)
        if not response.prepared:
            await response.prepare(request)
        await response.write_eof()
        return response


async def _tell(response: web.StreamResponse, call: Call, step: Write | TellUsage | Flood) -> None:
    if isinstance(step, Write):
        await response.write(step.data)
        call.said += step.text
        call.deltas += bool(step.text)
    elif isinstance(step, Flood):
        sent = 0
        while step.times is None or sent < step.times:
            await response.write(step.data)
            sent += 1
    elif call.asks_for_usage or step.even_unasked:
        usage = step.usage or call.counted()
        await response.write(event({"object": "chat.completion.chunk", "choices": [], "usage": usage.as_json()}))
        call.usage = usage


def _break_off(request: web.Request, *, with_reset: bool) -> None:
    transport = request.transport
    assert transport is not None
    if with_reset:
        # Lingering for no time at all makes the kernel send RST instead of FIN.
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
