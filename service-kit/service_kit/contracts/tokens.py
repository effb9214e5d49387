"""The access token: who issues it, for whom, and the claims it carries (RFC 9068)."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

ALGORITHM: Final = "ES256"
TOKEN_TYPE: Final = "at+jwt"
AUDIENCE: Final = "parley"
LIFETIME_SECONDS: Final = 600


class Role(StrEnum):
    """What a person may do inside the tenant; each role includes those before it."""

    USER = "user"
    MANAGER = "manager"
    ADMIN = "admin"


class AccessClaims(BaseModel):
    """The claims of an access token. Every one is required; times are seconds since 1970."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    iss: str
    sub: UUID = Field(description="The user.")
    aud: str
    exp: int
    iat: int
    nbf: int
    jti: UUID
    sid: UUID = Field(description="The session the token belongs to.")
    tid: UUID = Field(description="The tenant.")
    roles: tuple[Role, ...] = Field(min_length=1)
    name: str = Field(description="The username, for display only.")
