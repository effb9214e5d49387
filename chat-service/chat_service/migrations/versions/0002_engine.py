"""The turn engine: queued turns, branches, reasoning, tools, images, summaries and the context policy."""

import sqlalchemy as sa
from alembic import op

from service_kit.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RUNNING = {"sqlite_where": sa.text("outcome IS NULL"), "postgresql_where": sa.text("outcome IS NULL")}
AT_WORK = {
    "sqlite_where": sa.text("outcome IS NULL AND is_queued = 0"),
    "postgresql_where": sa.text("outcome IS NULL AND NOT is_queued"),
}
QUEUED = {"sqlite_where": sa.text("is_queued = 1"), "postgresql_where": sa.text("is_queued")}


def _text(name: str, empty: str) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default=sa.text(f"'{empty}'"), nullable=False)


def _count(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


COLUMNS = {
    "conversation": (
        lambda: sa.Column("context_messages", sa.Integer(), nullable=True),
        lambda: sa.Column("context_tokens", sa.Integer(), nullable=True),
        lambda: _flag("summarises"),
        lambda: _text("parameters", "{}"),
    ),
    "message": (
        lambda: _text("reasoning", ""),
        lambda: _text("steps", "[]"),
        lambda: _text("fallbacks", "[]"),
        lambda: _text("images", "[]"),
        lambda: sa.Column("finish_reason", sa.String(40), nullable=True),
        lambda: sa.Column("asked_model", sa.String(200), nullable=True),
        lambda: sa.Column("continues_id", sa.Uuid(), nullable=True),
        lambda: sa.Column("cached_tokens", sa.Integer(), nullable=True),
        lambda: sa.Column("reasoning_tokens", sa.Integer(), nullable=True),
    ),
    "turn": (
        lambda: _count("counted_chars"),
        lambda: _count("position"),
        lambda: _flag("is_queued"),
        lambda: _text("parameters", "{}"),
    ),
}


def upgrade() -> None:
    """Add what the engine needs; an older version can work beside it."""
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column())
    op.drop_index("ix_turn_running", table_name="turn")
    op.drop_index("ix_turn_lease", table_name="turn")
    op.create_index("ix_turn_running", "turn", ["conversation_id"], unique=True, **AT_WORK)
    op.create_index("ix_turn_lease", "turn", ["lease_until"], **AT_WORK)
    op.create_index("ix_turn_queue", "turn", ["conversation_id", "position"], **QUEUED)
    op.create_index("ix_turn_asked", "turn", ["owner_id", "client_message_id"], unique=True)
    _create_images()
    _create_summaries()


def downgrade() -> None:
    """Remove it again; queued questions must have been answered before."""
    op.drop_table("summary")
    op.drop_table("image")
    for index in ("ix_turn_asked", "ix_turn_queue", "ix_turn_lease", "ix_turn_running"):
        op.drop_index(index, table_name="turn")
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column().name)
    op.create_index("ix_turn_lease", "turn", ["lease_until"], **RUNNING)
    op.create_index("ix_turn_running", "turn", ["conversation_id"], unique=True, **RUNNING)


def _create_images() -> None:
    op.create_table(
        "image",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_image_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_image_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
    )
    op.create_index("ix_image_by_message", "image", ["message_id"])


def _create_summaries() -> None:
    op.create_table(
        "summary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("last_message_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_summary_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["last_message_id"], ["message.id"], name=op.f("fk_summary_last_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary")),
        sa.UniqueConstraint("last_message_id", name=op.f("uq_summary_last_message_id")),
    )
