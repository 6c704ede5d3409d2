"""The tables. Columns of `bytes` are sealed by the vault under the name `table.column`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

UNSUMMED = text("NOT summed")
BIG = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts its own keys only in a column called INTEGER."""


class Utc(TypeDecorator[dt.datetime]):
    """A moment. Refuses datetimes without a zone, which SQLite would drop in silence; gives back UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without a zone: {value}")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def moment(**options: Any) -> Any:
    """A column for a moment."""
    return Field(sa_type=Utc, **options)


def sealed(**options: Any) -> Any:
    """A column for personal data, encrypted. Marked, so that a change of keys finds every one of them."""
    return Field(default=None, sa_type=LargeBinary, sa_column_kwargs={"info": {"sealed": True}}, **options)


def table_of(model: type[SQLModel]) -> Table:
    """The table under a model, for statements that are made once and run past the ORM."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def key() -> Any:
    """A primary key the database counts."""
    return Field(default=None, primary_key=True, sa_type=BIG)


def refers(column: str, **options: Any) -> Any:
    """A foreign key."""
    return Field(foreign_key=column, sa_type=BIG, index=True, **options)


class Chat(SQLModel, table=True):
    """One conversation with one person on one channel. `pace_left`: so many messages were left to it at `pace_at`."""

    __tablename__ = "chat"
    __table_args__ = (UniqueConstraint("channel", "bot", "external_id"),)
    id: int = key()
    channel: str
    bot: str = ""
    external_id: str
    session: bytes | None = sealed()
    session_version: int = 0
    contact: str = "ok"
    source: str | None = None
    next_seq: int = 1
    lease_until: dt.datetime | None = moment(default=None)
    lease_by: str | None = None
    not_before: dt.datetime | None = moment(default=None)
    blocked_at: dt.datetime | None = moment(default=None)
    created_at: dt.datetime = moment()
    last_turn_at: dt.datetime = moment()
    pace_left: float | None = None
    pace_at: dt.datetime | None = moment(default=None)


class Inbox(SQLModel, table=True):
    """What was received and applied, so that a repeat is known. Never the words themselves."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("channel", "bot", "external_id"), Index("inbox_received", "received_at"))
    id: int = key()
    channel: str
    bot: str = ""
    external_id: str
    chat_id: int | None = refers("chat.id", nullable=True, ondelete="CASCADE", default=None)
    message_id: str | None = None
    fingerprint: str | None = None
    state: str = "applied"
    received_at: dt.datetime = moment()


class TurnFailure(SQLModel, table=True):
    """How often a turn has failed. Written in a transaction of its own, because the turn's is rolled back."""

    __tablename__ = "turn_failure"
    channel: str = Field(primary_key=True)
    bot: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    failures: int = 1
    at: dt.datetime = moment()


class Outbox(SQLModel, table=True):
    """Every message to a resident, whatever its source. `key` says the source: `telegram:BOT:UPDATE:0`."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_due", "state", "not_before"),
        UniqueConstraint("chat_id", "seq"),
        Index("outbox_sent", "sent_at"),
    )
    id: int = key()
    key: str = Field(unique=True)
    chat_id: int = refers("chat.id", ondelete="CASCADE")
    seq: int
    kind: str = "reply"
    priority: int = 0
    payload: bytes | None = sealed()
    state: str = "waiting"
    attempts: int = 0
    not_before: dt.datetime | None = moment(default=None)
    created_at: dt.datetime = moment()
    sent_at: dt.datetime | None = moment(default=None)
    message_id: str | None = None
    maybe_sent: bool = False


class Question(SQLModel, table=True):
    """What somebody asked, personal details removed. Never a crisis or abuse message. `summed`: it is in the counts."""

    __tablename__ = "question"
    __table_args__ = (Index("question_unsummed", "id", sqlite_where=UNSUMMED, postgresql_where=UNSUMMED),)
    id: int = key()
    chat_id: int | None = refers("chat.id", nullable=True, ondelete="SET NULL", default=None)
    text: str = Field(sa_type=Text)
    route: str
    shown: str = ""
    score: float = 0.0
    helped: bool | None = None
    at: dt.datetime = moment(index=True)
    vector: bytes | None = Field(default=None, sa_type=LargeBinary)
    verdict: str = ""
    state: str = "open"
    settled_by: int | None = None
    area: str = ""
    summed: bool = False


class RouteCount(SQLModel, table=True):
    """How many turns took a route on a day; all that is kept of crisis and abuse."""

    __tablename__ = "route_count"
    day: dt.date = Field(primary_key=True)
    route: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    turns: int = 0


class Feedback(SQLModel, table=True):
    """Did an answer help?"""

    __tablename__ = "feedback"
    id: int = key()
    chat_id: int | None = refers("chat.id", nullable=True, ondelete="SET NULL", default=None)
    entry: str = Field(index=True)
    helped: bool
    at: dt.datetime = moment()


class DetailReport(SQLModel, table=True):
    """A resident says that a detail of an organisation is wrong."""

    __tablename__ = "detail_report"
    id: int = key()
    chat_id: int | None = refers("chat.id", nullable=True, ondelete="SET NULL", default=None)
    organisation: str
    words: bytes | None = sealed()
    thank: bool = False
    at: dt.datetime = moment()
    mended_at: dt.datetime | None = moment(default=None)


class Handover(SQLModel, table=True):
    """Somebody asked for a person: a ticket. `held_by` is who of the team has taken it on; `chased_at` and
    `escalated_at` are when the team, and then its coordinators, were last reminded of it."""

    __tablename__ = "handover"
    id: int = key()
    chat_id: int = refers("chat.id", ondelete="CASCADE")
    wish: str
    phone: bytes | None = sealed()
    about: str | None = None
    state: str = "open"
    opened_at: dt.datetime = moment()
    closed_at: dt.datetime | None = moment(default=None)
    held_by: int | None = None
    chased_at: dt.datetime | None = moment(default=None)
    escalated_at: dt.datetime | None = moment(default=None)


class HandoverMessage(SQLModel, table=True):
    """What was said in a ticket."""

    __tablename__ = "handover_message"
    id: int = key()
    handover_id: int = refers("handover.id", ondelete="CASCADE")
    said_by: str
    text: bytes | None = sealed()
    at: dt.datetime = moment()


class Version(SQLModel):
    """One version of a file of content, word for word; the live one with the highest version is what the bot says. One
    that `retires` the file has no words; `stopped_at` is when one that was due was kept from going live."""

    id: int = key()
    slug: str
    version: int = 1
    local: bool = False
    text: str = Field(sa_type=Text)
    state: str = "live"
    by: str = "shipped"
    at: dt.datetime = moment()
    note: str = Field(default="", sa_type=Text)
    base: int | None = None
    staff_id: int | None = None
    approved_by: int | None = None
    starts: dt.datetime | None = moment(default=None)
    ends: dt.datetime | None = moment(default=None)
    retires: bool = False
    stopped_at: dt.datetime | None = moment(default=None)


class EntryVersion(Version, table=True):
    """Of an answer."""

    __tablename__ = "entry_version"
    __table_args__ = (UniqueConstraint("slug", "local", "version"),)


class OrganisationVersion(Version, table=True):
    """Of an organisation."""

    __tablename__ = "organisation_version"
    __table_args__ = (UniqueConstraint("slug", "local", "version"),)


class Setting(SQLModel, table=True):
    """Small facts about the deployment: the content revision, the off switch."""

    __tablename__ = "setting"
    name: str = Field(primary_key=True)
    value: str
    at: dt.datetime = moment()
