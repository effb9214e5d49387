"""The tables of analytics-service: facts that are only ever added, and the roll-ups that reports read.

A fact's columns are named like the fields of its event. Every roll-up begins with the tenant and a quarter of an hour.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, Table, Text, text
from sqlmodel import Field, SQLModel

from service_kit.db import UtcDateTime, table_registry

# Requests of callers who are not signed in belong to no tenant.
NO_TENANT = UUID(int=0)


class AnalyticsTable(SQLModel, registry=table_registry()):
    """The base of the tables of this service."""


def table_of(model: type[AnalyticsTable]) -> Table:
    """Return the table behind a model, for statements over many rows."""
    return AnalyticsTable.metadata.tables[str(model.__tablename__)]


class SourceCursor(AnalyticsTable, table=True):
    """How far the events of one source are applied."""

    __tablename__ = "source_cursor"

    source: str = Field(primary_key=True, max_length=100)
    epoch: str = Field(max_length=36)
    seq: int = Field(sa_type=BigInteger)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Fact(AnalyticsTable):
    """What every fact has. The event's id makes telling it twice harmless."""

    event_id: UUID = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    occurred_at: datetime = Field(sa_type=UtcDateTime)


class KnownUser(Fact, table=True):
    """An account that was created. It stays known when the account is deleted."""

    __tablename__ = "known_user"
    __table_args__ = (Index("ix_known_user_tenant", "tenant_id", "occurred_at"),)

    tenant_id: UUID
    user_id: UUID
    role: str = Field(max_length=20)


class ConversationFact(Fact, table=True):
    """A conversation that was started."""

    __tablename__ = "conversation_fact"
    __table_args__ = (Index("ix_conversation_fact_tenant", "tenant_id", "occurred_at"),)

    tenant_id: UUID
    user_id: UUID
    conversation_id: UUID


class TurnColumns(Fact):
    """What the beginning and the end of a turn have in common."""

    tenant_id: UUID
    user_id: UUID
    conversation_id: UUID
    turn_id: UUID
    purpose: str = Field(max_length=30)
    provider: str = Field(max_length=100)
    model: str = Field(max_length=200)
    transport: str = Field(max_length=30)


class QuestionFact(TurnColumns, table=True):
    """A question that was accepted."""

    __tablename__ = "question_fact"
    __table_args__ = (Index("ix_question_fact_tenant", "tenant_id", "occurred_at"),)


class TurnFact(TurnColumns, table=True):
    """A turn that ended, with what it used: the ledger."""

    __tablename__ = "turn_fact"
    __table_args__ = (Index("ix_turn_fact_tenant", "tenant_id", "occurred_at"),)

    outcome: str = Field(max_length=20)
    error_code: str | None = Field(None, max_length=100)
    input_tokens: int = Field(sa_type=BigInteger)
    output_tokens: int = Field(sa_type=BigInteger)
    cached_tokens: int = Field(sa_type=BigInteger)
    reasoning_tokens: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    usage_source: str = Field(max_length=20)
    cost_micro_usd: int = Field(sa_type=BigInteger)
    price_version: str = Field(max_length=100)
    time_to_first_token_ms: int | None = Field(None, sa_type=BigInteger)
    duration_ms: int = Field(sa_type=BigInteger)


class RequestBatch(Fact, table=True):
    """A batch of request telemetry that was counted; its numbers are in RequestBucket only."""

    __tablename__ = "request_batch"

    service: str = Field(max_length=100)


class TenantTotal(AnalyticsTable, table=True):
    """What is told of all time."""

    __tablename__ = "tenant_total"

    tenant_id: UUID = Field(primary_key=True)
    users: int = Field(sa_type=BigInteger)
    conversations: int = Field(sa_type=BigInteger)


class Bucket(AnalyticsTable):
    """What every roll-up begins with."""

    tenant_id: UUID = Field(primary_key=True)
    start: datetime = Field(primary_key=True, sa_type=UtcDateTime)


class UsageBucket(Bucket, table=True):
    """Who used what. `turns` is the sum of the four outcomes."""

    __tablename__ = "usage_bucket"

    user_id: UUID = Field(primary_key=True)
    provider: str = Field(primary_key=True, max_length=100)
    model: str = Field(primary_key=True, max_length=200)
    purpose: str = Field(primary_key=True, max_length=30)
    transport: str = Field(primary_key=True, max_length=30)
    questions: int = Field(sa_type=BigInteger)
    replies: int = Field(sa_type=BigInteger)
    turns: int = Field(sa_type=BigInteger)
    finished: int = Field(sa_type=BigInteger)
    stopped: int = Field(sa_type=BigInteger)
    failed: int = Field(sa_type=BigInteger)
    interrupted: int = Field(sa_type=BigInteger)
    input_tokens: int = Field(sa_type=BigInteger)
    output_tokens: int = Field(sa_type=BigInteger)
    cached_tokens: int = Field(sa_type=BigInteger)
    estimated_tokens: int = Field(sa_type=BigInteger)
    cost_micro_usd: int = Field(sa_type=BigInteger)
    duration_ms: int = Field(sa_type=BigInteger)


class LatencyBucket(Bucket, table=True):
    """How fast the answers came, as mergeable sketches."""

    __tablename__ = "latency_bucket"

    provider: str = Field(primary_key=True, max_length=100)
    model: str = Field(primary_key=True, max_length=200)
    purpose: str = Field(primary_key=True, max_length=30)
    turns: int = Field(sa_type=BigInteger)
    durations: bytes = Field(sa_type=LargeBinary)
    first_tokens: bytes = Field(sa_type=LargeBinary)


class RequestBucket(Bucket, table=True):
    """What the services were asked and how fast they answered. The tenant is NO_TENANT before sign-in."""

    __tablename__ = "request_bucket"

    service: str = Field(primary_key=True, max_length=100)
    method: str = Field(primary_key=True, max_length=20)
    route: str = Field(primary_key=True, max_length=300)
    status: int = Field(primary_key=True)
    requests: int = Field(sa_type=BigInteger)
    durations: bytes = Field(sa_type=LargeBinary)


class Quarantine(AnalyticsTable, table=True):
    """An event that could not be read, kept whole so that a later version may."""

    __tablename__ = "quarantine"

    source: str = Field(primary_key=True, max_length=100)
    epoch: str = Field(primary_key=True, max_length=36)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    event_id: UUID
    type: str = Field(max_length=100)
    reason: str = Field(max_length=500)
    payload: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)
