"""Asking people to look at what is due: whoever keeps it, a week later whoever stands in, then the coordinators.

Each of them gets one message with all that concerns them, in working hours, and only where their account is linked.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

from sqlalchemy import select
from sqlmodel import col

from bot.staff.reviews import Review, due, owners
from bot.store import outbox
from bot.store.inbox import upsert
from bot.store.staff_tables import ReviewOwner
from bot.store.unit import Unit
from bot.store.visit_tables import StaffMember
from handlers.catalogue import Texts
from handlers.office import COORDINATORS
from handlers.turn import Reply
from knowledge import hours
from knowledge.entry import Hours, Opening
from knowledge.library import Library
from knowledge.place import Place
from knowledge.prose import Block, Span, Steps, line

Stage = Literal["owner", "deputy", "coordinators"]
STAGES: tuple[Stage, ...] = get_args(Stage)
DEPUTY_AFTER, COORDINATORS_AFTER = dt.timedelta(days=7), dt.timedelta(days=10)
"""How long the owner is waited for; coordinators hear before the answer is withheld, 14 days after it was due."""
OFFICE = Hours(
    weekly=(Opening(days=("mon", "tue", "wed", "thu", "fri"), opens=dt.time(9), closes=dt.time(17)),),
    bank_holidays="closed",
)
"""Where the place says nothing about when its team works."""
MOST_NAMED = 10
"""Answers named in one message."""

Asks = dict[tuple[int, Stage], list[Review]]


async def ask_due(unit: Unit, library: Library, texts: Texts, bank_holidays: frozenset[dt.date]) -> int:
    """Queue what is to be asked at this moment; how many messages. Run it as often as you like: nobody is asked twice
    for the same thing."""
    if not working(library.place, unit.now, bank_holidays):
        return 0
    today = hours.in_london(unit.now).date()
    kept, chats = await owners(unit), await linked(unit)
    asks: Asks = defaultdict(list)
    for review in await due(unit, library, today):
        stage = next_stage(review, kept.get(review.slug), unit.now)
        if stage is not None and await _asked(unit, review.slug, stage, kept.get(review.slug)):
            for person, as_what in whom(review, stage, chats):
                asks[person, as_what].append(review)
    return sum([await _send(unit, asks, person, texts, chats) for person in sorted({one for one, _ in asks})])


def working(place: Place, now: dt.datetime, bank_holidays: frozenset[dt.date]) -> bool:
    """Is the team at work at a moment?"""
    return bool(hours.state(hours_of(place), now, bank_holidays).open)


def hours_of(place: Place) -> Hours:
    """When the team works: office hours where the place says nothing."""
    return place.people.hours if place.people and place.people.hours.known else OFFICE


def next_stage(review: Review, kept: ReviewOwner | None, now: dt.datetime) -> Stage | None:
    """Who is to be asked now; None where they have been, or nobody ever confirmed it. Asking for an earlier review
    does not count."""
    if review.due is None:
        return None
    asked = kept.asked_at if kept else None
    if kept is None or asked is None or hours.in_london(asked).date() < review.due:
        return "owner"
    reached = kept.escalated_at if kept.escalated_at and kept.escalated_at >= asked else asked
    stage = _stage_at(now - asked)
    return stage if STAGES.index(stage) > STAGES.index(_stage_at(reached - asked)) else None


def _stage_at(waited: dt.timedelta) -> Stage:
    if waited >= COORDINATORS_AFTER:
        return "coordinators"
    return "deputy" if waited >= DEPUTY_AFTER else "owner"


def whom(review: Review, stage: Stage, chats: Mapping[int, tuple[int, str]]) -> Sequence[tuple[int, Stage]]:
    """The people to ask at a stage, and as what; where none of them can be reached, those of the next stage."""
    people: Mapping[Stage, Iterable[int | None]] = {
        "owner": [review.owner],
        "deputy": [review.deputy],
        "coordinators": [person for person, (_, role) in chats.items() if role in COORDINATORS],
    }
    for each in STAGES[STAGES.index(stage) :]:
        if found := [(person, each) for person in people[each] if person is not None and person in chats]:
            return found
    return ()


async def linked(unit: Unit) -> dict[int, tuple[int, str]]:
    """The chat and the role of everybody of the team whose account is linked."""
    statement = select(col(StaffMember.id), col(StaffMember.chat_id), col(StaffMember.role)).where(
        col(StaffMember.left_at).is_(None), col(StaffMember.chat_id).is_not(None)
    )
    rows = (await unit.session.execute(statement.order_by(col(StaffMember.id)))).all()
    return {row.id: (row.chat_id, row.role) for row in rows}


async def _asked(unit: Unit, slug: str, stage: Stage, kept: ReviewOwner | None) -> bool:
    """Note that a stage is asked now. False where another process did so after `kept` was read."""
    name = "asked_at" if stage == "owner" else "escalated_at"
    values = {name: unit.now} | ({"escalated_at": None} if stage == "owner" else {})
    as_read = col(getattr(ReviewOwner, name)).is_not_distinct_from(getattr(kept, name, None))
    statement = upsert(unit, ReviewOwner).values(slug=slug, **values)
    statement = statement.on_conflict_do_update(index_elements=["slug"], set_=values, where=as_read)
    return (await unit.session.execute(statement.returning(col(ReviewOwner.slug)))).scalar_one_or_none() is not None


async def _send(unit: Unit, asks: Asks, person: int, texts: Texts, chats: Mapping[int, tuple[int, str]]) -> bool:
    """One person's message: all that concerns them, under the heading of what they are to each."""
    parts = {stage: asks[person, stage] for stage in STAGES if (person, stage) in asks}
    first = next(reviews[0] for reviews in parts.values())
    blocks = [block for stage, reviews in parts.items() for block in _part(texts, stage, reviews)]
    letter = Reply(blocks=(*blocks, *texts.blocks("staff.review.how")))
    source = f"review:{first.slug}:{unit.now:%Y-%m-%dT%H%M%S.%f}:{person}"
    return await outbox.queue_for(unit, chats[person][0], letter, source)


def _part(texts: Texts, stage: Stage, reviews: Sequence[Review]) -> Sequence[Block]:
    named = [
        texts.say("staff.review.item", title=review.title, date=day_words(texts, review.due))
        for review in reviews[:MOST_NAMED]
        if review.due is not None
    ]
    more = len(reviews) - len(named)
    listed = Steps(items=tuple((Span(text=words),) for words in named), ordered=False)
    rest = (line(texts.say("staff.review.more", count=more)),) if more else ()
    return (*texts.blocks(f"staff.review.ask-{stage}"), listed, *rest)


def day_words(texts: Texts, day: dt.date) -> str:
    """'3 March 2026'."""
    return f"{day.day} {texts.say(f'month.{day.month}')} {day.year}"
