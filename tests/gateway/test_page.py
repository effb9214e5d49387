"""The page: its files, its fallback, how long they may be kept, and the headers that protect it."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession
from tests.gateway.conftest import Serve
from yarl import URL

from parley_gateway.app import make_app
from parley_gateway.settings import Settings

NAVIGATION = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Mode": "navigate"}
SCRIPT = "/assets/main-abc123.js"


async def test_the_page_is_asked_for_every_time(gateway: str, client: ClientSession) -> None:
    async with client.get(f"{gateway}/") as answer:
        assert "<title>Parley</title>" in await answer.text()
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-cache"


async def test_a_hashed_file_is_kept_forever(gateway: str, client: ClientSession) -> None:
    async with client.get(f"{gateway}{SCRIPT}") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


async def test_a_file_that_the_browser_has_is_not_sent_again(gateway: str, client: ClientSession) -> None:
    async with client.get(f"{gateway}/") as first:
        tag = first.headers["ETag"]
    async with client.get(f"{gateway}/", headers={"If-None-Match": tag}) as second:
        assert (second.status, await second.read()) == (304, b"")


async def test_a_page_built_anew_is_served_without_a_restart(gateway: str, page: Path, client: ClientSession) -> None:
    async with client.get(f"{gateway}/assets/main-def456.js") as missing:
        assert missing.status == 404
    (page / "assets" / "main-def456.js").write_text("export const b = 2;")
    index = page / "index.html"
    index.write_text("<!doctype html><title>Parley, anew</title>")
    os.utime(index, ns=(0, index.stat().st_mtime_ns + 1_000_000))
    async with client.get(f"{gateway}/assets/main-def456.js") as found:
        assert await found.text() == "export const b = 2;"


async def test_a_script_travels_compressed(gateway: str, page: Path) -> None:
    accepted = {"Accept-Encoding": "gzip"}
    async with (
        ClientSession(auto_decompress=False) as client,
        client.get(f"{gateway}{SCRIPT}", headers=accepted) as answer,
    ):
        body = await answer.read()
        assert answer.headers["Content-Encoding"] == "gzip"
    plain = (page / SCRIPT[1:]).read_bytes()
    assert gzip.decompress(body) == plain
    assert len(body) < len(plain) / 10


async def test_a_file_compressed_by_the_build_is_preferred(gateway: str, page: Path) -> None:
    (page / "assets" / "main-abc123.js.gz").write_bytes(gzip.compress(b"made by the build"))
    async with ClientSession() as client, client.get(f"{gateway}{SCRIPT}") as answer:
        assert await answer.text() == "made by the build"


@pytest.mark.parametrize("path", ["/sign-in", "/conversations/018f", "/analytics"])
async def test_an_address_of_the_page_opens_the_page(gateway: str, client: ClientSession, path: str) -> None:
    async with client.get(f"{gateway}{path}", headers=NAVIGATION) as answer:
        assert answer.status == 200
        assert "<title>Parley</title>" in await answer.text()


@pytest.mark.parametrize("path", ["/assets/gone-123.js", "/favicon.ico"])
async def test_a_missing_file_is_not_the_page(gateway: str, client: ClientSession, path: str) -> None:
    async with client.get(f"{gateway}{path}", headers={"Accept": "*/*", "Sec-Fetch-Mode": "no-cors"}) as answer:
        assert (answer.status, json.loads(await answer.read())["code"]) == (404, "not_found")


async def test_a_missing_asset_is_not_the_page_even_for_a_person(gateway: str, client: ClientSession) -> None:
    async with client.get(f"{gateway}/assets/gone-123.js", headers=NAVIGATION) as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/.fingerprint", "//etc/passwd"]
)
async def test_no_path_leads_out_of_the_build(gateway: str, client: ClientSession, path: str) -> None:
    async with client.get(URL(f"{gateway}{path}", encoded=True)) as answer:
        assert answer.status in {400, 404}
        assert "outside" not in await answer.text()


async def test_the_page_can_only_be_read(gateway: str, client: ClientSession) -> None:
    async with client.post(f"{gateway}/", data=b"x") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


async def test_head_answers_without_a_body(gateway: str, client: ClientSession) -> None:
    async with client.head(f"{gateway}/") as answer:
        assert (answer.status, await answer.read()) == (200, b"")


@pytest.mark.parametrize("path", ["/", SCRIPT, "/api/chat/x", "/api/analytics/x", "/nothing.png", "/health"])
async def test_every_answer_carries_the_security_headers(gateway: str, client: ClientSession, path: str) -> None:
    async with client.get(f"{gateway}{path}") as answer:
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
        assert "object-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Server"] in {"parley", "nginx"}
        assert "Strict-Transport-Security" not in answer.headers


async def test_https_is_insisted_on_where_it_is_offered(
    serve: Serve, client: ClientSession, settings: Settings
) -> None:
    address = await serve(make_app(replace(settings, public_origin="https://chat.example")))
    async with client.get(f"{address}/") as answer:
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_ready_means_that_there_is_a_page(
    gateway: str, serve: Serve, client: ClientSession, settings: Settings, tmp_path: Path
) -> None:
    unbuilt = await serve(make_app(replace(settings, page=tmp_path / "nothing")))
    statuses = []
    for address in (gateway, unbuilt):
        async with client.get(f"{address}/ready") as ready, client.get(f"{address}/health") as health:
            statuses.append((ready.status, health.status))
    assert statuses == [(200, 200), (503, 200)]
