"""The first tables: facts, roll-ups, cursors, quarantine."""

import sqlalchemy as sa
from alembic import op

from service_kit.db import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _create_bookkeeping()
    _create_facts()
    _create_rollups()


def _create_bookkeeping() -> None:
    op.create_table(
        "source_cursor",
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_cursor")),
    )
    op.create_table(
        "quarantine",
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", "epoch", "seq", name=op.f("pk_quarantine")),
    )


def _create_facts() -> None:
    op.create_table(
        "known_user",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_known_user")),
    )
    op.create_index("ix_known_user_tenant", "known_user", ["tenant_id", "occurred_at"])
    op.create_table(
        "conversation_fact",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_conversation_fact")),
    )
    op.create_index("ix_conversation_fact_tenant", "conversation_fact", ["tenant_id", "occurred_at"])
    op.create_table(
        "question_fact",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("transport", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_question_fact")),
    )
    op.create_index("ix_question_fact_tenant", "question_fact", ["tenant_id", "occurred_at"])
    op.create_table(
        "turn_fact",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("transport", sa.String(length=30), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("error_code", sa.String(length=100), nullable=True),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("usage_source", sa.String(length=20), nullable=False),
        sa.Column("cost_micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("price_version", sa.String(length=100), nullable=False),
        sa.Column("time_to_first_token_ms", sa.BigInteger(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_turn_fact")),
    )
    op.create_index("ix_turn_fact_tenant", "turn_fact", ["tenant_id", "occurred_at"])
    op.create_table(
        "request_batch",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("service", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_request_batch")),
    )


def _create_rollups() -> None:
    op.create_table(
        "tenant_total",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("users", sa.BigInteger(), nullable=False),
        sa.Column("conversations", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenant_total")),
    )
    op.create_table(
        "usage_bucket",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("start", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("transport", sa.String(length=30), nullable=False),
        sa.Column("questions", sa.BigInteger(), nullable=False),
        sa.Column("replies", sa.BigInteger(), nullable=False),
        sa.Column("turns", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=False),
        sa.Column("stopped", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("interrupted", sa.BigInteger(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("estimated_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "start", "user_id", "provider", "model", "purpose", "transport", name=op.f("pk_usage_bucket")
        ),
    )
    op.create_table(
        "latency_bucket",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("start", UtcDateTime(), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("turns", sa.BigInteger(), nullable=False),
        sa.Column("durations", sa.LargeBinary(), nullable=False),
        sa.Column("first_tokens", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "start", "provider", "model", "purpose", name=op.f("pk_latency_bucket")),
    )
    op.create_table(
        "request_bucket",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("start", UtcDateTime(), nullable=False),
        sa.Column("service", sa.String(length=100), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("route", sa.String(length=300), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("durations", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "start", "service", "method", "route", "status", name=op.f("pk_request_bucket")
        ),
    )


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("request_bucket")
    op.drop_table("latency_bucket")
    op.drop_table("usage_bucket")
    op.drop_table("tenant_total")
    op.drop_table("request_batch")
    op.drop_table("turn_fact")
    op.drop_table("question_fact")
    op.drop_table("conversation_fact")
    op.drop_table("known_user")
    op.drop_table("quarantine")
    op.drop_table("source_cursor")
