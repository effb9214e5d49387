"""A gateway and the services behind it, all of them real servers on loopback."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from tests.gateway.nginx import nginx_in_front_of
from tests.gateway.upstream import Upstream

from parley_gateway.app import SERVER_OPTIONS, make_app
from parley_gateway.settings import Settings

Serve = Callable[[web.Application], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start an application on a free port and say its address; all are stopped at the end."""
    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> str:
        runner = web.AppRunner(app, **SERVER_OPTIONS)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in reversed(runners):
        await runner.cleanup()


@pytest.fixture
async def upstream(serve: Serve) -> Upstream:
    service = Upstream()
    service.address = await serve(service.application())
    return service


@pytest.fixture
def page(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Parley</title>")
    (folder / "assets" / "main-abc123.js").write_text("export const a = 1;\n" * 200)
    (folder / "assets" / "logo-abc123.png").write_bytes(b"\x89PNG not really")
    (folder / ".fingerprint").write_text("not for everybody")
    (tmp_path / "secret.txt").write_text("outside of the page")
    return folder


@pytest.fixture
def settings(upstream: Upstream, page: Path, unused_address: str) -> Settings:
    return Settings(
        bind_host="127.0.0.1",
        port=3000,
        public_origin="http://localhost:3000",
        page=page,
        services={"auth": upstream.address, "chat": upstream.address, "analytics": unused_address},
    )


@pytest.fixture
async def unused_address() -> str:
    """An address where nobody listens."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return f"http://127.0.0.1:{port}"


@pytest.fixture
async def own_gateway(serve: Serve, settings: Settings) -> str:
    return await serve(make_app(settings))


@pytest.fixture(params=["gateway", "nginx"] if shutil.which("nginx") else ["gateway"])
async def gateway(
    request: pytest.FixtureRequest, serve: Serve, settings: Settings, tmp_path: Path
) -> AsyncIterator[str]:
    """Either of the two doors that Parley has: they behave alike, so they pass the same tests."""
    if request.param == "gateway":
        yield await serve(make_app(settings))
        return
    async with nginx_in_front_of(settings, folder=tmp_path / "nginx") as address:
        yield address


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession(auto_decompress=True) as session:
        yield session
