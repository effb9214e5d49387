"""The request id: one id from the first door to the last log line, taken from a trusted shape or made here."""

import re
from contextvars import ContextVar

from service_kit.clock import new_id

HEADER = b"x-request-id"
ACCEPTED_SHAPE = re.compile(rb"[A-Za-z0-9._-]{8,64}")

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="-")


def request_id_from(headers: list[tuple[bytes, bytes]]) -> str:
    """Return the caller's request id when its shape cannot harm a log line, else a fresh one."""
    for name, value in headers:
        if name == HEADER and ACCEPTED_SHAPE.fullmatch(value):
            return value.decode("ascii")
    return str(new_id())
