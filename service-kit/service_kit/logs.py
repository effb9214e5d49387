"""Structured logs: one JSON line per fact on standard output, with the request id, never a secret or message text."""

import logging
import sys
from typing import Any

import orjson
import structlog

from service_kit.request_id import current_request_id

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure_logs(*, service: str, level: str) -> None:
    """Send every log line of this process, ours and the libraries', to standard output in one shape."""
    shared = _facts_of_every_line(service)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = structlog.processors.JSONRenderer(serializer=lambda line, **_: orjson.dumps(line, default=str).decode())
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(LEVELS[level])
    _quieten_libraries()


def _facts_of_every_line(service: str) -> list[structlog.typing.Processor]:
    def add_facts(_logger: Any, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        line["service"] = service
        request_id = current_request_id.get()
        if request_id != "-":
            line["request_id"] = request_id
        return line

    return [
        structlog.stdlib.add_log_level,
        add_facts,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]


def _quieten_libraries() -> None:
    for chatty in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(chatty).handlers = []
        logging.getLogger(chatty).propagate = True
    # uvicorn's access lines carry query strings, and the libraries' informational lines carry URLs.
    for noisy in ("uvicorn.access", "httpx2", "httpcore2", "openai", "aiosqlite", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
