"""The settings of auth-service."""

from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal, Self

from limits import parse
from pydantic import Field, SecretStr, field_validator, model_validator

from service_kit.settings import ServiceSettings, StrongSecret


class AuthSettings(ServiceSettings):
    """What auth-service reads besides the shared settings."""

    auth_secret_key: StrongSecret = Field(description="Root of every key; 32 random bytes as base64url, never changed.")
    auth_database_url: SecretStr | None = Field(None, description="Database of auth-service; empty: data/auth.db.")
    auth_port: int = Field(8001, ge=0, le=65_535, description="Port of auth-service.")
    admin_username: str = Field("admin", description="Name of the first administrator; read on the first start only.")
    admin_password: SecretStr | None = Field(
        None, description="Password of the first administrator; read on the first start only, no default."
    )
    registration: Literal["open", "closed"] = Field("open", description="Whether people may register by themselves.")
    registration_limit: str = Field("100/hour", description="Registrations accepted from one client address.")
    password_min_length: int = Field(8, ge=8, le=64, description="Characters a password must have at least.")
    trusted_proxies: str = Field(
        "", description="Networks, separated by commas, whose X-Forwarded-For is believed; loopback always is."
    )

    @field_validator("registration_limit")
    @classmethod
    def _refuse_unreadable_limit(cls, value: str) -> str:
        try:
            parse(value)
        except ValueError:
            raise ValueError(f"takes a count and a period like 100/hour, not {value!r}") from None
        return value

    @model_validator(mode="after")
    def _refuse_unreadable_networks(self) -> Self:
        try:
            _ = self.trusted_networks
        except ValueError as error:
            raise ValueError(
                f"TRUSTED_PROXIES takes networks like 172.18.0.0/16 separated by commas: {error}"
            ) from None
        return self

    @cached_property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The proxies whose word about the client's address is believed."""
        named = (network.strip() for network in self.trusted_proxies.split(","))
        return tuple(ip_network(network) for network in ("127.0.0.0/8", "::1/128", *named) if network)

    @property
    def database_url(self) -> str:
        """Where accounts live."""
        return self.database_url_or_file(self.auth_database_url, name="auth")

    @property
    def has_secure_cookies(self) -> bool:
        """Whether browsers reach us over https only; plain http is accepted by these settings on loopback alone."""
        return self.public_origin.startswith("https://")
