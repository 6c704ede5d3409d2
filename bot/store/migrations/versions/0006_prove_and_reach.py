"""Consents, campaigns, codes on posters, what helped, the home check, and counts that are kept as it goes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "check_count",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "topic", "answer", "area"),
    )
    op.create_table(
        "check_version",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retires", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug", "local", "version"),
    )
    op.create_table(
        "demand_count",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "route", "entry", "channel", "area", "source"),
    )
    op.create_index("demand_by_source", "demand_count", ["month", "source", "turns"])
    op.create_index("demand_by_entry", "demand_count", ["month", "entry", "turns"])
    op.create_table(
        "hour_count",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "weekday", "hour", "topic", "area", "source"),
    )
    op.create_table(
        "source_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "code", "channel"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", BIG, nullable=False),
        sa.Column("chat_id", BIG, nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("went", sa.String(), nullable=True),
        sa.Column("helped", sa.String(), nullable=True),
        sa.Column("instead", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("evidence_at", "evidence", ["at"])
    op.create_index("ix_evidence_chat_id", "evidence", ["chat_id"])
    op.create_index("ix_evidence_entry", "evidence", ["entry"])
    op.create_index("ix_evidence_organisation", "evidence", ["organisation"])

    op.create_table(
        "follow_up",
        sa.Column("id", BIG, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chat_id", "organisation"),
    )
    op.create_index("follow_up_due", "follow_up", ["state", "due_at"])
    op.create_index("ix_follow_up_chat_id", "follow_up", ["chat_id"])

    op.create_table(
        "subscription",
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", "topic"),
    )
    op.create_table(
        "campaign",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("areas", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("staff_id", BIG, nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_campaign_staff_id", "campaign", ["staff_id"])

    op.create_table(
        "campaign_recipient",
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("campaign_id", "chat_id"),
    )
    op.create_index("ix_campaign_recipient_chat_id", "campaign_recipient", ["chat_id"])

    op.create_table(
        "source_code",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("campaign_id", BIG, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("ix_source_code_campaign_id", "source_code", ["campaign_id"])

    op.add_column("question", sa.Column("area", sa.String(), nullable=False, server_default=""))
    op.add_column("question", sa.Column("summed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "question_unsummed",
        "question",
        ["id"],
        sqlite_where=sa.text("NOT summed"),
        postgresql_where=sa.text("NOT summed"),
    )


def downgrade() -> None:
    op.drop_index("question_unsummed", table_name="question")
    op.drop_column("question", "summed")
    op.drop_column("question", "area")

    op.drop_index("ix_source_code_campaign_id", table_name="source_code")

    op.drop_table("source_code")
    op.drop_index("ix_campaign_recipient_chat_id", table_name="campaign_recipient")

    op.drop_table("campaign_recipient")
    op.drop_index("ix_campaign_staff_id", table_name="campaign")

    op.drop_table("campaign")
    op.drop_table("subscription")
    op.drop_index("ix_follow_up_chat_id", table_name="follow_up")
    op.drop_index("follow_up_due", table_name="follow_up")

    op.drop_table("follow_up")
    op.drop_index("ix_evidence_organisation", table_name="evidence")
    op.drop_index("ix_evidence_entry", table_name="evidence")
    op.drop_index("ix_evidence_chat_id", table_name="evidence")
    op.drop_index("evidence_at", table_name="evidence")

    op.drop_table("evidence")
    op.drop_table("source_count")
    op.drop_table("hour_count")
    op.drop_index("demand_by_entry", table_name="demand_count")
    op.drop_index("demand_by_source", table_name="demand_count")
    op.drop_table("demand_count")
    op.drop_table("check_version")
    op.drop_table("check_count")
