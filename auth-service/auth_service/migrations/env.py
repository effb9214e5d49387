"""Run by Alembic."""

from service_kit.migration_environment import run_migrations

run_migrations()
