"""People who use the started system through its gateway, as a page or a script would."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx2
from tests.system.system import System, truth

PASSWORD = "a long enough passphrase"
RETRY_SECONDS = 0.1
PATIENCE_SECONDS = 45.0

Facts = dict[str, Any]


class Person:
    """Somebody signed in."""

    def __init__(self, system: System, username: str, password: str = PASSWORD) -> None:
        self.username = username
        self.password = password
        self._client = httpx2.AsyncClient(base_url=f"{system.gateway}/api", timeout=60)
        self._token = ""

    @property
    def bearer(self) -> dict[str, str]:
        """The header of an authenticated request."""
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def close(self) -> None:
        """Forget the connections."""
        await self._client.aclose()

    async def register(self) -> httpx2.Response:
        """Make an account."""
        wish = {"username": self.username, "password": self.password}
        return await self._client.post("/auth/users/", json=wish)

    async def sign_in(self) -> None:
        """Get an access token."""
        form = {"username": self.username, "password": self.password}
        answer = await self.patiently("POST", "/auth/auth/token", data=form)
        assert answer.status_code == 200, answer.text
        self._token = answer.json()["access_token"]

    async def request(self, method: str, path: str, **how: Any) -> httpx2.Response:
        """Ask once."""
        headers = {**self.bearer, **how.pop("headers", {})}
        return await self._client.request(method, path, headers=headers, **how)

    async def patiently(self, method: str, path: str, **how: Any) -> httpx2.Response:
        """Ask again while nobody answers or the answer is 503, as a client with an idempotent request may."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    answer = await self.request(method, path, **how)
                    if answer.status_code not in (502, 503):
                        return answer
                except httpx2.TransportError:
                    pass
                await asyncio.sleep(RETRY_SECONDS)

    async def start(self) -> str:
        """Start a conversation."""
        wish = {"client_conversation_id": str(uuid4())}
        answer = await self.patiently("POST", "/chat/conversations", json=wish)
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["id"])

    async def ask(self, conversation: str, content: str, *, client_message_id: str | None = None) -> Facts:
        """Ask and wait for the end, again and again with one id until somebody answers."""
        question = {"client_message_id": client_message_id or str(uuid4()), "content": content}
        path = f"/chat/conversations/{conversation}/messages"
        answer = await self.patiently("POST", path, json=question)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def begin(self, conversation: str, content: str) -> Facts:
        """Ask without waiting for the answer."""
        question = {"client_message_id": str(uuid4()), "content": content}
        path = f"/chat/conversations/{conversation}/messages"
        answer = await self.patiently("POST", path, json=question, headers={"Prefer": "respond-async"})
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    @asynccontextmanager
    async def stream(self, path: str, *, after: str | None = None) -> AsyncIterator[AsyncIterator[Facts]]:
        """Open an event stream."""
        headers = {**self.bearer, "Accept": "text/event-stream"}
        if after:
            headers["Last-Event-ID"] = after
        async with self._client.stream("GET", path, headers=headers) as response:
            if response.status_code != 200:
                raise httpx2.TransportError(f"{response.status_code}: {(await response.aread()).decode()}")
            yield _events(response)

    async def follow(self, turn_id: str) -> "Followed":
        """Follow a turn to its end, coming back after every broken connection where it was."""
        followed = Followed()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not followed.is_over:
                try:
                    async with self.stream(f"/chat/turns/{turn_id}/events", after=followed.place) as events:
                        async for event in events:
                            followed.take(event)
                except httpx2.TransportError:
                    await asyncio.sleep(RETRY_SECONDS)
        return followed

    async def messages(self, conversation: str) -> list[Facts]:
        """Read a conversation."""
        answer = await self.patiently("GET", f"/chat/conversations/{conversation}/messages?limit=100")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def summary_that_equals(self, system: System) -> Facts:
        """Watch the live summary until it tells exactly what the chat database holds."""
        summary: Facts = {}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    try:
                        async with self.stream("/analytics/analytics/live") as events:
                            async for event in events:
                                summary = event if "total_users" in event else summary
                                if await _tells_the_truth(summary, system):
                                    return summary
                    except httpx2.TransportError:
                        await asyncio.sleep(RETRY_SECONDS)
        except TimeoutError:
            raise AssertionError(f"analytics tells {summary}, chat holds {await truth(system)}") from None


class Followed:
    """What a follower has after folding every event it saw."""

    def __init__(self) -> None:
        self.text = ""
        self.place: str | None = None
        self.last: Facts = {}
        self.snapshots = 0

    @property
    def is_over(self) -> bool:
        """Whether the turn has ended."""
        return self.last.get("kind") in ("done", "failed")

    def take(self, event: Facts) -> None:
        """Fold one event."""
        if event["kind"] == "snapshot":
            self.text = event["reply"]["content"]
            self.snapshots += 1
        elif event["kind"] == "delta":
            assert self.place is None or event["seq"] == int(self.place.rpartition(":")[2]) + 1, "a hole"
            self.text += event["text"]
        self.place = f"{event['epoch']}:{event['seq']}"
        self.last = event


async def _tells_the_truth(summary: Facts, system: System) -> bool:
    held = await truth(system)
    return held.pop("running") == 0 and {name: summary.get(name) for name in held} == held


async def _events(response: httpx2.Response) -> AsyncIterator[Facts]:
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))


@asynccontextmanager
async def signed_in(system: System, *, registers: bool = True) -> AsyncIterator[Person]:
    """Somebody new, or the administrator."""
    name = f"person-{uuid4().hex[:12]}"
    person = Person(system, name) if registers else Person(system, "admin", system.admin_password)
    try:
        if registers:
            registered = await person.register()
            assert registered.status_code == 201, registered.text
        await person.sign_in()
        yield person
    finally:
        await person.close()
