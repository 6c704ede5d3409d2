"""The tables of the staff console: who is signed in, what is due, what was noticed, and who did what."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from bot.store.tables import key, moment, refers


class StaffSession(SQLModel, table=True):
    """One sign-in on one device. `token` is the keyed hash of what the browser holds; `how` it came about."""

    __tablename__ = "staff_session"
    id: int = key()
    staff_id: int = refers("staff_member.id", ondelete="CASCADE")
    token: str = Field(unique=True)
    how: str
    created_at: dt.datetime = moment()
    seen_at: dt.datetime = moment()
    ends_at: dt.datetime = moment()
    revoked_at: dt.datetime | None = moment(default=None)


class StaffPasskey(SQLModel, table=True):
    """A passkey of somebody of the team."""

    __tablename__ = "staff_passkey"
    id: int = key()
    staff_id: int = refers("staff_member.id", ondelete="CASCADE")
    credential: bytes = Field(sa_type=LargeBinary, unique=True)
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = 0
    label: str = ""
    created_at: dt.datetime = moment()
    used_at: dt.datetime | None = moment(default=None)


class ReviewOwner(SQLModel, table=True):
    """Who keeps an answer true, and who stands in. `asked_at` is when they were last asked to look."""

    __tablename__ = "review_owner"
    slug: str = Field(primary_key=True)
    owner_id: int | None = refers("staff_member.id", nullable=True, ondelete="SET NULL", default=None)
    deputy_id: int | None = refers("staff_member.id", nullable=True, ondelete="SET NULL", default=None)
    asked_at: dt.datetime | None = moment(default=None)
    escalated_at: dt.datetime | None = moment(default=None)


class Notice(SQLModel, table=True):
    """A few words that stand with an answer or an organisation until a moment: "closed this week"."""

    __tablename__ = "notice"
    __table_args__ = (Index("notice_until", "until"),)
    id: int = key()
    about: str
    kind: str
    text: str = Field(sa_type=Text)
    until: dt.datetime = moment()
    staff_id: int | None = refers("staff_member.id", nullable=True, ondelete="SET NULL", default=None)
    at: dt.datetime = moment()
    ended_at: dt.datetime | None = moment(default=None)


class AuditRecord(SQLModel, table=True):
    """Who did or read what. Each record holds the hash of the one before it: bot/staff/audit_chain.py."""

    __tablename__ = "audit_record"
    __table_args__ = (Index("audit_chain", "chain", "place", unique=True), Index("audit_at", "at"))
    id: int = key()
    chain: str
    place: int
    at: dt.datetime = moment()
    staff_id: int | None = Field(default=None, index=True)
    action: str
    about: str = ""
    previous: str
    hash: str
