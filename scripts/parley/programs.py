"""The programs that make up a running Parley, and how each shows that it is ready."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from parley import redis_server
from parley.environment import clean_environment, python_of
from parley.settings import Settings

PACKAGE_FOLDERS = ("service-kit", "auth-service", "chat-service", "analytics-service", "frontend/gateway")
SERVICES = {"auth-service": "AUTH", "chat-service": "CHAT", "analytics-service": "ANALYTICS"}
GATEWAY = "gateway"
REDIS = "redis"
ANSWER_SECONDS = 2.0
# Services finish what they have begun for thirty seconds; a gateway only has connections to let go of.
GRACE_SECONDS = {REDIS: 5.0, GATEWAY: 10.0}
GRACE_OF_A_SERVICE_SECONDS = 35.0


@dataclass(frozen=True)
class Program:
    """One process of a running Parley."""

    name: str
    command: list[str]
    is_ready: Callable[[], bool]
    env: dict[str, str] = field(default_factory=dict)
    stdin: str = ""

    @property
    def grace_seconds(self) -> float:
        return GRACE_SECONDS.get(self.name, GRACE_OF_A_SERVICE_SECONDS)


def redis(server: redis_server.PrivateServer) -> Program:
    return Program(
        name=REDIS,
        command=server.command,
        is_ready=lambda: redis_server.answers(server.url),
        env=dict(os.environ),
        stdin=server.configuration,
    )


def services(settings: Settings, *, redis_url: str) -> list[Program]:
    """The services and the gateway. They are started together: none needs another one to come up."""
    python = str(python_of(settings))
    env = clean_environment(
        {
            **settings.for_the_services(),
            "REDIS_URL": redis_url,
            "PYTHONPATH": os.pathsep.join(str(settings.root / folder) for folder in PACKAGE_FOLDERS),
        }
    )
    found = [
        Program(
            name=name,
            command=[python, "-m", name.replace("-", "_"), "serve"],
            is_ready=_ready_at(f"{settings.service_url(service)}/ready"),
            env=env,
        )
        for name, service in SERVICES.items()
    ]
    gateway = Program(
        name=GATEWAY,
        command=[python, "-m", "parley_gateway"],
        is_ready=_ready_at(f"{settings.gateway_url}/ready"),
        env={**env, "BIND_HOST": settings.bind_host},
    )
    return [*found, gateway]


def is_ready(url: str) -> bool:
    """One direct question. Proxies of the environment are for other machines than this one."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _ready_at(url: str) -> Callable[[], bool]:
    return lambda: is_ready(url)
