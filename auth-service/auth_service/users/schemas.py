"""What goes in and out of the account routes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from auth_service.models import DISPLAY_NAME_MAX_CHARS, EMAIL_MAX_CHARS, UserAccount
from auth_service.passwords import normal_form
from auth_service.users.rules import PASSWORD_MAX_CHARS, is_email, is_username, normal_username
from service_kit.contracts.tokens import Role
from service_kit.json_body import SafeText

# Room for texts that get shorter when they are normalised.
RAW_USERNAME_MAX_CHARS = 256
RAW_PASSWORD_MAX_CHARS = 1_024


def _username(text: str) -> str:
    username = normal_username(text)
    if not is_username(username):
        raise ValueError("must be 3 to 64 characters: letters a-z, digits, and . _ @ + -")
    return username


def _password(text: str) -> str:
    password = normal_form(text)
    if len(password) > PASSWORD_MAX_CHARS:
        raise ValueError(f"must be at most {PASSWORD_MAX_CHARS} characters long")
    return password


def _email(text: str) -> str | None:
    email = text.strip()
    if email and not is_email(email):
        raise ValueError("must look like name@example.org")
    return email or None


def _display_name(text: str) -> str | None:
    name = text.strip()
    if not name.isprintable():
        raise ValueError("must not contain control characters")
    return name or None


Username = Annotated[SafeText, Field(max_length=RAW_USERNAME_MAX_CHARS), AfterValidator(_username)]
Password = Annotated[
    SafeText, Field(min_length=1, max_length=RAW_PASSWORD_MAX_CHARS, repr=False), AfterValidator(_password)
]
Email = Annotated[SafeText, Field(max_length=EMAIL_MAX_CHARS), AfterValidator(_email)]
DisplayName = Annotated[SafeText, Field(max_length=DISPLAY_NAME_MAX_CHARS), AfterValidator(_display_name)]


class Registration(BaseModel):
    """What somebody gives to get an account; anything else, a role for example, is refused."""

    model_config = ConfigDict(extra="forbid")

    username: Username
    password: Password
    email: Email | None = None
    display_name: DisplayName | None = None


class ProfileChange(BaseModel):
    """What somebody may change about their account; what is left out stays, null clears."""

    model_config = ConfigDict(extra="forbid")

    display_name: DisplayName | None = None
    email: Email | None = None


class PasswordChange(BaseModel):
    """The present password and the one that shall replace it."""

    model_config = ConfigDict(extra="forbid")

    current_password: Password
    new_password: Password


class User(BaseModel):
    """An account as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tenant_id: UUID
    username: str
    email: str | None
    display_name: str | None
    role: Role
    created_at: datetime

    @classmethod
    def of(cls, account: UserAccount) -> "User":
        """Show an account."""
        return cls.model_validate(account)
