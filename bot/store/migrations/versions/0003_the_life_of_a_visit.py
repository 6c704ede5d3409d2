"""The life of a visit: invitations, reminders, the waiting list, referrals, what residents say afterwards"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "staff_invite",
        sa.Column("id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_staff_invite_staff_id", "staff_invite", ["staff_id"])
    op.create_table(
        "visit_task",
        sa.Column("id", BIG, nullable=False),
        sa.Column("visit_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("visit_id", "kind", "sequence"),
    )
    op.create_index("ix_visit_task_visit_id", "visit_task", ["visit_id"])
    op.create_index("visit_task_due", "visit_task", ["state", "due_at"])
    op.create_table(
        "waiting_place",
        sa.Column("id", BIG, nullable=False),
        sa.Column("visit_id", BIG, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offer_id", BIG, nullable=True),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("turned_down", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["visit.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_waiting_place_offer_id", "waiting_place", ["offer_id"])
    op.create_index("ix_waiting_place_visit_id", "waiting_place", ["visit_id"], unique=True)
    op.create_table(
        "visit_feedback",
        sa.Column("visit_id", BIG, nullable=False),
        sa.Column("came", sa.String(), nullable=True),
        sa.Column("safer", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("instead", sa.String(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("visit_id"),
    )
    op.create_table(
        "referral",
        sa.Column("id", BIG, nullable=False),
        sa.Column("visit_id", BIG, nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("staff_id", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_referral_staff_id", "referral", ["staff_id"])
    op.create_index("ix_referral_visit_id", "referral", ["visit_id"])
    with op.batch_alter_table("staff_member") as staff:
        staff.add_column(sa.Column("agency", sa.String(), nullable=False, server_default=""))
        staff.add_column(sa.Column("chat_id", BIG, nullable=True))
        staff.create_foreign_key("staff_member_chat_id_fkey", "chat", ["chat_id"], ["id"], ondelete="SET NULL")
        staff.create_index("ix_staff_member_chat_id", ["chat_id"], unique=True)
    for column in (
        sa.Column("remind_by", sa.String(), nullable=False, server_default="message"),
        sa.Column("follow_up", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("safeguarding", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("wrong_words", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("visit", column)


def downgrade() -> None:
    for column in ("wrong_words", "safeguarding", "follow_up", "remind_by"):
        op.drop_column("visit", column)
    with op.batch_alter_table("staff_member") as staff:
        staff.drop_index("ix_staff_member_chat_id")
        staff.drop_constraint("staff_member_chat_id_fkey", type_="foreignkey")
        staff.drop_column("chat_id")
        staff.drop_column("agency")
    for table in ("referral", "visit_feedback", "waiting_place", "visit_task", "staff_invite"):
        op.drop_table(table)
