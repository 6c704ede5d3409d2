"""A visit that somebody is asking for, as far as they have got: kept sealed with the session until it is booked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from knowledge.prose import Frozen
from knowledge.visits.when import Wish

Reach = Literal["message", "ring", "text"]
"""How the team may get hold of somebody: in this chat, by a call, or by a text message."""
RemindBy = Literal["message", "ring", "calendar", "telegram"]
"""Who reminds: the bot in this chat, a call from the team, their own calendar, or the bot once they open Telegram."""


class Draft(Frozen):
    """The form of a visit. Empty means not said yet; what may be skipped stays empty."""

    step: str = Field(default="", description="the question that was asked last")
    moving: int | None = Field(default=None, description="the booked visit that gets another time; nothing else asked")
    for_other: bool = Field(default=False, description="asked for by somebody else, who has their consent")
    postcode: str = ""
    answers: Mapping[str, tuple[str, ...]] = Field(default_factory=dict, description="question id, ids of its answers")
    known: tuple[str, ...] = Field(default=(), description="questions that the home check answered: not asked again")
    reasons: tuple[str, ...] = ()
    wish: Wish | None = Field(default=None, description="which times are shown")
    after: dt.datetime | None = Field(default=None, description="times after this one are shown")
    starts: dt.datetime | None = Field(default=None, description="the time that is held for them")
    held_until: dt.datetime | None = None
    visit: int | None = Field(default=None, description="the number of the visit that holds the time")
    name: str = ""
    phone: str = Field(default="", description="in international form")
    reach: Reach | None = None
    safe: str = Field(default="", description="how to get in touch safely, in their words; empty: as usual")
    address: str = ""
    needs: str = Field(default="", description="steps, a wheelchair, an interpreter, a dog: in their words")
    remind_by: RemindBy | None = None
    partners: bool | None = Field(default=None, description="may details go to named partners?")
    feedback: bool | None = Field(default=None, description="may we ask afterwards how it was?")
    word: str = Field(default="", description="what the visitors will say at the door")
    changing: bool = Field(default=False, description="one thing is being changed; then back to the summary")
