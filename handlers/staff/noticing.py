"""Notices: a few words beside an organisation for a while, "closed this week"."""

from __future__ import annotations

from handlers import answer, buttons
from handlers.buttons import Verb
from handlers.keeping import PUBLISHERS, Keeping
from handlers.kept import Standing
from handlers.marks import mark_of, marked
from handlers.replies import numbered, rows
from handlers.staff.asking import ask
from handlers.staff.work import Work, done, link, number, parts, told
from handlers.turn import Button, Outcome, Reply, Turn, Waiting
from handlers.visits.saying import local
from knowledge.prose import Block, line

FIND, WORDS = "find", "notice"
"""The steps of the form: an organisation's name, and the words of a notice."""
DAYS = (1, 3, 7, 30)
MOST = 8
"""Notices shown, and organisations offered."""


async def standing(work: Work, desk: Keeping) -> Outcome:
    """Those that stand, each with the button that ends it."""
    found = await desk.notices()
    texts = work.ports.texts
    intro = texts.blocks("staff.keep.notices" if found else "staff.keep.notices.none", count=len(found))
    shown = tuple(block for each in found[:MOST] for block in _said(work, each))
    ends = [
        link(work, "staff.button.end-notice", "endnotice", each.id, number=each.id)
        for each in found[:MOST]
        if _may_end(work, each)
    ]
    ways = rows(*ends, link(work, "staff.button.new-notice", "find"), link(work, "staff.button.menu", "menu"))
    return done(work, Reply(blocks=(*intro, *shown), buttons=ways))


async def end(work: Work, desk: Keeping, which: int) -> Outcome:
    """Take one down."""
    ended = await desk.end_notice(which)
    return told(work, "staff.keep.notice.ended" if ended else "staff.keep.notice.gone", _again(work))


def ask_name(work: Work) -> Outcome:
    """Ask which organisation it is about."""
    return ask(work, FIND, {}, _again(work))


def named(turn: Turn, work: Work) -> Outcome:
    """Organisations whose name or another name of theirs holds the words."""
    words = " ".join(turn.text.casefold().split())
    held = work.ports.library.organisations.values()
    found = [each for each in held if any(words in name.casefold() for name in (each.name, *each.aliases))]
    if not words or not found:
        return told(work, "staff.keep.find.none", link(work, "staff.button.new-notice", "find"))
    found.sort(key=lambda each: (len(each.name), each.name))
    choices = [(each.name, buttons.encode(Verb.STAFF, parts("about", mark_of(each.id)))) for each in found[:MOST]]
    reply, tokens = numbered(work.ports, work.ports.texts.blocks("staff.keep.find.which"), choices)
    ways = rows(link(work, "staff.button.new-notice", "find"), link(work, "staff.button.menu", "menu"))
    return done(work, reply.model_copy(update={"buttons": (*reply.buttons, *ways)}), choices=tokens)


def ask_days(work: Work, mark: str) -> Outcome:
    """Ask for how long, before the words: so they need not be kept while something else is asked."""
    about = marked(mark, work.ports.library.organisations)
    if about is None:
        return told(work, "staff.notice.about-nothing")
    ways = [link(work, f"staff.button.days-{days}", "days", mark, days) for days in DAYS]
    return told(work, "staff.keep.notice.days", *ways, name=work.ports.library.organisations[about].name)


def ask_words(work: Work, mark: str, days: int) -> Outcome:
    """Ask what residents should read."""
    about = marked(mark, work.ports.library.organisations)
    if about is None or days not in DAYS:
        return told(work, "staff.notice.about-nothing")
    name = work.ports.library.organisations[about].name
    return ask(work, WORDS, {"about": about, "days": str(days)}, _again(work), name=name)


async def said(turn: Turn, work: Work, desk: Keeping, waiting: Waiting) -> Outcome:
    """The words: residents read them from now on."""
    about, days = waiting.data["about"], number(waiting.data["days"]) or DAYS[0]
    change = await desk.notice(about, turn.text, days)
    if change.came == "refused":
        again = link(work, "staff.button.try-again", "days", mark_of(about), days)
        return told(work, change.why, again, **change.facts)
    return told(work, "staff.keep.notice.done", _again(work))


def _may_end(work: Work, each: Standing) -> bool:
    """One on an answer is ended by those who may publish answers."""
    return each.about not in work.ports.library.entries or work.me.role in PUBLISHERS


def _again(work: Work) -> Button:
    return link(work, "staff.button.notices", "notices")


def _said(work: Work, each: Standing) -> tuple[Block, ...]:
    library = work.ports.library
    known = library.organisations.get(each.about)
    entry = library.entries.get(each.about)
    name = known.name if known is not None else entry.title if entry is not None else each.about
    date = answer.day_words(work.ports, local(work.ports, each.until).date().isoformat())
    return (*work.ports.texts.blocks("staff.keep.notice", number=each.id, name=name, date=date), line(each.text))
