"""The staff console: sessions, passkeys, owners of answers, notices, the audit; drafts, and questions to settle"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
VERSIONS = ("entry_version", "organisation_version")


def upgrade() -> None:
    op.create_table(
        "staff_session",
        sa.Column("id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"])
    op.create_table(
        "staff_passkey",
        sa.Column("id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential"),
    )
    op.create_index("ix_staff_passkey_staff_id", "staff_passkey", ["staff_id"])
    op.create_table(
        "review_owner",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("deputy_id", BIG, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["staff_member.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["deputy_id"], ["staff_member.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("slug"),
    )
    op.create_index("ix_review_owner_owner_id", "review_owner", ["owner_id"])
    op.create_index("ix_review_owner_deputy_id", "review_owner", ["deputy_id"])
    op.create_table(
        "notice",
        sa.Column("id", BIG, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notice_until", "notice", ["until"])
    op.create_index("ix_notice_staff_id", "notice", ["staff_id"])
    op.create_table(
        "audit_record",
        sa.Column("id", BIG, nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_chain", "audit_record", ["chain", "place"], unique=True)
    op.create_index("audit_at", "audit_record", ["at"])
    op.create_index("ix_audit_record_staff_id", "audit_record", ["staff_id"])
    for table in VERSIONS:
        for added in _of_a_version():
            op.add_column(table, added)
    for column in (
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False, server_default=""),
        sa.Column("state", sa.String(), nullable=False, server_default="open"),
        sa.Column("settled_by", sa.Integer(), nullable=True),
    ):
        op.add_column("question", column)
    op.add_column("staff_invite", sa.Column("purpose", sa.String(), nullable=False, server_default="link"))


def _of_a_version() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("staff_invite", "purpose")
    for column in ("settled_by", "state", "verdict", "vector"):
        op.drop_column("question", column)
    for table in VERSIONS:
        for known in _of_a_version():
            op.drop_column(table, known.name)
    for table in ("audit_record", "notice", "review_owner", "staff_passkey", "staff_session"):
        op.drop_table(table)
