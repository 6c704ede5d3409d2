"""What the team's menus may ask to keep the content true. `bot` hands in a desk for one chat.

Every answer depends on who asks: whoever isn't linked, has left, or may not do a thing gets None, nothing or a refusal.
A change from the phone follows the rules of the console, and is tried out on known messages before it is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, get_args

from handlers.kept import Approval, Change, Due, Live, Missed, Proposed, Reading, Replied, Standing, Ticket
from handlers.office import VISITORS, Role

ALL: frozenset[Role] = frozenset(get_args(Role))
PUBLISHERS: frozenset[Role] = ALL - {"officer"}
"""Who may publish where no second person is needed; an officer's change always goes to a second person."""
APPROVERS: frozenset[Role] = PUBLISHERS - {"editor"}
"""Who may agree to what somebody else wrote."""
TALKERS: frozenset[Role] = frozenset(VISITORS)
MAY: Mapping[str, frozenset[Role]] = {
    "due": ALL,
    "read": ALL,
    "live": ALL,
    "still_correct": ALL,
    "edit": ALL,
    "submit": ALL,
    "discard": ALL,
    "try_out": PUBLISHERS,
    "publish": PUBLISHERS,
    "approvals": APPROVERS,
    "proposed": APPROVERS,
    "rehearse": APPROVERS,
    "approve": APPROVERS,
    "send_back": APPROVERS,
    "missed": ALL,
    "add_phrasing": ALL,
    "not_for_us": ALL,
    "waiting": TALKERS,
    "ticket": TALKERS,
    "take": TALKERS,
    "reply": TALKERS,
    "close": TALKERS,
    "notices": ALL,
    "notice": ALL,
    "end_notice": ALL,
}
"""Who may ask the desk for what. The rules of reviews and of editing are asked besides."""


class Keeping(Protocol):
    """The desk of knowledge. Reads give None or nothing, acts a refusal, where this chat may not."""

    async def due(self) -> Sequence[Due]:
        """What is to be confirmed today: an officer's own, for the other roles all of it."""
        ...

    async def read(self, slug: str) -> Reading | None:
        """An answer to be edited: one's own draft of it where there is one, else what is live."""
        ...

    async def live(self, slug: str) -> Live | None:
        """An answer to be read before it is confirmed. None where there is none any more."""
        ...

    async def still_correct(self, slug: str, seen: str) -> Change:
        """Confirm an answer as it was read; `seen` is the mark of that. Refused where somebody changed it since."""
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

    async def approvals(self) -> Sequence[Approval]:
        """Changes of others that wait for a second person, the longest first."""
        ...

    async def proposed(self, version: int) -> Proposed | None:
        """One of them, to be read. None where it waits no more, or is one's own."""
        ...

    async def rehearse(self, version: int, seen: str) -> Change:
        """What one of them would do to known messages. Refused where it was changed since it was read; `seen` is the
        mark of that."""
        ...

    async def approve(self, version: int, seen: str) -> Change:
        """Agree to what was read: it is live, or at the time it was sent for. Refused unless it was tried out on what
        is answered with now."""
        ...

    async def send_back(self, version: int, why: str) -> bool:
        """A draft of its author again, who is told why. False where it waits no more, or is one's own."""
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

    async def take(self, number: int) -> bool:
        """Take a ticket on, also from a colleague: nobody else is reminded of it at first. False where it is closed."""
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
