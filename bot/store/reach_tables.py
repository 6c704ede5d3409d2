"""The tables of reaching out and of proof: consents, campaigns, codes on posters, what helped, and counts that are kept
as it goes. A count holds no chat and no words."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.tables import BIG, Version, key, moment, refers


class Subscription(SQLModel, table=True):
    """A chat wants to hear about a topic. `area` is the one they named, or empty."""

    __tablename__ = "subscription"
    chat_id: int = Field(primary_key=True, foreign_key="chat.id", ondelete="CASCADE", sa_type=BIG)
    topic: str = Field(primary_key=True)
    area: str = ""
    since: dt.datetime = moment()


class Campaign(SQLModel, table=True):
    """Something the team tells all who asked to hear of its topic. `state` is draft, waiting (for a second person),
    planned, sending, paused, stopped or done; the counts stay when who got it is forgotten."""

    __tablename__ = "campaign"
    id: int = key()
    name: str
    topic: str
    areas: str = ""
    text: str = Field(sa_type=Text)
    entry: str = ""
    state: str = "draft"
    staff_id: int | None = refers("staff_member.id", nullable=True, ondelete="SET NULL", default=None)
    approved_by: int | None = None
    starts: dt.datetime | None = moment(default=None)
    ends: dt.datetime | None = moment(default=None)
    made_at: dt.datetime = moment()
    changed_at: dt.datetime = moment()
    ended_at: dt.datetime | None = moment(default=None)
    why: str = Field(default="", sa_type=Text)
    queued: int = 0
    delivered: int = 0
    opened: int = 0
    helped: int = 0
    unhelpful: int = 0
    stopped: int = 0


class CampaignRecipient(SQLModel, table=True):
    """One chat that a campaign was queued for, once; what they did with it."""

    __tablename__ = "campaign_recipient"
    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id", ondelete="CASCADE", sa_type=BIG)
    chat_id: int = Field(primary_key=True, foreign_key="chat.id", ondelete="CASCADE", index=True, sa_type=BIG)
    at: dt.datetime = moment()
    delivered_at: dt.datetime | None = moment(default=None)
    opened_at: dt.datetime | None = moment(default=None)
    helped: bool | None = None
    stopped_at: dt.datetime | None = moment(default=None)


class SourceCode(SQLModel, table=True):
    """A code on a poster or leaflet: where it hangs, and for which campaign. It says where people came from."""

    __tablename__ = "source_code"
    code: str = Field(primary_key=True)
    label: str
    area: str = ""
    campaign_id: int | None = refers("campaign.id", nullable=True, ondelete="SET NULL", default=None)
    made_at: dt.datetime = moment()
    ended_at: dt.datetime | None = moment(default=None)


class SourceCount(SQLModel, table=True):
    """How often a code was opened on a day, by channel."""

    __tablename__ = "source_count"
    day: dt.date = Field(primary_key=True)
    code: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    opened: int = 0


class FollowUp(SQLModel, table=True):
    """Somebody agreed to be asked later whether an organisation helped. `state`: waiting, sent, answered, dropped."""

    __tablename__ = "follow_up"
    __table_args__ = (Index("follow_up_due", "state", "due_at"), UniqueConstraint("chat_id", "organisation"))
    id: int = key()
    chat_id: int = refers("chat.id", ondelete="CASCADE")
    entry: str
    organisation: str
    due_at: dt.datetime = moment()
    state: str = "waiting"
    sent_at: dt.datetime | None = moment(default=None)


class Evidence(SQLModel, table=True):
    """What somebody says became of an answer or of a signpost. `instead` is what they would have done without it:
    999, 101, 111 (or GP), nothing. The chat is forgotten after a month; the rest names nobody."""

    __tablename__ = "evidence"
    __table_args__ = (Index("evidence_at", "at"),)
    id: int = key()
    chat_id: int | None = refers("chat.id", nullable=True, ondelete="SET NULL", default=None)
    about: str
    entry: str = Field(default="", index=True)
    organisation: str = Field(default="", index=True)
    went: str | None = None
    helped: str | None = None
    instead: str | None = None
    channel: str = ""
    area: str = ""
    at: dt.datetime = moment()


class DemandCount(SQLModel, table=True):
    """How many questions of a month were met how, with what: `entry` is what was shown first, `month` its first day.
    Nothing of crisis or abuse, which have only their route, and no words."""

    __tablename__ = "demand_count"
    __table_args__ = (
        Index("demand_by_source", "month", "source", "turns"),
        Index("demand_by_entry", "month", "entry", "turns"),
    )
    month: dt.date = Field(primary_key=True)
    route: str = Field(primary_key=True)
    entry: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    topic: str = ""
    agency: str = ""
    turns: int = 0


class HourCount(SQLModel, table=True):
    """At which hour of which weekday (Monday is 0, on the clock of the place) a month's questions came."""

    __tablename__ = "hour_count"
    month: dt.date = Field(primary_key=True)
    weekday: int = Field(primary_key=True)
    hour: int = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    turns: int = 0


class CheckCount(SQLModel, table=True):
    """How often an answer of the home check was given in a month; with an empty topic, how often it was `begun`,
    `finished`, or led to a `visit`."""

    __tablename__ = "check_count"
    month: dt.date = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    answer: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    turns: int = 0


class CheckVersion(Version, table=True):
    """Of a topic of the home check."""

    __tablename__ = "check_version"
    __table_args__ = (UniqueConstraint("slug", "local", "version"),)
