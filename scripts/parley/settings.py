"""What the launcher itself needs to know: where everything lies, the ports, and what the services are to be told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from parley import env_file
from parley.say import Refusal

REPOSITORY = Path(__file__).resolve().parents[2]
LARGEST_PORT = 65535
DEFAULT_PORTS = {"FRONTEND_PORT": 3000, "CHAT_PORT": 8000, "AUTH_PORT": 8001, "ANALYTICS_PORT": 8002}
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Settings:
    """The environment and the env file, the environment winning, for the copy of Parley at `root`."""

    root: Path
    values: Mapping[str, str]

    @property
    def env_file(self) -> Path:
        return _env_file(self.root, self.values)

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def cache(self) -> Path:
        return self.root / ".cache"

    @property
    def data(self) -> Path:
        return self.root / (self.values.get("DATA_DIR") or "data")

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def ports(self) -> dict[str, int]:
        return {name: _port(self.values, name, default) for name, default in DEFAULT_PORTS.items()}

    @property
    def bind_host(self) -> str:
        """Where the page listens. The services never leave the machine: the gateway is their only door."""
        return self.values.get("BIND_HOST") or LOOPBACK

    @property
    def gateway_url(self) -> str:
        """Where this machine reaches the gateway."""
        host = LOOPBACK if _is_every_address(self.bind_host) else self.bind_host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.ports['FRONTEND_PORT']}"

    @property
    def public_origin(self) -> str:
        return self.values.get("PUBLIC_ORIGIN") or f"http://localhost:{self.ports['FRONTEND_PORT']}"

    @property
    def extra_origins(self) -> str:
        """Opening 127.0.0.1 instead of localhost is the same machine and the same person."""
        given = self.values.get("EXTRA_ORIGINS", "")
        origin = urlsplit(self.public_origin)
        if given or origin.hostname != "localhost":
            return given
        return f"{origin.scheme}://{LOOPBACK}:{origin.port or 80}"

    def service_url(self, service: str) -> str:
        return self.values.get(f"{service}_URL") or f"http://{LOOPBACK}:{self.ports[f'{service}_PORT']}"

    def for_the_services(self) -> dict[str, str]:
        """What follows from the settings, so that changing one port or folder is changing one line."""
        return {
            "PARLEY_ENV_FILE": str(self.env_file),
            "DATA_DIR": str(self.data),
            "PUBLIC_ORIGIN": self.public_origin,
            "EXTRA_ORIGINS": self.extra_origins,
            "BIND_HOST": LOOPBACK,
            **{f"{service}_URL": self.service_url(service) for service in ("AUTH", "CHAT", "ANALYTICS")},
            **{name: str(port) for name, port in self.ports.items()},
        }


def read(root: Path = REPOSITORY, environment: Mapping[str, str] = os.environ) -> Settings:
    real = {name: value for name, value in environment.items() if value}
    return Settings(root=root, values={**env_file.read(_env_file(root, real)), **real})


def _env_file(root: Path, values: Mapping[str, str]) -> Path:
    return root / (values.get("PARLEY_ENV_FILE") or ".env")


def _is_every_address(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _port(values: Mapping[str, str], name: str, default: int) -> int:
    value = values.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) <= LARGEST_PORT:
        raise Refusal(f"{name} must be a port between 1 and {LARGEST_PORT}, and it is {value!r}.")
    return int(value)
