"""Where the gateway listens, whom it speaks for and where the page lies, read once from the environment and `.env`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[3]
LARGEST_PORT = 65535


class SettingsRefused(Exception):
    """A setting that the gateway cannot work with; the text says what to change."""


@dataclass(frozen=True)
class Settings:
    """Everything an operator may choose about the gateway."""

    bind_host: str
    port: int
    public_origin: str
    page: Path
    services: dict[str, str]

    @property
    def is_https(self) -> bool:
        return self.public_origin.startswith("https://")


def read_settings(environment: dict[str, str] | None = None) -> Settings:
    """The real environment wins over the file named by PARLEY_ENV_FILE (`.env` at the root of the repository)."""
    real = dict(os.environ) if environment is None else environment
    values = read_env_file(Path(real.get("PARLEY_ENV_FILE") or REPOSITORY / ".env"))
    values.update({name: value for name, value in real.items() if value})
    port = _port(values, "FRONTEND_PORT", 3000)
    return Settings(
        bind_host=values.get("BIND_HOST") or "127.0.0.1",
        port=port,
        public_origin=_http_address(values, "PUBLIC_ORIGIN", f"http://localhost:{port}"),
        page=Path(values.get("PAGE_DIR") or REPOSITORY / "frontend" / "dist"),
        services={
            "auth": _service_address(values, "AUTH", 8001),
            "chat": _service_address(values, "CHAT", 8000),
            "analytics": _service_address(values, "ANALYTICS", 8002),
        },
    )


def read_env_file(file: Path) -> dict[str, str]:
    """The assignments of an env file; a file that is not there has none."""
    if not file.is_file():
        return {}
    values: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8-sig").splitlines():
        name, separator, value = line.strip().removeprefix("export ").partition("=")
        if separator and not name.startswith("#"):
            values[name.strip()] = _unquoted(value.strip())
    return {name: value for name, value in values.items() if value}


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value.split(" #", 1)[0].rstrip()


def _service_address(values: dict[str, str], service: str, port: int) -> str:
    return _http_address(values, f"{service}_URL", f"http://127.0.0.1:{_port(values, f'{service}_PORT', port)}")


def _http_address(values: dict[str, str], name: str, default: str) -> str:
    address = (values.get(name) or default).rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise SettingsRefused(f"{name} must look like http://host:port, and it is {address!r}.")
    return address


def _port(values: dict[str, str], name: str, default: int) -> int:
    value = values.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) <= LARGEST_PORT:
        raise SettingsRefused(f"{name} must be a port between 1 and {LARGEST_PORT}, and it is {value!r}.")
    return int(value)
