"""Times to show: a few that fit a wish, on buttons. Shared by booking and by moving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from handlers.ports import Ports
from handlers.visits.saying import local, slot_words
from knowledge.visits.slots import EPOCH, MINUTE, Slot, later, spread
from knowledge.visits.when import Wish, read_when

SHOWN = 6
SCHOOL_DAYS = frozenset(range(5))
WISHES: dict[str, Wish] = {
    "mornings": Wish(not_after=dt.time(11, 59)),
    "afternoons": Wish(not_before=dt.time(12), not_after=dt.time(16, 59)),
    "after-school": Wish(weekdays=SCHOOL_DAYS, not_before=dt.time(15, 30)),
    "weekend": Wish(weekdays=frozenset({5, 6})),
}
"""What the buttons under the times ask for. School ends at about a quarter past three."""


class Shown(NamedTuple):
    """Times to show, and the text that says what they are."""

    text_id: str
    slots: tuple[Slot, ...]


def shown(ports: Ports, free: Sequence[Slot], wish: Wish | None, after: dt.datetime | None) -> Shown:
    """A few times that fit a wish; the nearest others where none does."""
    zone = ports.library.place.timezone
    left = later(free, after) if after else tuple(free)
    if fitting := spread(left, wish.fits if wish else None, SHOWN, zone):
        return Shown("visit.when.unsure" if wish and not wish.sure else "visit.when.ask", fitting)
    others = spread(free, None, SHOWN, zone)
    return Shown("visit.when.none-then" if others else "visit.when.none", others)


def wished(ports: Ports, text: str) -> Wish | None:
    """The wish in somebody's words."""
    return read_when(text, local(ports, ports.now).date())


def only(ports: Ports, free: Sequence[Slot], wish: Wish) -> Slot | None:
    """The one time that was asked for: said without doubt, to the minute, and free."""
    if not wish.sure or wish.exact is None:
        return None
    fitting = [slot for slot in free if wish.fits(local(ports, slot.starts))]
    return fitting[0] if len(fitting) == 1 else None


def choices(ports: Ports, slots: Sequence[Slot]) -> list[tuple[str, str]]:
    """What stands on the buttons, and the value each carries."""
    return [(slot_words(ports, slot.starts), value_of(slot.starts)) for slot in slots]


def value_of(starts: dt.datetime) -> str:
    """A start as minutes since 1970: short enough for a button."""
    return str((starts - EPOCH) // MINUTE)


def start_of(value: str) -> dt.datetime | None:
    """The start that a button carries; None for anything else."""
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        return None
    return EPOCH + int(value) * MINUTE
