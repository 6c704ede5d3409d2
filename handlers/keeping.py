"""What the team's menus may ask to keep the content true. `bot` hands in a desk for one chat.

Every answer depends on who asks: whoever isn't linked, has left, or may not do a thing gets None, nothing or a refusal.
A change from the phone follows the rules of the console, and is tried out on known messages before it is published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, get_args

from pydantic import Field

from handlers.office import VISITORS, Role
from knowledge.entry import Entry, Tier
from knowledge.prose import Frozen

ALL: frozenset[Role] = frozenset(get_args(Role))
PUBLISHERS: frozenset[Role] = ALL - {"officer"}
"""Who may publish where no second person is needed; an officer's change always goes to a second person."""
TALKERS: frozenset[Role] = frozenset(VISITORS)
MAY: Mapping[str, frozenset[Role]] = {
    "due": ALL,
    "read": ALL,
    "still_correct": ALL,
    "edit": ALL,
    "submit": ALL,
    "discard": ALL,
    "try_out": PUBLISHERS,
    "publish": PUBLISHERS,
    "missed": ALL,
    "add_phrasing": ALL,
    "not_for_us": ALL,
    "waiting": TALKERS,
    "ticket": TALKERS,
    "reply": TALKERS,
    "close": TALKERS,
    "notices": ALL,
    "notice": ALL,
    "end_notice": ALL,
}
"""Who may ask the desk for what. The rules of reviews and of editing are asked besides."""
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
    said: tuple[tuple[str, str], ...] = ()


class Standing(Frozen):
    """A notice that residents read until a moment, in UTC."""

    id: int
    about: str
    text: str
    until: dt.datetime


class Keeping(Protocol):
    """The desk of knowledge. Reads give None or nothing, acts a refusal, where this chat may not."""

    async def due(self) -> Sequence[Due]:
        """What is to be confirmed today: an officer's own, for the other roles all of it."""
        ...

    async def read(self, slug: str) -> Reading | None:
        """An answer to be edited: one's own draft of it where there is one, else what is live."""
        ...

    async def still_correct(self, slug: str) -> Change:
        """Confirm an answer as it stands."""
        ...

    async def edit(self, slug: str, text: str, base: int) -> Change:
        """Keep other words as one's own draft, written over version `base`; with `---` first, the whole file."""
        ...

    async def try_out(self, version: int) -> Change:
        """What one's own draft would do to known messages."""
        ...

    async def publish(self, version: int) -> Change:
        """Make one's own draft live. Refused unless it was tried out on what is answered with now."""
        ...

    async def submit(self, version: int) -> Change:
        """Send one's own draft to a second person."""
        ...

    async def discard(self, version: int) -> bool:
        """Put one's own draft away. False where there is none."""
        ...

    async def missed(self) -> Sequence[Missed]:
        """What nobody could answer, the most asked first."""
        ...

    async def add_phrasing(self, group: int, slug: str, *, anyway: bool = False) -> Change:
        """The group's first text becomes a way to ask for an entry; with `anyway` also if some are met worse."""
        ...

    async def not_for_us(self, group: int) -> int:
        """Nothing that this place answers; how many questions that settled."""
        ...

    async def waiting(self) -> Sequence[Ticket]:
        """Who waits for a person, the longest first; without what they said."""
        ...

    async def ticket(self, number: int) -> Ticket | None:
        """One who waits, with all that was said. That it was read is recorded."""
        ...

    async def reply(self, number: int, text: str) -> Replied:
        """Words for the chat of one ticket, and no other."""
        ...

    async def close(self, number: int) -> bool:
        """Close a ticket. False where it was not open."""
        ...

    async def notices(self) -> Sequence[Standing]:
        """Those that stand, the first to end first."""
        ...

    async def notice(self, about: str, text: str, days: int) -> Change:
        """A few words beside an organisation for some days."""
        ...

    async def end_notice(self, number: int) -> bool:
        """Take a notice down. False where none with this number stands."""
        ...
