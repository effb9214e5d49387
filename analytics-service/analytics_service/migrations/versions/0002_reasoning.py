"""The ledger tells what was spent on thinking."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; turns that ended before it count none."""
    column = sa.Column("reasoning_tokens", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    op.add_column("turn_fact", column)


def downgrade() -> None:
    """Remove it again."""
    with op.batch_alter_table("turn_fact") as batch:
        batch.drop_column("reasoning_tokens")
