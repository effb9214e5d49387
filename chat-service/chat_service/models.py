"""The tables of chat-service. Every row carries its tenant and its owner."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service_kit.db import UtcDateTime, table_registry
from service_kit.events.outbox import Outbox


class ChatTable(SQLModel, registry=table_registry()):
    """The base of the tables of this service."""


class Conversation(ChatTable, table=True):
    """A thread of messages owned by one user."""

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
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    active_at: datetime = Field(sa_type=UtcDateTime)
    last_message_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    message_count: int = 0


class Message(ChatTable, table=True):
    """One entry of a conversation. `position` orders a conversation, `depth` counts the messages above it."""

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
    model: str | None = Field(default=None, max_length=200)
    provider: str | None = Field(default=None, max_length=60)
    turn_id: UUID | None = None
    client_message_id: UUID | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    input_tokens: int | None = None
    output_tokens: int | None = None
    usage_source: str | None = Field(default=None, max_length=20)
    time_to_first_token_ms: int | None = None
    duration_ms: int | None = None
    left_out: int = 0


class Turn(ChatTable, table=True):
    """One question and its completion. While `outcome` is empty, `lease_owner` works on it until `lease_until`."""

    __tablename__ = "turn"
    __table_args__ = (
        Index(
            "ix_turn_running",
            "conversation_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index(
            "ix_turn_lease",
            "lease_until",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
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
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stop_requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_owner: UUID
    lease_until: datetime = Field(sa_type=UtcDateTime)


outbox = Outbox(ChatTable.metadata, source="chat-service")
