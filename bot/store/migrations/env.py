"""Alembic's entry: runs the migrations on the connection that `bot.store.migrate` hands in."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from bot.store import reach_tables, staff_tables, tables, visit_tables  # noqa: F401  the tables register themselves

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=SQLModel.metadata, render_as_batch=connection.dialect.name == "sqlite"
)
with context.begin_transaction():
    context.run_migrations()
