"""The outbox tables in their first form, for the first migration of every service that has an outbox. Never changed."""

import sqlalchemy as sa
from alembic import op

from service_kit.db import UtcDateTime

UNSTAMPED = sa.text("seq IS NULL")


def create_outbox() -> None:
    """Make the outbox tables."""
    op.create_table(
        "outbox_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("occurred_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_event_id")),
        sa.UniqueConstraint("seq", name=op.f("uq_outbox_event_seq")),
    )
    op.create_index(
        "ix_outbox_event_unstamped", "outbox_event", ["id"], sqlite_where=UNSTAMPED, postgresql_where=UNSTAMPED
    )
    op.create_table(
        "outbox_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(36), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("pruned_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_head")),
    )
    op.create_table(
        "outbox_reader",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("acknowledged_seq", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_reader")),
    )


def drop_outbox() -> None:
    """Remove the outbox tables."""
    for table in ("outbox_reader", "outbox_head", "outbox_event"):
        op.drop_table(table)
