"""The tables of chat-service. Every row carries its tenant and its owner."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Table, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from service_kit.db import UtcDateTime, table_registry
from service_kit.events.outbox import Outbox


def _emptied(value: str) -> dict[str, Any]:
    # An older version that runs beside this one does not name the newer columns.
    return {"server_default": text(value if value.isdigit() else f"'{value}'")}


class ChatTable(SQLModel, registry=table_registry()):
    """The base of the tables of this service."""


class Conversation(ChatTable, table=True):
    """A thread of messages owned by one user.

    `context_messages` and `context_tokens` bound what is sent to a model; empty means the service's own bounds.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("owner_id", "client_conversation_id"),
        Index("ix_conversation_by_activity", "tenant_id", "owner_id", "active_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    tenant_id: UUID
    owner_id: UUID
    client_conversation_id: UUID | None = None
    title: str | None = Field(default=None, max_length=200)
    model: str | None = Field(default=None, max_length=200)
    system_prompt: str | None = Field(default=None, sa_type=Text)
    context_messages: int | None = None
    context_tokens: int | None = None
    summarises: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    parameters: str = Field(default="{}", sa_type=Text, sa_column_kwargs=_emptied("{}"))
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    active_at: datetime = Field(sa_type=UtcDateTime)
    last_message_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    message_count: int = 0


class Message(ChatTable, table=True):
    """One entry of a conversation. `position` orders a conversation, `depth` counts the messages above it.

    `steps`, `fallbacks` and `images` are JSON lists, as the schemas describe them. `model` is the one that answered;
    `asked_model` stands beside it when that was another one.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("owner_id", "client_message_id"),
        UniqueConstraint("conversation_id", "position"),
    )

    id: UUID = Field(primary_key=True)
    tenant_id: UUID
    owner_id: UUID
    conversation_id: UUID = Field(foreign_key="conversation.id")
    parent_id: UUID | None = Field(default=None, foreign_key="message.id")
    position: int
    depth: int
    role: str = Field(max_length=20)
    content: str = Field(default="", sa_type=Text)
    outcome: str | None = Field(default=None, max_length=20)
    error_code: str | None = Field(default=None, max_length=60)
    reasoning: str = Field(default="", sa_type=Text, sa_column_kwargs=_emptied(""))
    steps: str = Field(default="[]", sa_type=Text, sa_column_kwargs=_emptied("[]"))
    fallbacks: str = Field(default="[]", sa_type=Text, sa_column_kwargs=_emptied("[]"))
    images: str = Field(default="[]", sa_type=Text, sa_column_kwargs=_emptied("[]"))
    finish_reason: str | None = Field(default=None, max_length=40)
    model: str | None = Field(default=None, max_length=200)
    asked_model: str | None = Field(default=None, max_length=200)
    provider: str | None = Field(default=None, max_length=60)
    continues_id: UUID | None = None
    turn_id: UUID | None = None
    client_message_id: UUID | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    usage_source: str | None = Field(default=None, max_length=20)
    time_to_first_token_ms: int | None = None
    duration_ms: int | None = None
    left_out: int = 0


class Image(ChatTable, table=True):
    """A picture that was handed in for a question; without `message_id` it waits to be asked with."""

    __tablename__ = "image"
    __table_args__ = (Index("ix_image_by_message", "message_id"),)

    id: UUID = Field(primary_key=True)
    tenant_id: UUID
    owner_id: UUID
    conversation_id: UUID = Field(foreign_key="conversation.id")
    message_id: UUID | None = Field(default=None, foreign_key="message.id")
    media_type: str = Field(max_length=40)
    size_bytes: int
    data: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Summary(ChatTable, table=True):
    """What the messages of a branch up to and including `last_message_id` said, told by a model."""

    __tablename__ = "summary"
    __table_args__ = (UniqueConstraint("last_message_id"),)

    id: UUID = Field(primary_key=True)
    tenant_id: UUID
    owner_id: UUID
    conversation_id: UUID = Field(foreign_key="conversation.id")
    last_message_id: UUID = Field(foreign_key="message.id")
    content: str = Field(sa_type=Text)
    model: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Turn(ChatTable, table=True):
    """One question and its completion.

    While `outcome` is empty it waits its turn (`is_queued`), or `lease_owner` works on it until `lease_until`.
    `position` is that of its reply. The first `counted_chars` of the reply were said by calls that are counted already.
    """

    __tablename__ = "turn"
    __table_args__ = (
        Index(
            "ix_turn_running",
            "conversation_id",
            unique=True,
            sqlite_where=text("outcome IS NULL AND is_queued = 0"),
            postgresql_where=text("outcome IS NULL AND NOT is_queued"),
        ),
        Index(
            "ix_turn_lease",
            "lease_until",
            sqlite_where=text("outcome IS NULL AND is_queued = 0"),
            postgresql_where=text("outcome IS NULL AND NOT is_queued"),
        ),
        Index(
            "ix_turn_queue",
            "conversation_id",
            "position",
            sqlite_where=text("is_queued = 1"),
            postgresql_where=text("is_queued"),
        ),
        Index("ix_turn_asked", "owner_id", "client_message_id", unique=True),
    )

    id: UUID = Field(primary_key=True)
    tenant_id: UUID
    owner_id: UUID
    conversation_id: UUID = Field(foreign_key="conversation.id")
    question_id: UUID = Field(foreign_key="message.id")
    reply_id: UUID = Field(foreign_key="message.id")
    client_message_id: UUID
    purpose: str = Field(max_length=20)
    transport: str = Field(max_length=20)
    provider: str = Field(max_length=60)
    model: str = Field(max_length=200)
    outcome: str | None = Field(default=None, max_length=20)
    epoch: str = Field(max_length=36)
    last_seq: int = 0
    context_tokens: int = 0
    counted_chars: int = Field(default=0, sa_column_kwargs=_emptied("0"))
    position: int = Field(default=0, sa_column_kwargs=_emptied("0"))
    is_queued: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    parameters: str = Field(default="{}", sa_type=Text, sa_column_kwargs=_emptied("{}"))
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stop_requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_owner: UUID
    lease_until: datetime = Field(sa_type=UtcDateTime)


def table_of(kind: type[ChatTable]) -> Table:
    """Return the table behind a model, for plain statements on the hot path."""
    table: Table = kind.__table__  # type: ignore[attr-defined]  # SQLModel gives tables no type.
    return table


outbox = Outbox(ChatTable.metadata, source="chat-service")
