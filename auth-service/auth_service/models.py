"""The tables of auth-service."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from service_kit.db import UtcDateTime, table_registry
from service_kit.events.outbox import Outbox

USERNAME_MAX_CHARS = 64
EMAIL_MAX_CHARS = 254
DISPLAY_NAME_MAX_CHARS = 100
USER_AGENT_MAX_CHARS = 200


class AuthTable(SQLModel, registry=table_registry()):
    """The base of the tables of this service."""


class Tenant(AuthTable, table=True):
    """An organisation; everything a person owns belongs to one."""

    __tablename__ = "tenant"

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=100, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)


class UserAccount(AuthTable, table=True):
    """A person who can sign in."""

    __tablename__ = "user_account"

    id: UUID = Field(primary_key=True)
    tenant_id: UUID = Field(foreign_key="tenant.id", index=True)
    username: str = Field(max_length=USERNAME_MAX_CHARS, unique=True)
    email: str | None = Field(default=None, max_length=EMAIL_MAX_CHARS)
    display_name: str | None = Field(default=None, max_length=DISPLAY_NAME_MAX_CHARS)
    password_hash: str = Field(max_length=255, repr=False)
    role: str = Field(max_length=20)
    is_active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    password_changed_at: datetime = Field(sa_type=UtcDateTime)


class LoginSession(AuthTable, table=True):
    """One sign-in and the line of refresh tokens that came from it. Only the hash of the current token is kept."""

    __tablename__ = "login_session"

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    tenant_id: UUID = Field(foreign_key="tenant.id")
    generation: int
    refresh_hash: str = Field(max_length=64, repr=False)
    rotated_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_reason: str | None = Field(default=None, max_length=40)
    user_agent: str = Field(default="", max_length=USER_AGENT_MAX_CHARS)


class SigningKey(AuthTable, table=True):
    """A key that signs access tokens; its private half is encrypted under a key derived from AUTH_SECRET_KEY."""

    __tablename__ = "signing_key"
    __table_args__ = (
        Index(
            "ix_signing_key_active",
            "state",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    kid: str = Field(primary_key=True, max_length=36)
    sealed_private_key: bytes = Field(sa_type=LargeBinary, repr=False)
    created_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(max_length=20)


class Bootstrap(AuthTable, table=True):
    """At most one row: the first start has happened. Whoever inserts it makes what a first start makes."""

    __tablename__ = "bootstrap"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    done_at: datetime = Field(sa_type=UtcDateTime)


outbox = Outbox(AuthTable.metadata, source="auth-service")
