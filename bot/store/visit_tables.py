"""The tables of home visits. Who visits whom, when, and which quarters of an hour that takes."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from bot.store.tables import BIG, key, moment, refers, sealed

ACTIVE = text("household IS NOT NULL AND state = 'booked'")


class StaffMember(SQLModel, table=True):
    """Somebody of the team. Who only visits needs no account."""

    __tablename__ = "staff_member"
    id: int = key()
    name: bytes | None = sealed()
    role: str
    created_at: dt.datetime = moment()
    left_at: dt.datetime | None = moment(default=None)


class RotaPattern(SQLModel, table=True):
    """Weekly working hours on the wall clock; Monday is 0."""

    __tablename__ = "rota_pattern"
    id: int = key()
    staff_id: int = refers("staff_member.id", ondelete="CASCADE")
    weekday: int
    begins: dt.time
    ends: dt.time
    first: dt.date | None = None
    last: dt.date | None = None


class Absence(SQLModel, table=True):
    """When somebody of the team cannot come."""

    __tablename__ = "absence"
    id: int = key()
    staff_id: int = refers("staff_member.id", ondelete="CASCADE")
    starts: dt.datetime = moment()
    ends: dt.datetime = moment()
    why: str = ""


class ClosedDay(SQLModel, table=True):
    """A local date without visits."""

    __tablename__ = "closed_day"
    day: dt.date = Field(primary_key=True)
    why: str = ""


class Resident(SQLModel, table=True):
    """Who is visited. Written only once a visit is booked; erased by the timer of its last visit."""

    __tablename__ = "resident"
    id: int = key()
    chat_id: int | None = refers("chat.id", nullable=True, ondelete="SET NULL", default=None)
    name: bytes | None = sealed()
    phone: bytes | None = sealed()
    address: bytes | None = sealed()
    postcode: bytes | None = sealed()
    phone_index: str | None = Field(default=None, index=True)
    outward: str = ""
    area: str = ""
    created_at: dt.datetime = moment()


class Visit(SQLModel, table=True):
    """One visit, from a held time to its end. `uid` and `sequence` are those of its calendar file."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("visit_one_a_household", "household", unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE),
        Index("visit_state_starts", "state", "starts"),
        Index("visit_erase", "erase_at"),
    )
    id: int = key()
    reference: str = Field(unique=True)
    uid: str = Field(unique=True)
    sequence: int = 0
    chat_id: int | None = refers("chat.id", nullable=True, ondelete="SET NULL", default=None)
    resident_id: int | None = refers("resident.id", nullable=True, ondelete="SET NULL", default=None)
    state: str = "held"
    starts: dt.datetime = moment()
    ends: dt.datetime = moment()
    visitors_needed: int = 1
    hold_until: dt.datetime | None = moment(default=None)
    household: str | None = None
    moves: int = 0
    reasons: str = ""
    answers: bytes | None = sealed()
    needs: bytes | None = sealed()
    doorstep_word: bytes | None = sealed()
    notes: bytes | None = sealed()
    points: int = 0
    priority: str = "standard"
    consents: str = ""
    source: str = Field(default="", sa_type=Text)
    created_at: dt.datetime = moment()
    ended_at: dt.datetime | None = moment(default=None)
    erase_at: dt.datetime | None = moment(default=None)


class Occupied(SQLModel, table=True):
    """A quarter of an hour of one visitor, given to one visit or absence: the key makes a second one impossible.
    A row whose hold has run out may be taken over."""

    __tablename__ = "occupied"
    staff_id: int = Field(primary_key=True, foreign_key="staff_member.id", ondelete="CASCADE", sa_type=BIG)
    cell: dt.datetime = moment(primary_key=True)
    visit_id: int | None = refers("visit.id", nullable=True, ondelete="CASCADE", default=None)
    absence_id: int | None = refers("absence.id", nullable=True, ondelete="CASCADE", default=None)
    hold_until: dt.datetime | None = moment(default=None)
