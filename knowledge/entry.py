"""What a curated answer and an organisation are. Frozen and validated; read from files by `library`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from knowledge.prose import Block, Frozen, Span

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)?$", max_length=55)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Tier = Literal["life-safety", "sensitive", "general"]
Agency = Literal["fire", "police", "ambulance", "partner"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

REVIEW_MONTHS: dict[Tier, int] = {"life-safety": 3, "sensitive": 6, "general": 12}
"""How long a person's check of an entry holds, by what a wrong answer would cost."""


class Source(Frozen):
    """Where a fact was read. `url` is None for the partnership's own brief."""

    name: Text
    url: str | None = None


class Entry(Frozen):
    """One curated answer, as a person wrote it."""

    id: Slug
    title: Text
    tier: Tier
    agency: Agency
    visit: bool = Field(description="a home visit would help")
    emergency: Text | None = Field(default=None, description="the line at which this becomes a 999 matter")
    lead: tuple[Span, ...] = Field(description="the bold first line, which answers")
    first: tuple[Block, ...] = Field(description="the steps shown at first")
    more: tuple[Block, ...] = Field(default=(), description="shown behind More")
    one_line: Text = Field(description="to read out, write down or text; at most 160 characters")
    phrasings: tuple[Text, ...] = Field(description="how residents ask")
    organisations: tuple[str, ...] = Field(default=(), description="ids, or @roles that the place fills")
    authority: Text | None = Field(default=None, description="the body whose advice this is")
    sources: tuple[Source, ...] = ()
    facts_as_of: Text | None = None
    checked_on: dt.date | None = None
    checked_by: Text | None = None

    @property
    def category(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def signed_off(self) -> bool:
        """Has a person of the partnership confirmed it?"""
        return self.checked_on is not None and self.checked_by is not None

    def review_due(self) -> dt.date | None:
        """The day by which it must be confirmed again; None while nobody has confirmed it."""
        if self.checked_on is None:
            return None
        month = self.checked_on.month - 1 + REVIEW_MONTHS[self.tier]
        year, month = self.checked_on.year + month // 12, month % 12 + 1
        return dt.date(year, month, min(self.checked_on.day, 28))


class Notice(Frozen):
    """A few words of the team that stand with an answer or an organisation until a moment, in UTC."""

    about: Slug
    text: Text
    until: dt.datetime


class Opening(Frozen):
    """Open on these days from `opens` to `closes`, by the local clock; a `closes` not after `opens` is the next day."""

    days: tuple[Day, ...]
    opens: dt.time
    closes: dt.time


class DayException(Frozen):
    """One date that differs from the pattern: closed, or open at other times."""

    date: dt.date
    openings: tuple[tuple[dt.time, dt.time], ...] = ()
    why: str | None = None


class Hours(Frozen):
    """When somebody answers. `words` is what the source says; the rest is what can be computed with.

    Neither `always` nor `weekly` means that the hours are not known well enough to compute.
    On a bank holiday `bank_holiday_openings` win over `bank_holidays`; `always` holds on it unless that is "closed".
    """

    words: str | None = None
    always: bool = False
    weekly: tuple[Opening, ...] = ()
    bank_holidays: Literal["as usual", "closed", "unknown"] = "unknown"
    bank_holiday_openings: tuple[tuple[dt.time, dt.time], ...] = ()
    exceptions: tuple[DayException, ...] = ()

    @property
    def known(self) -> bool:
        """Can "open now" be computed?"""
        return self.always or bool(self.weekly)


class Organisation(Frozen):
    """Who can help, and how to reach them."""

    id: Slug
    name: Text
    aliases: tuple[str, ...] = ()
    kind: Literal["statutory", "charity", "community"]
    area: Text = Field(description="'national', or the name of an area of the place")
    what_for: Text
    who_for: str | None = None
    phone: str | None = None
    text: str | None = None
    website: str | None = None
    webchat: bool = False
    email: str | None = None
    address: str | None = None
    hours: Hours = Hours()
    cost: str | None = None
    access: str | None = Field(default=None, description="languages and accessibility")
    sources: tuple[Source, ...] = ()
    facts_as_of: str | None = None
    phone_seen: Literal["sourced", "certain"] | None = None
    checked_on: dt.date | None = Field(default=None, description="when a person last confirmed these details")
