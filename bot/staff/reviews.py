"""Reviews: which answers somebody has to look at again, who keeps them, and the one tap that says "still correct"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from bot.staff import versions
from bot.staff.outcomes import Refusal
from bot.staff.seen import mark_of
from bot.staff.versions import STAFF, Audit
from bot.store.content import Row
from bot.store.inbox import upsert
from bot.store.staff_tables import ReviewOwner
from bot.store.unit import Unit
from bot.visits import team
from handlers.catalogue import Texts
from handlers.office import COORDINATORS, Colleague
from knowledge.checked import confirmed
from knowledge.entry import Agency, Entry, Tier
from knowledge.library import Library, parse_entry

GONE, NOT_YOURS = Refusal("staff.review.gone"), Refusal("staff.review.not-yours")
CHANGED = Refusal("staff.review.changed")


@dataclass(frozen=True, slots=True)
class Review:
    """An answer to look at again. `due` is None while nobody has ever confirmed it; `owner` and `deputy` are numbers
    of people who are still of the team."""

    slug: str
    title: str
    tier: Tier
    agency: Agency
    due: dt.date | None
    owner: int | None = None
    deputy: int | None = None

    def concerns(self, who: Colleague) -> bool:
        """Is it theirs? What nobody keeps is everybody's of its agency, and the coordinators'."""
        if self.owner is None and self.deputy is None:
            return who.agency == self.agency or who.role in COORDINATORS
        return who.id in (self.owner, self.deputy)


async def due(unit: Unit, library: Library, on: dt.date, staff: Colleague | None = None) -> list[Review]:
    """What is to be confirmed on a day, the longest due first, then what nobody ever confirmed; of one person with
    `staff`."""
    kept, here = await owners(unit), {one.id for one in await team.everybody(unit)}
    reviews = [_review(entry, kept.get(entry.id), here) for entry in library.entries.values() if is_due(entry, on)]
    reviews.sort(key=lambda review: (review.due or dt.date.max, review.slug))
    return [review for review in reviews if staff is None or review.concerns(staff)]


def is_due(entry: Entry, on: dt.date) -> bool:
    """Does somebody have to look at it on a day?"""
    return not entry.signed_off or (entry.review_due() or on) <= on


def share_in_date(library: Library, on: dt.date) -> float:
    """How much of the content is signed off and in date on a day, from 0 to 1."""
    entries = library.entries.values()
    return sum(not is_due(entry, on) for entry in entries) / len(entries) if entries else 1.0


async def owners(unit: Unit) -> Mapping[str, ReviewOwner]:
    """Who keeps what, by the answers' ids; answers that nobody keeps are missing."""
    return {row.slug: row for row in (await unit.session.execute(select(ReviewOwner))).scalars()}


async def assign(unit: Unit, slug: str, owner: int | None, deputy: int | None, audit: Audit) -> None:
    """From now on these two, by their numbers, keep an answer true. Whoever was asked before is asked no more."""
    who = {"owner_id": owner, "deputy_id": deputy, "asked_at": None, "escalated_at": None}
    statement = upsert(unit, ReviewOwner).values(slug=slug, **who)
    await unit.session.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=who))
    await audit("review assigned", f"{slug} {owner or '-'} {deputy or '-'}")


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer as it is live, to be read before it is confirmed, and the mark of what was read."""

    entry: Entry
    mark: str


async def reading(unit: Unit, slug: str) -> Reading | None:
    """What answers now, from the tables: what a process answers with may be a second older. None where nothing does."""
    live = await versions.live(unit, "entry", slug)
    return Reading(parse_entry(slug, live.text), mark_of(live)) if live is not None else None


async def still_correct(unit: Unit, slug: str, seen: str, staff: Colleague, on: dt.date, audit: Audit) -> int | Refusal:
    """Write a new live version that differs in who confirmed it and when, and in nothing else; its id. `seen` is the
    mark of what was read (`reading`): what somebody has changed since has to be read again.

    An officer may do so for what is theirs (`Review.concerns`), the other roles for everything.
    """
    await versions.locked_revision(unit)
    live = await versions.live(unit, "entry", slug)
    if live is None:
        return GONE
    if staff.role == "officer" and not (await _review_of(unit, live)).concerns(staff):
        return NOT_YOURS
    if seen != mark_of(live):
        return CHANGED
    await versions.change(unit, "entry", live, state="replaced")
    version_id = await versions.put(unit, "entry", slug, live.local, _confirmed(live, on, staff))
    await versions.bump(unit)
    await audit("still correct", f"entry {slug}")
    return version_id


def _confirmed(live: Row, on: dt.date, staff: Colleague) -> dict[str, object]:
    # One that makes way at its end does so for the version that it was itself put over.
    base = live.version if live.ends is None else live.base
    text = confirmed(live.text, on, role_of(staff))
    return {"text": text, "state": "live", "by": STAFF, "staff_id": staff.id, "base": base, "ends": live.ends}


async def _review_of(unit: Unit, live: Row) -> Review:
    kept, here = await owners(unit), {one.id for one in await team.everybody(unit)}
    return _review(parse_entry(live.slug, live.text), kept.get(live.slug), here)


def role_of(staff: Colleague) -> str:
    """What a file says of who confirmed it: a role, never a name."""
    texts = Texts()
    role = texts.say(f"staff.role.{staff.role}")
    if not staff.agency:
        return texts.say("staff.review.by", role=role)
    return texts.say("staff.review.by-agency", role=role, agency=staff.agency)


def _review(entry: Entry, kept: ReviewOwner | None, here: set[int]) -> Review:
    owner, deputy = (kept.owner_id, kept.deputy_id) if kept else (None, None)
    return Review(
        slug=entry.id, title=entry.title, tier=entry.tier, agency=entry.agency,
        due=entry.review_due() if entry.signed_off else None,
        owner=owner if owner in here else None, deputy=deputy if deputy in here else None,
    )  # fmt: skip
