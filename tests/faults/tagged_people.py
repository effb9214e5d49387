"""People whose every word carries a tag of their own, and who notice when somebody else's reaches them."""

import asyncio
import contextlib
import json
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2
import websockets
from tests.doubles.openai_script import Pause, Step, completion
from tests.doubles.openai_server import Call

from service_kit.testing import ISSUER, Issuer

TAG = re.compile(r"tag-[0-9a-f]{32}")
DELTAS = 12
# In how many ways they keep busy.
DOINGS = 7
# Between nothing at all and longer than an answer takes, so that a connection is cut at any moment of it.
LONGEST_PATIENCE_SECONDS = 2.0
# Who always asks in one conversation waits for it; who has several hears more.
NEW_CONVERSATION_SHARE = 0.15
QUEUE_SHARE = 0.1
GONE = (TimeoutError, OSError, httpx2.HTTPError, websockets.WebSocketException)


@dataclass
class Witness:
    """What all of them saw that was not theirs, and how much they did."""

    foreign: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    heard: int = 0

    def hear(self, own: str, text: str, *, what: str) -> None:
        """Look for tags in something that was received."""
        tags = set(TAG.findall(text))
        self.heard += own in tags
        if tags - {own}:
            self.foreign.append(f"{what}: {own} was told of {tags - {own}}")

    def echo(self, call: Call) -> tuple[Step, ...]:
        """Answer as the model: say again and again whose words were sent."""
        tags = sorted(set(TAG.findall(json.dumps(call.body))))
        if len(tags) != 1:
            self.foreign.append(f"a model was told of {tags}")
        first, *rest, last = completion(*(f"{' '.join(tags)} {number} " for number in range(DELTAS)))
        pauses = (Pause(random.uniform(0, 0.02)) for _ in rest)
        return (first, *(step for pair in zip(rest, pauses, strict=True) for step in pair), last)


class TaggedPerson:
    """Somebody who asks, listens, leaves in the middle and comes back through another door."""

    def __init__(self, address: str, issuer: Issuer, client: httpx2.AsyncClient, witness: Witness) -> None:
        self.user_id, self.tenant_id = uuid4(), uuid4()
        self.tag = f"tag-{self.user_id.hex}"
        self._address = address
        self._client = client
        self._witness = witness
        token = issuer.sign(issuer.claims(user_id=self.user_id, tenant_id=self.tenant_id))
        self._token = token
        self._bearer = {"Authorization": f"Bearer {token}"}
        self._conversations: list[str] = []
        self._turns: list[str] = []

    async def keep_busy(self, *, until: float) -> None:
        """Do one thing after another, each of them cut off at a random moment."""
        doings: list[Callable[[], Awaitable[None]]] = [
            self._ask_and_wait,
            self._ask_and_listen,
            self._ask_over_a_socket,
            self._follow,
            self._poll,
            self._look_around,
            self._stop,
        ]
        clock = asyncio.get_running_loop().time
        while clock() < until:
            if not self._conversations or random.random() < NEW_CONVERSATION_SHARE:
                await self._start()
                continue
            doing = random.choice(doings)
            with contextlib.suppress(*GONE):
                async with asyncio.timeout(LONGEST_PATIENCE_SECONDS * random.random() ** 2):
                    await doing()
            self._witness.done[doing.__name__.strip("_")] += 1

    async def _start(self) -> None:
        wish = {"title": self.tag, "system_prompt": f"You speak with {self.tag}."}
        with contextlib.suppress(*GONE):
            answer = await self._request("POST", "/conversations", json=wish)
            if answer.status_code == 201:
                self._conversations.append(answer.json()["id"])

    async def _ask_and_wait(self) -> None:
        answer = await self._request("POST", self._messages, json=self._question())
        if answer.status_code == 201:
            self._turns.append(answer.json()["turn"]["id"])

    async def _ask_and_listen(self) -> None:
        await self._listen("POST", self._messages, json=self._question())

    async def _ask_over_a_socket(self) -> None:
        conversation = random.choice(self._conversations)
        address = self._address.replace("http://", "ws://")
        async with websockets.connect(
            f"{address}/ws/{conversation}", additional_headers={"Origin": ISSUER}, compression=None, close_timeout=0.1
        ) as socket:
            await socket.send(json.dumps({"kind": "auth", "token": self._token}))
            await socket.send(json.dumps({"kind": "send", **self._question()}))
            async for frame in socket:
                self._hear(str(frame), "a socket")
                if json.loads(frame)["kind"] in ("done", "failed", "problem"):
                    return

    async def _follow(self) -> None:
        await self._listen("GET", f"/turns/{self._turn}/events")

    async def _poll(self) -> None:
        await self._request("GET", f"/turns/{self._turn}/poll?wait=1")

    async def _look_around(self) -> None:
        conversation = random.choice(self._conversations)
        for path in ("", f"/{conversation}", f"/{conversation}/messages", f"/{conversation}/context"):
            await self._request("GET", f"/conversations{path}")

    async def _stop(self) -> None:
        await self._request("POST", f"/turns/{self._turn}/stop")

    async def _listen(self, method: str, path: str, **how: Any) -> None:
        headers = {**self._bearer, "Accept": "text/event-stream"}
        async with self._client.stream(method, f"{self._address}{path}", headers=headers, **how) as response:
            async for line in response.aiter_lines():
                self._hear(line, path)
                if line.startswith("data: "):
                    event = json.loads(line.removeprefix("data: "))
                    if event.get("seq") == 1:
                        self._turns.append(event["turn_id"])

    async def _request(self, method: str, path: str, **how: Any) -> httpx2.Response:
        answer = await self._client.request(method, f"{self._address}{path}", headers=self._bearer, **how)
        self._hear(answer.text, path)
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        return answer

    def _hear(self, text: str, what: str) -> None:
        self._witness.hear(self.tag, text, what=what)

    def _question(self) -> dict[str, str]:
        if_busy = "queue" if random.random() < QUEUE_SHARE else "refuse"
        return {"client_message_id": str(uuid4()), "content": f"{self.tag} asks", "if_busy": if_busy}

    @property
    def _messages(self) -> str:
        return f"/conversations/{random.choice(self._conversations)}/messages"

    @property
    def _turn(self) -> str:
        return random.choice(self._turns) if self._turns else str(uuid4())


def tag_of(owner_id: UUID) -> str:
    """What everything of this user carries."""
    return f"tag-{owner_id.hex}"
