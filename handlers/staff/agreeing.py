"""Changes of others that wait for a second person: read one, see what it would do, agree to it or send it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handlers import buttons
from handlers.buttons import Verb
from handlers.keeping import Keeping
from handlers.kept import Approval, Change, Proposed
from handlers.replies import bold, numbered, rows
from handlers.staff.asking import ask
from handlers.staff.reviewing import verdict_blocks
from handlers.staff.work import Work, date_words, done, link, page_of, parts, told
from handlers.turn import Button, Outcome, Reply, Turn, Waiting
from handlers.visits.saying import local, slot_words
from knowledge.prose import Block, Span, Steps, line

A_PAGE = 8
BACK = "back"
"""The step of the form that awaits why a change is sent back."""
CHANGED = "staff.edit.changed"
"""Why a change is not done whose words are not those that were read."""
MOST_LINES = 25
"""Of what is new, and of what goes; the rest is read at the console."""


async def waiting(work: Work, desk: Keeping, page: int = 0) -> Outcome:
    """What waits for this person, the longest first."""
    found = await desk.approvals()
    if not found:
        return told(work, "staff.agree.none")
    shown, following = page_of(found, page, A_PAGE)
    choices = [(_label(work, each), buttons.encode(Verb.STAFF, parts("change", each.version))) for each in shown]
    reply, tokens = numbered(work.ports, work.ports.texts.blocks("staff.agree", count=len(found)), choices)
    onward = link(work, "staff.button.more", "changes", following) if following else None
    ways = rows(onward, link(work, "staff.button.menu", "menu"))
    return done(work, reply.model_copy(update={"buttons": (*reply.buttons, *ways)}), choices=tokens)


async def show(work: Work, desk: Keeping, version: int, first: Sequence[Block] = ()) -> Outcome:
    """One change: who wrote it, what is new, what goes; below what is to be said first."""
    found = await desk.proposed(version)
    if found is None:
        return _gone(work)
    ways = rows(
        link(work, "staff.button.rehearse", "rehearse", version, found.mark),
        link(work, "staff.button.send-back", "sendback", version),
        link(work, "staff.button.changes", "changes", 0),
        link(work, "staff.button.menu", "menu"),
    )
    return done(work, Reply(blocks=(*first, *_blocks(work, found)), buttons=ways))


async def rehearse(work: Work, desk: Keeping, version: int, seen: str) -> Outcome:
    """What would be answered differently; then it can be agreed to, unless danger would be met in another way."""
    change = await desk.rehearse(version, seen)
    if change.verdict is None:
        return await _not_done(work, desk, version, seen, change)
    agree = link(work, "staff.button.approve", "approve", version, seen) if not change.verdict.blocked else None
    ways = rows(
        agree,
        link(work, "staff.button.send-back", "sendback", version),
        link(work, "staff.button.change", "change", version),
        link(work, "staff.button.menu", "menu"),
    )
    return done(work, Reply(blocks=verdict_blocks(work, change.verdict), buttons=ways))


async def approve(work: Work, desk: Keeping, version: int, seen: str) -> Outcome:
    """Live, or from the time it was sent for; or why not."""
    change = await desk.approve(version, seen)
    if change.came == "refused":
        return await _not_done(work, desk, version, seen, change)
    return told(work, "staff.keep.live" if change.came == "live" else "staff.agree.later", _changes(work))


async def ask_why(work: Work, desk: Keeping, version: int) -> Outcome:
    """Ask for the reason."""
    found = await desk.proposed(version)
    if found is None:
        return _gone(work)
    leave = link(work, "staff.button.leave-it", "change", version)
    return ask(work, BACK, {"version": str(version)}, leave, title=found.title, who=found.who)


async def sent_back(turn: Turn, work: Work, desk: Keeping, waiting: Waiting) -> Outcome:
    """The reason goes to the author with their draft."""
    version, why = int(waiting.data["version"]), turn.text.strip()
    if not why:
        return await ask_why(work, desk, version)
    if not await desk.send_back(version, why):
        return _gone(work)
    return told(work, "staff.agree.sent-back", _changes(work))


async def _not_done(work: Work, desk: Keeping, version: int, seen: str, change: Change) -> Outcome:
    """Why not; and the words as they are now, where its author has changed them since."""
    if change.why == CHANGED:
        return await show(work, desk, version, work.ports.texts.blocks(CHANGED))
    again = link(work, "staff.button.rehearse", "rehearse", version, seen)
    return told(work, change.why or "staff.keep.not-ready", again, **change.facts)


def _gone(work: Work) -> Outcome:
    return told(work, "staff.agree.over", _changes(work))


def _changes(work: Work) -> Button:
    return link(work, "staff.button.changes", "changes", 0)


def _label(work: Work, each: Approval) -> str:
    day = date_words(work, local(work.ports, each.since).date())
    return work.ports.texts.say("staff.agree.row", title=each.title, who=each.who, day=day)


def _blocks(work: Work, found: Proposed) -> Iterator[Block]:
    texts = work.ports.texts
    yield bold(found.title)
    yield from texts.blocks("staff.agree.by", who=found.who)
    if found.note:
        yield from texts.blocks("staff.agree.note", note=found.note)
    for name, moment in (("starts", found.starts), ("ends", found.ends)):
        if moment is not None:
            yield from texts.blocks(f"staff.agree.{name}", when=slot_words(work.ports, moment))
    for name, lines in (("new", found.new), ("gone", found.gone)):
        yield from texts.blocks(f"staff.agree.{name}" if lines else f"staff.agree.{name}-none")
        yield from _listed(work, lines)


def _listed(work: Work, lines: Sequence[str]) -> Iterator[Block]:
    if lines:
        yield Steps(items=tuple((Span(text=each.strip()),) for each in lines[:MOST_LINES]), ordered=False)
    if (more := len(lines) - MOST_LINES) > 0:
        yield line(work.ports.texts.say("staff.agree.more", count=more))
