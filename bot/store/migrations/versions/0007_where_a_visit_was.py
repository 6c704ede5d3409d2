"""The area of a visit stands on its own row, so that it is still counted there when whoever was visited is erased"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("area", sa.String(), nullable=False, server_default=""))
    visit, resident = sa.table("visit", *map(sa.column, ("area", "resident_id"))), sa.table(
        "resident", *map(sa.column, ("id", "area"))
    )  # fmt: skip
    theirs = sa.select(resident.c.area).where(resident.c.id == visit.c.resident_id).scalar_subquery()
    op.execute(sa.update(visit).where(visit.c.resident_id.is_not(None)).values(area=sa.func.coalesce(theirs, "")))


def downgrade() -> None:
    op.drop_column("visit", "area")
