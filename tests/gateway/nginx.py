"""nginx with the configuration of the containers, as a door in front of the test's services."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.gateway.upstream import WAIT_SECONDS

from parley_gateway.settings import Settings

TEMPLATE = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "parley.conf"
# What the image around the template brings: everything temporary in one folder, and the types of files.
SURROUNDINGS = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 1;
user root;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{
        text/html html;
        text/css css;
        text/javascript js;
        image/png png;
        image/svg+xml svg;
    }}
    {server}
}}
"""


@asynccontextmanager
async def nginx_in_front_of(settings: Settings, *, folder: Path) -> AsyncIterator[str]:
    port = free_port()
    configuration = _configured(settings, folder, port)
    errors = folder / "error.log"
    process = await asyncio.create_subprocess_exec(
        "nginx", "-c", str(configuration), "-e", str(errors), "-p", str(folder)
    )
    try:
        await _listening(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _configured(settings: Settings, folder: Path, port: int) -> Path:
    values = {
        "LISTEN": f"127.0.0.1:{port}",
        "PAGE_DIR": str(settings.page),
        "PUBLIC_ORIGIN": settings.public_origin,
        "NGINX_LOCAL_RESOLVERS": "127.0.0.1",
        **{f"{name.upper()}_URL": address for name, address in settings.services.items()},
    }
    server = re.sub(r"\$\{([A-Z_]+)\}", lambda name: values[name[1]], TEMPLATE.read_text())
    folder.mkdir()
    configuration = folder / "nginx.conf"
    configuration.write_text(SURROUNDINGS.format(folder=folder, server=server))
    return configuration


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _listening(process: asyncio.subprocess.Process, port: int) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            assert process.returncode is None, "nginx did not start"
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return
