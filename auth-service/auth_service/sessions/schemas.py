"""What goes in and out of the sign-in routes."""

from typing import Annotated, Literal

from fastapi import Form
from pydantic import BaseModel, Field

from auth_service.users.schemas import RAW_PASSWORD_MAX_CHARS, RAW_USERNAME_MAX_CHARS
from service_kit.json_body import SafeText


class Credentials(BaseModel):
    """The form of an OAuth2 password login; further fields such as `grant_type` are of no consequence here."""

    username: SafeText = Field(min_length=1, max_length=RAW_USERNAME_MAX_CHARS)
    password: SafeText = Field(min_length=1, max_length=RAW_PASSWORD_MAX_CHARS, repr=False)


CredentialsForm = Annotated[Credentials, Form()]


class AccessToken(BaseModel):
    """An access token and the seconds it is good for."""

    access_token: str = Field(repr=False)
    token_type: Literal["bearer"] = "bearer"
    expires_in: int
