"""The settings every service shares, read once from the environment and an env file, refused early when unsafe."""

import os
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_MIN_CHARS = 32
SAMPLE_SECRETS = frozenset(
    {"your-super-secret-key-here", "changeme", "change-me", "secret", "password", "admin", "admin123", "example"}
)


class ConfigurationError(Exception):
    """The service cannot start with these settings; the message says what to do."""


def refuse_sample_secret(value: SecretStr) -> SecretStr:
    """Refuse a secret that is short or known from samples, so that no default credential ever works."""
    text = value.get_secret_value()
    if text.lower() in SAMPLE_SECRETS or "change-me" in text.lower() or "changeme" in text.lower():
        raise ValueError("is a sample value; delete the line and run the start command, which makes a random one")
    if len(text) < SECRET_MIN_CHARS:
        raise ValueError(f"is shorter than {SECRET_MIN_CHARS} characters; the start command makes a random one")
    return value


StrongSecret = Annotated[SecretStr, AfterValidator(refuse_sample_secret)]


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only be reached from this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class ServiceSettings(BaseSettings):
    """What every service reads. A service's own class adds its fields; docs/configuration.md lists all of them."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    internal_api_token: StrongSecret = Field(description="Bearer the services show each other on /internal routes.")
    public_origin: str = Field(
        "http://localhost:3000", description="Where people open Parley; https except on loopback."
    )
    extra_origins: str = Field("", description="Further exact origins allowed to call the API, separated by commas.")
    data_dir: Path = Field(Path("data"), description="Folder of the SQLite files; made when missing.")
    redis_url: SecretStr | None = Field(None, description="Redis for the live path; empty works, a second less live.")
    auth_url: str = Field("http://127.0.0.1:8001", description="Where the other services reach auth-service.")
    chat_url: str = Field("http://127.0.0.1:8000", description="Where the other services reach chat-service.")
    analytics_url: str = Field("http://127.0.0.1:8002", description="Where the other services reach analytics-service.")
    bind_host: str = Field("127.0.0.1", description="Address the services listen on.")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="How much is logged.")

    @model_validator(mode="after")
    def _refuse_unsafe_origins(self) -> Self:
        for origin in self.allowed_origins:
            parts = urlsplit(origin)
            if "*" in origin or parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
                raise ValueError(
                    f"PUBLIC_ORIGIN and EXTRA_ORIGINS take exact origins like https://chat.example, not {origin!r}"
                )
            if parts.scheme == "http" and not is_loopback(parts.hostname):
                raise ValueError(f"{origin} is plain http on a network; use https, http is for localhost only")
        return self

    @cached_property
    def allowed_origins(self) -> frozenset[str]:
        """The exact origins whose pages may use cookies and WebSockets."""
        extra = (origin.strip() for origin in self.extra_origins.split(","))
        named = {origin for origin in (self.public_origin, *extra) if origin}
        # On one's own machine http://localhost:3000 and http://127.0.0.1:3000 are the same page.
        twins = {
            origin.replace("//localhost", "//127.0.0.1") for origin in named if urlsplit(origin).hostname == "localhost"
        }
        return frozenset(named | twins)

    def database_url_or_file(self, url: SecretStr | None, *, name: str) -> str:
        """Return the configured database URL, else the absolute SQLite file `name` in the data folder."""
        if url is None:
            return f"sqlite+aiosqlite:///{(self.data_dir / f'{name}.db').resolve()}"
        text = url.get_secret_value()
        scheme, separator, rest = text.partition("://")
        drivers = {"postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}
        return f"{drivers.get(scheme, scheme)}{separator}{rest}"


S = TypeVar("S", bound=ServiceSettings)


def read_settings(kind: type[S]) -> S:
    """Read settings from the environment and the env file, or raise ConfigurationError with one clear sentence each."""
    env_file = Path(os.environ.get("PARLEY_ENV_FILE", ".env"))
    try:
        return kind(_env_file=env_file)
    except ValidationError as error:
        raise ConfigurationError("; ".join(_sentence(problem) for problem in error.errors())) from None


def _sentence(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"]).upper()
    if problem["type"] == "missing":
        return f"{name} is not set; run the start command, which makes an .env with random secrets"
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{name} {message}" if name else message
