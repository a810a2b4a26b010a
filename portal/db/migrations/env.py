"""Alembic runs this inside `Database.open`, which hands over its connection."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
