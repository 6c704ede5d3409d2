"""Answers that are due: read one, say that it is still correct, or send other words for it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import answer, buttons
from handlers.buttons import Verb
from handlers.keeping import Keeping
from handlers.kept import Change, Due, Verdict
from handlers.marks import mark_of, marked
from handlers.replies import bold, numbered, rows
from handlers.staff.asking import ask
from handlers.staff.work import Work, done, link, page_of, parts, told
from handlers.turn import Button, Outcome, Reply, Turn, Waiting
from knowledge.entry import Entry
from knowledge.prose import Block, Paragraph, Span, Steps, line

A_PAGE = 8
CHANGED = "staff.review.changed"
"""Why an answer is not confirmed that does not say any more what was read."""
EDIT = "edit"
"""The step of the form that awaits an answer's words."""


async def due(work: Work, desk: Keeping, page: int = 0) -> Outcome:
    """What is to be confirmed, the longest due first."""
    found = await desk.due()
    if not found:
        return told(work, "staff.keep.due.none")
    shown, following = page_of(found, page, A_PAGE)
    choices = [(_label(work, each), buttons.encode(Verb.STAFF, parts("review", mark_of(each.slug)))) for each in shown]
    reply, tokens = numbered(work.ports, work.ports.texts.blocks("staff.keep.due", count=len(found)), choices)
    onward = link(work, "staff.button.more", "reviews", following) if following else None
    ways = rows(onward, link(work, "staff.button.menu", "menu"))
    return done(work, reply.model_copy(update={"buttons": (*reply.buttons, *ways)}), choices=tokens)


async def show(work: Work, desk: Keeping, mark: str, first: Sequence[Block] = ()) -> Outcome:
    """One answer as residents read it, all of it; below what is to be said first."""
    slug = marked(mark, work.ports.library.entries)
    found = await desk.live(slug) if slug is not None else None
    if found is None:
        return told(work, "staff.review.gone")
    entry = found.entry
    checked = answer.standing(work.ports, entry)
    ways = rows(
        link(work, "staff.button.still-correct", "correct", mark, found.mark),
        link(work, "staff.button.edit", "edit", mark),
        link(work, "staff.button.later", "reviews", 0),
    )
    blocks = (*first, bold(entry.title), *answer.body(work.ports, entry), *entry.more, *checked)
    return done(work, Reply(blocks=blocks, buttons=ways))


async def still_correct(work: Work, desk: Keeping, mark: str, seen: str) -> Outcome:
    """The one tap that confirms what was read; where somebody changed it since, it is shown as it is now."""
    entry = _entry(work, mark)
    change = await desk.still_correct(entry.id, seen) if entry is not None else None
    again = link(work, "staff.button.reviews", "reviews", 0)
    if entry is None or change is None:
        return told(work, "staff.review.gone", again)
    if change.why == CHANGED:
        return await show(work, desk, mark, work.ports.texts.blocks(CHANGED))
    if change.came == "refused":
        return told(work, change.why, again, **change.facts)
    return told(work, "staff.keep.correct.done", again, title=entry.title)


async def ask_words(work: Work, desk: Keeping, mark: str) -> Outcome:
    """Show the words as they are written, and ask for the new ones."""
    slug = marked(mark, work.ports.library.entries)
    found = await desk.read(slug) if slug is not None else None
    if found is None:
        return told(work, "staff.review.gone")
    data = {"slug": found.slug, "base": str(found.version)}
    asked = ask(work, EDIT, data, link(work, "staff.button.leave-it", "review", mark), title=found.title)
    first = work.ports.texts.blocks("staff.keep.edit.drafted") if found.drafted else ()
    said = asked.replies[0]
    blocks = (*first, *said.blocks, line(found.words.strip()))
    return asked.model_copy(update={"replies": (said.model_copy(update={"blocks": blocks}),)})


async def edited(turn: Turn, work: Work, desk: Keeping, waiting: Waiting) -> Outcome:
    """The new words: kept as a draft, and shown as residents would read them."""
    slug, base = waiting.data["slug"], int(waiting.data["base"])
    change = await desk.edit(slug, turn.text, base)
    again = link(work, "staff.button.edit-again", "edit", mark_of(slug))
    if change.came == "refused":
        return told(work, change.why, again, _discard(work, change), **change.facts)
    texts = work.ports.texts
    intro = texts.blocks("staff.keep.edit.faulty" if change.faults else "staff.keep.edit.kept")
    warned = (*texts.blocks("staff.keep.edit.warnings"), _listed(*change.warnings)) if change.warnings else ()
    faults = (_listed(*change.faults),) if change.faults else ()
    blocks = (*intro, *faults, *warned, *_preview(change))
    back = link(work, "staff.button.menu", "menu")
    ways = rows(_onward(work, change), again, _discard(work, change), back)
    return done(work, Reply(blocks=blocks, buttons=ways))


async def try_out(work: Work, desk: Keeping, version: int) -> Outcome:
    """What would be answered differently; then it can be published."""
    change = await desk.try_out(version)
    if change.verdict is None:
        again = link(work, "staff.button.try", "try", version)
        return told(work, change.why or "staff.keep.not-ready", again, **change.facts)
    publish = link(work, "staff.button.publish", "publish", version) if not change.verdict.blocked else None
    ways = rows(publish, _discard(work, change), link(work, "staff.button.menu", "menu"))
    return done(work, Reply(blocks=verdict_blocks(work, change.verdict), buttons=ways))


async def publish(work: Work, desk: Keeping, version: int) -> Outcome:
    """Live, or why not."""
    change = await desk.publish(version)
    if change.came == "refused":
        return told(work, change.why, link(work, "staff.button.try", "try", version), **change.facts)
    return told(work, "staff.keep.live")


async def submit(work: Work, desk: Keeping, version: int) -> Outcome:
    """To a second person."""
    change = await desk.submit(version)
    if change.came == "refused":
        return told(work, change.why, **change.facts)
    return told(work, "staff.keep.waiting")


async def discard(work: Work, desk: Keeping, version: int) -> Outcome:
    """A draft is put away."""
    return told(work, "staff.keep.discarded" if await desk.discard(version) else "staff.edit.gone")


def verdict_blocks(work: Work, verdict: Verdict) -> tuple[Block, ...]:
    """How known messages would be met with a change: numbers, and a few of the worse ones."""
    texts = work.ports.texts
    if verdict.blocked:
        return texts.blocks("staff.edit.blocked", count=verdict.blocked)
    numbers = verdict.model_dump(include={"of", "better", "worse", "changed"})
    examples = (*texts.blocks("staff.keep.verdict.worse"), _listed(*verdict.examples)) if verdict.examples else ()
    return (*texts.blocks("staff.keep.verdict", **numbers), *examples)


def _label(work: Work, each: Due) -> str:
    if each.due is None:
        return work.ports.texts.say("staff.keep.due.never", title=each.title)
    words = answer.day_words(work.ports, each.due.isoformat())
    return work.ports.texts.say("staff.keep.due.since", title=each.title, date=words)


def _entry(work: Work, mark: str) -> Entry | None:
    slug = marked(mark, work.ports.library.entries)
    return work.ports.library.entries.get(slug) if slug is not None else None


def _onward(work: Work, change: Change) -> Button | None:
    if change.faults:
        return None
    if change.may_publish:
        return link(work, "staff.button.try", "try", change.version)
    return link(work, "staff.button.submit", "submit", change.version)


def _discard(work: Work, change: Change) -> Button | None:
    return link(work, "staff.button.discard", "discard", change.version) if change.version is not None else None


def _preview(change: Change) -> tuple[Block, ...]:
    entry = change.preview
    return (Paragraph(spans=entry.lead), *entry.first, *entry.more) if entry is not None else ()


def _listed(*items: str) -> Steps:
    return Steps(items=tuple((Span(text=item),) for item in items), ordered=False)
