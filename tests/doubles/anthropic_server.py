"""A real HTTP server that speaks Claude's Messages API by script, and keeps a ledger of what it was asked.

async with AnthropicServer() as server:
    server.will_say("one ", "two ")                        # a well-behaved stream for the next call
    server.will_play(start(), text("one "), Reset())       # any steps of anthropic_script and openai_script
    server.will_play(refusal(529, kind="overloaded_error"))
    ... ANTHROPIC_BASE_URL=server.url ...
    assert server.calls[0].messages == [...]               # what truly arrived

Like the original it refuses what breaks its rules: a missing version or limit, roles that do not take turns, empty
text, results without their call.
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
from tests.doubles.anthropic_script import Told, refusal, saying
from tests.doubles.openai_script import Answer, Flood, Hang, HangUp, Reset, Script, Step, WaitFor, Write

MAX_QUESTION_BYTES = 64 * 1_048_576
VERSION = "2026-10-21"
# The version before it still takes what the newer one refuses.
VERSION_WITH_SAMPLING = "2023-06-01"
SAMPLING = {"temperature", "top_p", "top_k"}


@dataclass
class Call:
    """One call as the server saw it: what was asked, and how it ended."""

    body: dict[str, Any]
    headers: dict[str, str]
    # The client's end of the connection: calls with the same one came over one connection.
    peer: Any = None
    # Set when the client went away before the script was played to its end.
    left: asyncio.Event = field(default_factory=asyncio.Event)
    # Set when the script is over, in whatever way.
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body["messages"])

    @property
    def question(self) -> str:
        return "".join(str(block.get("text", "")) for block in self.messages[-1]["content"])

    @property
    def key(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def broken_rule(self) -> str | None:
        """The rule of the protocol that this call breaks."""
        version = self.headers.get("anthropic-version")
        if version not in (VERSION, VERSION_WITH_SAMPLING):
            return "anthropic-version: header is required"
        if version == VERSION and SAMPLING & self.body.keys():
            return "temperature, top_p, top_k: removed in this version"
        if not isinstance(self.body.get("max_tokens"), int):
            return "max_tokens: field required"
        roles = [message["role"] for message in self.messages]
        if roles != [("user", "assistant")[place % 2] for place in range(len(roles))] or roles[-1:] != ["user"]:
            return "messages: roles must alternate between user and assistant, and begin and end with user"
        return _broken_rule_of_blocks([message["content"] for message in self.messages])


def _broken_rule_of_blocks(contents: list[list[dict[str, Any]]]) -> str | None:
    asked: set[str] = set()
    for blocks in contents:
        results = {block["tool_use_id"] for block in blocks if block["type"] == "tool_result"}
        if results != asked:
            return "messages: every tool_use must have its tool_result in the next message, and no other"
        asked = {block["id"] for block in blocks if block["type"] == "tool_use"}
        if any(block["type"] == "text" and not block["text"].strip() for block in blocks):
            return "messages: text content blocks must contain non-whitespace text"
    return None


Author = Callable[[Call], Iterable[Step] | Script]


class AnthropicServer:
    """`POST /v1/messages` on a loopback port of its own; scripts are played first come, first served."""

    def __init__(self, *, key: str | None = None) -> None:
        self.key = key
        self.calls: list[Call] = []
        self.at_once = 0
        self._scripts: deque[Script] = deque()
        self._author: Author = lambda call: saying("You said: ", call.question)
        self._runner: web.AppRunner | None = None
        self._origin = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_QUESTION_BYTES)
        app.router.add_post("/v1/messages", self._complete)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """What ANTHROPIC_BASE_URL would be."""
        return self._origin

    def will_say(self, *texts: str, usage: Told | None = None) -> None:
        """Answer the next call with these pieces of text and a proper end."""
        self.will_play(*saying(*texts, usage=usage))

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
        try:
            return await _play(request, self._script_for(call))
        except (asyncio.CancelledError, ConnectionError):
            call.left.set()
            raise
        finally:
            self.at_once -= 1
            call.over.set()

    def _script_for(self, call: Call) -> Script:
        if self.key is not None and call.key != self.key:
            return Script((refusal(401, kind="authentication_error", words=f"invalid bearer token: {call.key}"),))
        broken = call.broken_rule()
        if broken is not None:
            return Script((refusal(400, kind="invalid_request_error", words=broken),))
        if self._scripts:
            return self._scripts.popleft()
        written = self._author(call)
        return written if isinstance(written, Script) else Script(tuple(written))


async def _play(request: web.Request, script: Script) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": script.content_type})
    for step in script.steps:
        if isinstance(step, Answer):
            headers = {"Content-Type": step.content_type, **step.headers}
            return web.Response(status=step.status, body=step.content, headers=headers)
        if isinstance(step, Hang | WaitFor):
            await (step.event if isinstance(step, WaitFor) else asyncio.Event()).wait()
        elif isinstance(step, Reset | HangUp):
            _break_off(request, with_reset=isinstance(step, Reset))
            return response
        else:
            if not response.prepared:
                await response.prepare(request)
            await _tell(response, step)
    if not response.prepared:
        await response.prepare(request)
    await response.write_eof()
    return response


async def _tell(response: web.StreamResponse, step: Step) -> None:
    if isinstance(step, Write):
        await response.write(step.data)
    elif isinstance(step, Flood):
        sent = 0
        while step.times is None or sent < step.times:
            await response.write(step.data)
            sent += 1


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
