"""Missed questions: what nobody could answer or was marked unhelpful, grouped by likeness, and what staff do about it.

A question is missed while its state is `open`. An act settles what it answers of a group: `done`, or `not-ours`; what
is answered only once somebody has agreed, or has written it, waits for that (`missed_waiting`); the rest stays open.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlmodel import col

from bot.staff import versions
from bot.staff.counts import Count
from bot.staff.missed_waiting import put_aside, reopen
from bot.staff.outcomes import Refusal
from bot.staff.versions import Audit
from bot.store.records import CHOSEN
from bot.store.tables import Question
from bot.store.unit import Unit
from handlers.office import Colleague
from knowledge.encoder import Floats
from knowledge.grouping import Asked, grouped
from knowledge.search import Index, decide
from knowledge.search.phrases import Phrase
from knowledge.search.remembered import recall

State = Literal["open", "done", "not-ours"]
NEWEST, SHOWN, SAMPLES, SUGGESTED = 2000, 50, 5, 3
"""How many questions are looked at, groups shown, texts and entries named in each."""
NEW_ENTRY = Path(__file__).with_name("new_entry.md")
MOST_PHRASINGS = 15
GONE, SETTLED = Refusal("staff.missed.no-such-answer"), Refusal("staff.missed.settled")
Keep = Callable[[str], Awaitable[int]]
"""Keeps the text of a new entry as somebody's draft; the number of its version."""


class Edits(Protocol):
    """How answers are changed: under the rules of editing, in the same transaction."""

    async def add_phrasing(self, slug: str, text: str, staff_id: int) -> str | None:
        """One more way to ask for an entry. The text id of why it was not done, None where it was."""
        ...


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask for much the same. `id` is the number of the one that leads it, the oldest; `texts` are all
    different ones, the leader's first; `suggested` are ids of entries that come nearest."""

    id: int
    questions: tuple[int, ...]
    texts: tuple[str, ...]
    first: dt.datetime
    last: dt.datetime
    suggested: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How often it was asked."""
        return len(self.questions)

    @property
    def samples(self) -> tuple[str, ...]:
        """A few of its texts."""
        return self.texts[:SAMPLES]


@dataclass(frozen=True, slots=True)
class Fixed:
    """What came of a new phrasing: how many questions it settled, and how many of the group's `of` texts are answered
    by that entry now; where it `waits` for a second person, so many will be."""

    settled: int
    answered: int
    of: int
    waits: bool = False


async def groups(unit: Unit, index: Index, most: int = SHOWN) -> list[Group]:
    """What is missed, the most asked first, then the newest. Some 5 ms of a thread's time for each group."""
    newest = select(Question).where(_missed()).order_by(col(Question.id).desc()).limit(NEWEST)
    rows = list((await unit.session.execute(newest)).scalars())[::-1]
    return await asyncio.to_thread(_groups, rows, index, most)


async def count(unit: Unit) -> Count:
    """How many questions are missed, and since when the oldest of them waits."""
    statement = select(func.count(), func.min(col(Question.at))).where(_missed())
    number, oldest = (await unit.session.execute(statement)).one()
    return Count(number, oldest)


async def add_phrasing(
    unit: Unit, group: Group, slug: str, staff: Colleague, index: Index, edits: Edits, audit: Audit,
    text: str | None = None,
) -> Fixed | Refusal:  # fmt: skip
    """The group's leader, or `text`, becomes a way to ask for an entry, and every text of the group is asked again:
    those that are not answered even so stay open."""
    if slug not in index.targets:
        return GONE
    taken = await _settle(unit, group, "done", staff)
    if not taken:
        return SETTLED
    words = text or group.texts[0]
    if why := await edits.add_phrasing(slug, words, staff.id):
        await reopen(unit, list(taken))
        return Refusal(why)
    await audit("missed question added to", f"question {group.id} entry {slug}")
    answered = await asyncio.to_thread(answered_by, index, words, slug, group.texts)
    await reopen(unit, [number for number, asked in taken.items() if asked not in answered])
    settled = [number for number, asked in taken.items() if asked in answered]
    draft = await versions.draft_of(unit, "entry", slug, staff.id)
    if draft is not None:
        await put_aside(unit, settled, draft.id)
    return Fixed(len(settled), len(answered), len(group.texts), waits=draft is not None)


async def not_for_us(unit: Unit, group: Group, staff: Colleague, audit: Audit) -> int:
    """Nothing that this place answers; how many questions that settled."""
    settled = await _settle(unit, group, "not-ours", staff)
    if settled:
        await audit("missed question not for us", f"question {group.id}")
    return len(settled)


async def write_new(unit: Unit, group: Group, staff: Colleague, audit: Audit, keep: Keep) -> Refusal | None:
    """A new entry is begun, asked for as the group asks; its questions wait for it. None where that is done."""
    taken = await _settle(unit, group, "done", staff)
    if not taken:
        return SETTLED
    await audit("missed question to be answered", f"question {group.id}")
    await put_aside(unit, list(taken), await keep(new_entry(group)))
    return None


def new_entry(group: Group) -> str:
    """An entry's file in the right shape, its phrasings filled in, everything else to be written."""
    lines = (f"  - {json.dumps(text, ensure_ascii=False)}" for text in group.texts[:MOST_PHRASINGS])
    return NEW_ENTRY.read_text(encoding="utf-8").replace("{phrasings}", "\n".join(lines))


def answered_by(index: Index, phrasing: str, slug: str, texts: Sequence[str]) -> frozenset[str]:
    """The texts that an entry would answer once it is asked for with one phrasing more."""
    taught = index.taught(Phrase(phrasing, slug))
    return frozenset(text for text in texts if slug in decide(taught, taught.read(text)).answered)


def _missed() -> ColumnElement[bool]:
    """Nobody could answer, nothing of the choice was tapped, or what was shown did not help."""
    unanswered = and_(col(Question.state) == "open", col(Question.route).in_(("unknown", "choose")))
    unhelpful = and_(col(Question.state).in_(("open", CHOSEN)), col(Question.helped).is_(False))
    return or_(and_(unanswered, col(Question.helped).is_not(True)), unhelpful)


def _groups(rows: Sequence[Question], index: Index, most: int) -> list[Group]:
    asked = [Asked(row.text, meaning_of(row, index)) for row in rows]
    made = [_group([rows[at] for at in places]) for places in grouped(asked)]
    made.sort(key=lambda group: (-group.count, -group.last.timestamp(), group.id))
    return [_with_suggestions(group, index) for group in made[:most]]


def _group(rows: Sequence[Question]) -> Group:
    return Group(
        id=rows[0].id,
        questions=tuple(row.id for row in rows),
        texts=tuple(dict.fromkeys(row.text for row in rows)),
        first=min(row.at for row in rows),
        last=max(row.at for row in rows),
    )


def _with_suggestions(group: Group, index: Index) -> Group:
    candidates = index.rank(index.read(group.texts[0])).candidates
    entries = tuple(candidate.target for candidate in candidates if "/" in candidate.target)
    return Group(group.id, group.questions, group.texts, group.first, group.last, entries[:SUGGESTED])


def meaning_of(row: Question, index: Index) -> Floats | None:
    """What a question means, as it was remembered; None where it was not, or by another encoder."""
    kept = recall(index, row.text, row.vector) if row.vector else None
    return kept.versions[-1].sense.whole if kept and kept.versions else None


async def _settle(unit: Unit, group: Group, state: State, staff: Colleague) -> dict[int, str]:
    """What this act settles, with the texts: not what somebody else has settled meanwhile."""
    statement = (
        update(Question)
        .where(col(Question.id).in_(group.questions), col(Question.state).in_(("open", CHOSEN)))
        .values(state=state, settled_by=staff.id)
        .returning(col(Question.id), col(Question.text))
    )
    return {row.id: row.text for row in (await unit.session.execute(statement)).all()}
