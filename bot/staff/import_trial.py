"""A sheet is tried out as a whole before it is done: names and other names of organisations are ways to find answers,
and one of them may take the place of an alarm."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.staff.outcomes import Refusal, Rehearsal
from knowledge.check_one import with_files
from knowledge.library import Library
from knowledge.search.noticed import noticed
from knowledge.sheets import Fault, Plan, Planned

Rehearse = Callable[[Mapping[str, str | None]], Awaitable[Rehearsal | Refusal]]
"""Tries out texts of organisations by their ids, all at once; slow."""
NOT_TRIED = Fault(None, None, "not-tried")


@dataclass(frozen=True, slots=True)
class Trial:
    """Texts by their ids that were tried out on the content of a revision, and the fault that keeps them from going
    live."""

    texts: Mapping[str, str | None] = field(default_factory=dict)
    revision: str | None = None
    fault: Fault | None = None


async def try_out(plan: Plan, library: Library, rehearse: Rehearse | None) -> Trial | None:
    """A plan on a library in; None where the search would notice nothing of it. Without `rehearse` nothing can be tried
    out, which is a fault."""
    if not to_try(plan, library):
        return None
    if rehearse is None:
        return Trial(fault=NOT_TRIED)
    found = await rehearse(texts_of(plan.news))
    if isinstance(found, Refusal):
        return Trial(fault=Fault(None, None, "why", {"why": str(found.facts.get("why", found.text_id))}))
    fault = await _blocked(plan.news, rehearse, found) if found.replay.blocked else None
    return Trial(texts_of(plan.news), found.revision, fault)


def to_try(plan: Plan, library: Library) -> bool:
    """Would the search notice anything of what goes live at once?"""
    if plan.kind != "organisation" or not plan.news:
        return False
    return noticed(with_files(library, plan.kind, texts_of(plan.news))) != noticed(library)


def fault_in(plan: Plan, library: Library, trial: Trial | None, revision: str | None) -> Fault | None:
    """Why a plan may not be done: it was not tried out just so, on what is answered with now, or it failed."""
    if not to_try(plan, library):
        return None
    if trial is None:
        return NOT_TRIED
    return trial.fault or (None if (trial.texts, trial.revision) == (texts_of(plan.news), revision) else NOT_TRIED)


def texts_of(rows: Sequence[Planned]) -> dict[str, str | None]:
    """The files that rows would write, by their ids."""
    return {row.slug: row.text for row in rows}


async def _blocked(rows: Sequence[Planned], rehearse: Rehearse, found: Rehearsal) -> Fault:
    """The row with which the first message of danger would be met in another way: without it and those below it none
    is. Halving finds it in a dozen trials, however long the sheet is."""
    fine, blocked = 0, len(rows)
    while blocked - fine > 1:
        middle = (fine + blocked) // 2
        tried = await rehearse(texts_of(rows[:middle]))
        if isinstance(tried, Rehearsal) and tried.replay.blocked:
            blocked, found = middle, tried
        else:
            fine = middle
    messages = found.replay.blocked
    facts = {"count": len(messages), "example": messages[0].asked.message.text}
    return Fault(rows[blocked - 1].row, None, "blocked", facts)
