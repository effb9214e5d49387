"""The measure of the measurements: a relay that only passes bytes through, with the quickest well-kept Python library.

`python -m tests.performance.bare_relay PORT UPSTREAM_URL`
"""

import sys

import aiohttp
from aiohttp import web


def build(upstream: str) -> web.Application:
    """Build the relay."""
    app = web.Application()

    async def relay(request: web.Request) -> web.StreamResponse:
        client: aiohttp.ClientSession = app["client"]
        async with client.post(f"{upstream}/v1/chat/completions", data=await request.read()) as answer:
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            async for portion in answer.content.iter_any():
                await response.write(portion)
            await response.write_eof()
            return response

    async def open_client(app: web.Application) -> None:
        app["client"] = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def close_client(app: web.Application) -> None:
        await app["client"].close()

    app.router.add_post("/relay", relay)
    app.on_startup.append(open_client)
    app.on_cleanup.append(close_client)
    return app


if __name__ == "__main__":
    web.run_app(build(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
