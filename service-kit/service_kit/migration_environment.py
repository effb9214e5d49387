"""What every service's migrations/env.py runs: the migrations on the connection that the caller opened."""

from alembic import context


def run_migrations() -> None:
    """Run the migrations in the caller's transaction."""
    attributes = context.config.attributes
    context.configure(connection=attributes["connection"], target_metadata=attributes["metadata"], render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
