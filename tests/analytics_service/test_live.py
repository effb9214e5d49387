"""The live stream over a real socket: it tells what was counted, shares work, and lets everybody go."""

import asyncio
import os
import random
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import Message
from tests.analytics_service import story
from tests.analytics_service.office import NOBODY, Office
from tests.analytics_service.viewer import Viewer, watching
from tests.service_kit.patience import until

from analytics_service.models import UsageBucket, table_of
from analytics_service.reports.live import LiveFeed, View
from analytics_service.reports.rules import zone_named
from analytics_service.reports.stream import LiveStream
from service_kit.auth import Scope
from service_kit.clock import new_id, utc_now
from service_kit.contracts.tokens import Role
from service_kit.testing import INTERNAL_TOKEN, Issuer, served
from service_kit.tokens import LEEWAY_SECONDS

PATIENCE_SECONDS = 15


@pytest.fixture
async def address(office: Office) -> AsyncIterator[str]:
    """Where the running service listens."""
    async with served(office.without_life()) as url:
        yield url


async def test_a_viewer_sees_what_is_counted(office: Office, address: str) -> None:
    question = story.started(office.tenant_id, new_id())
    async with asyncio.timeout(PATIENCE_SECONDS), watching(address, office.bearer(), tz="Asia/Kathmandu") as viewer:
        kind, first = await _next(viewer)
        assert (kind, first["turns"], first["tz"], first["is_live"]) == ("summary", 0, "Asia/Kathmandu", False)

        at = utc_now()
        await office.tell(question, story.finished(question, outcome="stopped"), at=at)
        frames = await viewer.until("summary", turns=1)

        (turn,) = [data for kind, data in frames if kind == "turn"]
        assert (turn["turn_id"], turn["outcome"], turn["output_tokens"]) == (str(question.turn_id), "stopped", 20)
        assert frames[-1][1]["stopped_turns"] == 1
        report = await office.read("summary", tz="Asia/Kathmandu")
        assert {**report, "as_of": None} == {**frames[-1][1], "as_of": None}


async def test_viewers_of_the_same_share_a_screen_and_strangers_see_nothing(office: Office, address: str) -> None:
    feed: LiveFeed = office.app.state.live_feed
    elsewhere = new_id()
    stranger = office.bearer(Role.ADMIN, tenant_id=elsewhere)
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        watching(address, office.bearer()) as one,
        watching(address, office.bearer(Role.ADMIN)) as two,
        watching(address, stranger) as other,
    ):
        for viewer in (one, two, other):
            assert (await _next(viewer))[0] == "summary"
        assert feed.screens == 2

        question = story.started(office.tenant_id, new_id())
        await office.tell(question, story.finished(question), at=utc_now())
        for viewer in (one, two):
            frames = await viewer.until("summary", turns=1)
            assert [kind for kind, _ in frames].count("turn") == 1

        # What the stranger hears next is about the stranger's own tenant.
        await office.tell(story.registered(elsewhere))
        kind, data = await _next(other)
        assert (kind, data["total_users"], data["turns"]) == ("summary", 1, 0)


async def test_a_viewer_who_leaves_frees_everything(office: Office, address: str) -> None:
    feed: LiveFeed = office.app.state.live_feed
    before = len(asyncio.all_tasks())
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with watching(address, office.bearer()) as viewer:
            assert (await _next(viewer))[0] == "summary"
            assert feed.screens == 1
        await until(lambda: not feed.screens and len(asyncio.all_tasks()) <= before)


async def test_the_stream_ends_with_the_token(office: Office, address: str) -> None:
    claims = office.issuer.claims(tenant_id=office.tenant_id, role=Role.MANAGER)
    bearer = {"Authorization": f"Bearer {office.issuer.sign(claims | {'exp': int(time.time()) - LEEWAY_SECONDS + 2})}"}
    async with asyncio.timeout(PATIENCE_SECONDS), watching(address, bearer) as viewer:
        assert (await _next(viewer))[0] == "summary"
        assert await viewer.next() is None


async def test_the_stream_ends_with_the_service(office: Office, address: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS), watching(address, office.bearer()) as viewer:
        assert (await _next(viewer))[0] == "summary"
        office.app.state.stopping.set()
        assert await viewer.next() is None


async def test_a_viewer_who_does_not_read_disturbs_nobody(office: Office, address: str) -> None:
    """One viewer stops reading; letters are applied and another viewer sees them; the service can still stop."""
    dice, users = random.Random(5), [new_id() for _ in range(5)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        stalled = _stalled_viewer(address, office.bearer())
        async with watching(address, office.bearer()) as viewer:
            for _ in range(30):
                turns = story.random_turns(dice, tenants=[office.tenant_id], users=users, count=60)
                await office.tell(*turns, at=utc_now())
            await viewer.until("summary", turns=1_800)
            office.app.state.stopping.set()
            while await viewer.next() is not None:
                pass
        feed: LiveFeed = office.app.state.live_feed
        await until(lambda: not feed.screens)
        stalled.close()


async def test_summaries_come_at_most_four_times_a_second(office: Office, address: str) -> None:
    clock = asyncio.get_running_loop().time
    async with asyncio.timeout(PATIENCE_SECONDS), watching(address, office.bearer()) as viewer:
        began = clock()
        await _next(viewer)
        for _ in range(60):
            await office.tell(story.registered(office.tenant_id))
        frames = await viewer.until("summary", total_users=60)
        assert len(frames) <= 4 * (clock() - began) + 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_failure_before_the_stream_is_a_problem(office: Office, address: str) -> None:
    async with office.app.state.database.engine.begin() as connection:
        await connection.run_sync(table_of(UsageBucket).drop)
    async with httpx2.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{address}/analytics/live", headers=office.bearer())
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_silence_is_kept_alive(office: Office) -> None:
    feed: LiveFeed = office.app.state.live_feed
    view = View(Scope(office.tenant_id, new_id()), zone_named("UTC"), None)
    stream = LiveStream(
        feed,
        view,
        await feed.summary(view),
        lifetime_seconds=60,
        stopping=office.app.state.stopping,
        keep_alive_seconds=0.01,
    )
    bodies: asyncio.Queue[bytes] = asyncio.Queue()

    async def send(message: Message) -> None:
        await bodies.put(message.get("body", b""))

    async def receive() -> Message:
        return await asyncio.Future()

    task = asyncio.create_task(stream({"type": "http"}, receive, send))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await bodies.get() != b": keep-alive\n\n":
            pass
        office.app.state.stopping.set()
        await task


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_process_ends_at_once_with_streams_open(database_url: str, tmp_path: Path) -> None:
    """The real command: it migrates, serves, trusts the issuer's keys, and SIGTERM ends it before its grace is over."""
    issuer, port = Issuer(), _free_port()
    auth = FastAPI()

    @auth.get("/.well-known/jwks.json")
    async def keys() -> dict[str, object]:
        return {"keys": [issuer.public_jwk]}

    async with served(auth) as auth_url:
        environment = os.environ | {
            "INTERNAL_API_TOKEN": INTERNAL_TOKEN,
            "DATA_DIR": str(tmp_path),
            "ANALYTICS_PORT": str(port),
            "AUTH_URL": auth_url,
            "CHAT_URL": NOBODY,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "analytics_service", "serve", env=environment, stdout=asyncio.subprocess.DEVNULL
        )
        try:
            url = f"http://127.0.0.1:{port}"
            await _until_ready(url)
            bearer = issuer.bearer(role=Role.ADMIN)
            async with asyncio.timeout(PATIENCE_SECONDS), watching(url, bearer) as viewer:
                assert (await _next(viewer))[0] == "summary"
                process.send_signal(signal.SIGTERM)
                assert await viewer.next() is None
                assert await process.wait() in (0, -signal.SIGTERM)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _next(viewer: Viewer) -> tuple[str, dict[str, object]]:
    frame = await viewer.next()
    assert frame is not None
    return frame


def _stalled_viewer(address: str, headers: dict[str, str]) -> socket.socket:
    """Ask for the stream and never read it; a small window makes the service notice soon."""
    host, _, port = address.partition("//")[2].partition(":")
    stalled = socket.socket()
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
    stalled.connect((host, int(port)))
    head = f"GET /analytics/live HTTP/1.1\r\nHost: analytics\r\nAuthorization: {headers['Authorization']}\r\n\r\n"
    stalled.sendall(head.encode())
    return stalled


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _until_ready(url: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS * 3), httpx2.AsyncClient(trust_env=False) as http:
        while True:
            try:
                if (await http.get(f"{url}/ready")).status_code == 200:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
