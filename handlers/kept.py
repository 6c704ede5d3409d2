"""What the desk of knowledge hands to the team's menus, and what came of what they asked it for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from knowledge.entry import Entry, Tier
from knowledge.prose import Frozen

Replied = Literal["sent", "kept", "gone"]
"""Of a reply to somebody who waits. `kept`: they must not be written to; `gone`: the ticket is closed."""
Came = Literal["draft", "tried", "waiting", "live", "worse", "done", "refused"]
"""What came of a change. `waiting`: for a second person; `worse`: some messages would be, and nothing was done."""


class Due(Frozen):
    """An answer to look at again; `due` is None while nobody ever confirmed it."""

    slug: str
    title: str
    tier: Tier
    due: dt.date | None = None


class Reading(Frozen):
    """An answer as it can be edited: the words below its settings, and the version that they are of."""

    slug: str
    title: str
    words: str
    version: int = Field(description="what a change of these words is written over")
    drafted: bool = Field(default=False, description="these words are one's own draft, which nobody else sees yet")


class Live(Frozen):
    """An answer as it is live at this moment, and the mark of what it says: a button says with it what was read."""

    entry: Entry
    mark: str


class Verdict(Frozen):
    """A change tried out on known messages: how many would be answered otherwise, and a few of those met worse."""

    of: int
    better: int = 0
    worse: int = 0
    changed: int = 0
    blocked: int = Field(default=0, description="messages of danger, crisis or abuse that would be met in another way")
    examples: tuple[str, ...] = ()


class Change(Frozen):
    """What came of a change. `why` is a text id, filled in with `facts`; empty unless refused."""

    came: Came
    why: str = ""
    facts: Mapping[str, object] = Field(default_factory=dict)
    version: int | None = Field(default=None, description="the number of the draft that is kept")
    faults: tuple[str, ...] = Field(default=(), description="must go before it is published")
    warnings: tuple[str, ...] = ()
    preview: Entry | None = None
    may_publish: bool = Field(default=False, description="by oneself, once it was tried out")
    verdict: Verdict | None = None
    settled: int = Field(default=0, description="questions that a new phrasing settles")
    answered: int = Field(default=0, description="texts of the group that are answered now, of `texts`")
    texts: int = 0


class Missed(Frozen):
    """Questions that ask for much the same, and the entries that come nearest: their ids."""

    id: int
    count: int
    samples: tuple[str, ...]
    suggested: tuple[str, ...] = ()


class Ticket(Frozen):
    """Somebody who waits for a person; `said` holds who spoke ("staff" or "resident") and their words."""

    id: int
    wish: str
    since: dt.datetime
    channel: str
    about: str = ""
    phone: str = ""
    holder: str = Field(default="", description="who of the team has taken it on; empty: nobody yet")
    said: tuple[tuple[str, str], ...] = ()


class Standing(Frozen):
    """A notice that residents read until a moment, in UTC."""

    id: int
    about: str
    text: str
    until: dt.datetime


class Approval(Frozen):
    """Somebody else's change that waits for a second person; `who` wrote it."""

    version: int
    title: str
    who: str
    since: dt.datetime


class Proposed(Frozen):
    """Such a change as it can be agreed to: what is new and what goes, line by line, as the file has it."""

    version: int
    title: str
    who: str
    note: str = ""
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    starts: dt.datetime | None = Field(default=None, description="when it would be live; None: at once")
    ends: dt.datetime | None = None
    mark: str = Field(description="of all this: a button says with it what was read")
