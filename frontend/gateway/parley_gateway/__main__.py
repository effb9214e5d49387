"""`python -m parley_gateway`: runs the gateway until it is told to stop."""

from __future__ import annotations

import signal
import sys

from aiohttp import web

from parley_gateway.app import SERVER_OPTIONS, make_app
from parley_gateway.settings import SettingsRefused, read_settings


def main() -> int:
    try:
        settings = read_settings()
    except SettingsRefused as refusal:
        sys.stderr.write(f"The gateway cannot start: {refusal}\n")
        return 2
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, signal.default_int_handler)
    web.run_app(make_app(settings), host=settings.bind_host, port=settings.port, print=None, **SERVER_OPTIONS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
