"""The tables of home visits. Who visits whom, when, and which quarters of an hour that takes."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.tables import BIG, key, moment, refers, sealed

ACTIVE = text("household IS NOT NULL AND state = 'booked'")


class StaffMember(SQLModel, table=True):
    """Somebody of the team. `chat_id` is the Telegram account that is linked; who only visits needs none."""

    __tablename__ = "staff_member"
    id: int = key()
    name: bytes | None = sealed()
    role: str
    agency: str = ""
    chat_id: int | None = refers("chat.id", nullable=True, ondelete="SET NULL", default=None, unique=True)
    created_at: dt.datetime = moment()
    left_at: dt.datetime | None = moment(default=None)


class StaffInvite(SQLModel, table=True):
    """A code that links an account to somebody of the team, or signs them in, once. Only its keyed hash is kept."""

    __tablename__ = "staff_invite"
    id: int = key()
    staff_id: int = refers("staff_member.id", ondelete="CASCADE")
    code: str = Field(unique=True)
    purpose: str = "link"
    created_at: dt.datetime = moment()
    expires_at: dt.datetime = moment()
    used_at: dt.datetime | None = moment(default=None)


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
    """One visit, from a held time to its end. `uid` and `sequence` are those of its calendar file; `area` outlives
    whoever was visited, to be counted."""

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
    area: str = ""
    source: str = Field(default="", sa_type=Text)
    remind_by: str = "message"
    follow_up: bool = False
    safeguarding: bool = False
    wrong_words: int = 0
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


class VisitTask(SQLModel, table=True):
    """Something to tell a resident about a visit at a moment: a reminder, an offer, a question afterwards.

    `state` is waiting, sent (queued for the chat), ring (for a call by the team), rung, or dropped.
    """

    __tablename__ = "visit_task"
    __table_args__ = (UniqueConstraint("visit_id", "kind", "sequence"), Index("visit_task_due", "state", "due_at"))
    id: int = key()
    visit_id: int = refers("visit.id", ondelete="CASCADE")
    kind: str
    sequence: int = 0
    due_at: dt.datetime = moment()
    state: str = "waiting"
    done_at: dt.datetime | None = moment(default=None)


class WaitingPlace(SQLModel, table=True):
    """A booked visit that wants an earlier time. `offer_id` is the visit row that holds an offered time."""

    __tablename__ = "waiting_place"
    id: int = key()
    visit_id: int = refers("visit.id", ondelete="CASCADE", unique=True)
    since: dt.datetime = moment()
    offer_id: int | None = refers("visit.id", nullable=True, ondelete="SET NULL", default=None)
    offer_until: dt.datetime | None = moment(default=None)
    turned_down: str = Field(default="", sa_type=Text)


class VisitFeedback(SQLModel, table=True):
    """What a resident said after a visit. It is kept without their name, and outlives it."""

    __tablename__ = "visit_feedback"
    visit_id: int = Field(primary_key=True, foreign_key="visit.id", ondelete="CASCADE", sa_type=BIG)
    came: str | None = None
    safer: str | None = None
    kind: str | None = None
    instead: str | None = None
    words: bytes | None = sealed()
    at: dt.datetime = moment()


class Referral(SQLModel, table=True):
    """A visit's resident was put in touch with an organisation, with their consent."""

    __tablename__ = "referral"
    id: int = key()
    visit_id: int = refers("visit.id", ondelete="CASCADE")
    organisation: str
    staff_id: int | None = refers("staff_member.id", nullable=True, ondelete="SET NULL", default=None)
    at: dt.datetime = moment()
