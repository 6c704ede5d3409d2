"""Missed questions: what nobody could answer, and the tap that turns it into a way to ask for an answer."""

from __future__ import annotations

from handlers import buttons
from handlers.buttons import Verb
from handlers.keeping import Keeping
from handlers.kept import Change, Missed
from handlers.marks import mark_of, marked
from handlers.replies import numbered, rows
from handlers.staff.reviewing import verdict_blocks
from handlers.staff.work import Work, done, link, parts, told
from handlers.turn import Button, Outcome, Reply
from knowledge.prose import Span, Steps

SHORT = 40
"""Characters of a question on a button."""


async def groups(work: Work, desk: Keeping) -> Outcome:
    """The most asked first."""
    found = await desk.missed()
    if not found:
        return told(work, "staff.keep.missed.none")
    choices = [(_label(work, each), buttons.encode(Verb.STAFF, parts("group", each.id))) for each in found]
    reply, tokens = numbered(work.ports, work.ports.texts.blocks("staff.keep.missed"), choices)
    back = rows(link(work, "staff.button.menu", "menu"))
    return done(work, reply.model_copy(update={"buttons": (*reply.buttons, *back)}), choices=tokens)


async def group(work: Work, desk: Keeping, number: int) -> Outcome:
    """What was asked, and the answers that come nearest. (These buttons cannot be typed as numbers: a change is tried
    out when its button is tapped.)"""
    found = next((each for each in await desk.missed() if each.id == number), None)
    if found is None:
        return told(work, "staff.missed.settled", link(work, "staff.button.missed", "missed"))
    samples = Steps(items=tuple((Span(text=each),) for each in found.samples), ordered=False)
    blocks = (*work.ports.texts.blocks("staff.keep.group", count=found.count), samples)
    how = work.ports.texts.blocks("staff.keep.group.how") if found.suggested else ()
    ours = tuple((button,) for button in _suggestions(work, found))
    others = rows(
        link(work, "staff.button.not-ours", "notours", number),
        link(work, "staff.button.missed", "missed"),
        link(work, "staff.button.menu", "menu"),
    )
    return done(work, Reply(blocks=(*blocks, *how), buttons=(*ours, *others)))


async def add(work: Work, desk: Keeping, number: int, mark: str, *, anyway: bool) -> Outcome:
    """It becomes a way to ask for an answer: live, or sent to a second person."""
    slug = marked(mark, work.ports.library.entries)
    if slug is None:
        return told(work, "staff.missed.no-such-answer")
    change = await desk.add_phrasing(number, slug, anyway=anyway)
    back = link(work, "staff.button.missed", "missed")
    if change.came == "refused":
        return told(work, change.why, link(work, "staff.button.back", "group", number), back, **change.facts)
    if change.came == "worse":
        return _worse(work, change, number, mark)
    counted = {"settled": change.settled, "answered": change.answered, "texts": change.texts}
    title = work.ports.library.entry(slug).title
    return told(work, f"staff.keep.added-{change.came}", back, title=title, **counted)


async def not_ours(work: Work, desk: Keeping, number: int) -> Outcome:
    """Nothing that this place answers."""
    settled = await desk.not_for_us(number)
    back = link(work, "staff.button.missed", "missed")
    return told(work, "staff.keep.not-ours" if settled else "staff.missed.settled", back, settled=settled)


def _worse(work: Work, change: Change, number: int, mark: str) -> Outcome:
    blocks = verdict_blocks(work, change.verdict) if change.verdict is not None else ()
    ways = rows(
        link(work, "staff.button.anyway", "add", number, mark, "yes"),
        link(work, "staff.button.back", "group", number),
        link(work, "staff.button.menu", "menu"),
    )
    return done(work, Reply(blocks=(*work.ports.texts.blocks("staff.keep.worse"), *blocks), buttons=ways))


def _suggestions(work: Work, found: Missed) -> list[Button]:
    return [
        link(work, "staff.button.add-to", "add", found.id, mark_of(entry.id), title=entry.title)
        for entry in work.ports.library.known(found.suggested)
    ]


def _label(work: Work, each: Missed) -> str:
    first = each.samples[0] if each.samples else ""
    words = first if len(first) <= SHORT else f"{first[:SHORT].rstrip()}…"
    return work.ports.texts.say("staff.keep.missed.row", words=words, count=each.count)
