"""Tickets: who has taken one on, and when the team was reminded of it"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

VERSIONS = ("entry_version", "organisation_version")


def upgrade() -> None:
    for added in _of_a_chat():
        op.add_column("chat", added)
    for added in _of_a_ticket():
        op.add_column("handover", added)
    for table in VERSIONS:
        for added in _of_a_version():
            op.add_column(table, added)


def _of_a_chat() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("pace_left", sa.Float(), nullable=True),
        sa.Column("pace_at", sa.DateTime(timezone=True), nullable=True),
    )


def _of_a_ticket() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("held_by", sa.Integer(), nullable=True),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
    )


def _of_a_version() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("retires", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    for table in VERSIONS:
        for known in _of_a_version():
            op.drop_column(table, known.name)
    for known in _of_a_ticket():
        op.drop_column("handover", known.name)
    for known in _of_a_chat():
        op.drop_column("chat", known.name)
