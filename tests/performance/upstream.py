"""The provider of the measurements: speaks the OpenAI protocol, a fixed number of chunks a second and stream.

`python -m tests.performance.upstream PORT CHUNKS CHUNKS_PER_SECOND`
"""

import asyncio
import sys

from aiohttp import web

from service_kit.json_body import encode_json


def chunk(number: int) -> bytes:
    """Return one chunk of a streamed completion, as large as real ones are."""
    body = {
        "id": "chatcmpl-0123456789abcdef0123456789",
        "object": "chat.completion.chunk",
        "created": 1_795_000_000,
        "model": "measured",
        "system_fingerprint": "fp_0123456789",
        "choices": [{"index": 0, "delta": {"content": f"w{number} "}, "logprobs": None, "finish_reason": None}],
    }
    return b"data: " + encode_json(body) + b"\n\n"


LAST = (
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    b'data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":10}}\n\ndata: [DONE]\n\n'
)


def text_of(chunks: int) -> str:
    """Return the text that a stream of so many chunks says."""
    return "".join(f"w{number} " for number in range(chunks))


def build(chunks: int, per_second: float) -> web.Application:
    """Build the server."""
    encoded = [chunk(number) for number in range(chunks)]

    async def complete(request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        clock = asyncio.get_running_loop().time
        begun = clock()
        for number, piece in enumerate(encoded):
            await response.write(piece)
            await asyncio.sleep(max(0.0, begun + (number + 1) / per_second - clock()))
        await response.write(LAST)
        await response.write_eof()
        return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    return app


if __name__ == "__main__":
    port, chunks, per_second = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    web.run_app(build(chunks, per_second), host="127.0.0.1", port=port, access_log=None, print=None)
