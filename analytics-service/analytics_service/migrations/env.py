"""Runs the migrations of analytics-service on the connection that the caller opened."""

from service_kit.migration_environment import run_migrations

run_migrations()
