"""What a resident reads about a visit later: reminders, an earlier time, who is on the way, and how it was.

None of these messages holds the word for the door: somebody may look over their shoulder.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from handlers import buttons
from handlers.buttons import Verb
from handlers.catalogue import Texts
from handlers.ports import Visitor
from handlers.replies import rows
from handlers.turn import Button, Reply
from knowledge import hours
from knowledge.prose import Block, Frozen, Span, Steps

ANSWERS = {
    "came": ("yes", "no", "waiting"),
    "safer": ("yes", "bit", "no"),
    "kind": ("yes", "bit", "no"),
    "instead": ("999", "101", "gp", "nothing", "else"),
}
"""The questions afterwards, and what may be tapped."""
NEXT = {"came": "safer", "safer": "kind", "kind": "instead"}


class Coming(Frozen):
    """A visit as these messages name it: `starts` in UTC, said on the clocks of `zone`."""

    id: int
    reference: str
    starts: dt.datetime
    zone: str
    visitors: tuple[Visitor, ...] = ()


def reminder(texts: Texts, visit: Coming, *, last: bool) -> Reply:
    """Before a visit: when, what it costs others to miss it, and what can be done. The last one cannot be moved."""
    ask = texts.blocks("reminder.ask-last") if last else texts.blocks("reminder.ask")
    said = texts.blocks("reminder.visit", when=when(texts, visit.starts, visit.zone), reference=visit.reference)
    choices = rows(
        _button(texts, "reminder.in", f"in.{visit.id}"),
        None if last else _button(texts, "reminder.move", f"move.{visit.id}"),
        _button(texts, "reminder.cancel", f"cancel.{visit.id}"),
    )
    return Reply(blocks=(*said, *_who(texts, visit.visitors), *ask), buttons=choices)


def on_the_way(texts: Texts, visit: Coming, *, word: bool, early: bool) -> Reply:
    """On the day: who is about to knock, how to know them where they have a `word`, and how to say no. `early`: the
    visit has not begun, so that it can still be cancelled."""
    said = texts.blocks("on-the-way.visit", when=when(texts, visit.starts, visit.zone), reference=visit.reference)
    door = texts.blocks("on-the-way.word") if word else ()
    no = texts.blocks("on-the-way.no-early" if early else "on-the-way.no")
    cancel = _button(texts, "reminder.cancel", f"cancel.{visit.id}") if early else None
    return Reply(blocks=(*_coming(texts, visit), *said, *_who(texts, visit.visitors), *door, *no), buttons=rows(cancel))


def earlier(texts: Texts, visit: Coming, starts: dt.datetime, until: dt.datetime) -> Reply:
    """An earlier time that is kept for them until a moment; both in UTC."""
    said = texts.blocks(
        "earlier.offer",
        when=when(texts, starts, visit.zone),
        now=when(texts, visit.starts, visit.zone),
        until=when(texts, until, visit.zone),
    )
    take, leave = (
        _button(texts, "earlier.accept", f"accept.{visit.id}"),
        _button(texts, "earlier.decline", f"decline.{visit.id}"),
    )
    return Reply(blocks=said, buttons=rows(take, leave, wide=1))


def came(texts: Texts, visit: Coming) -> Reply:
    """The first question afterwards."""
    said = texts.blocks("after.came", when=when(texts, visit.starts, visit.zone))
    return Reply(blocks=said, buttons=_answers(texts, visit.id, "came"))


def follow_on(texts: Texts, visit_id: int, question: str, answer: str) -> Reply:
    """What follows an answer: the next question, thanks, or, where we did not come, a way to a person."""
    if question == "came" and answer != "yes":
        sorry = texts.blocks("after.sorry-waiting") if answer == "waiting" else texts.blocks("after.sorry")
        person = Button(label=texts.say("button.person"), token=buttons.encode(Verb.PERSON))
        return Reply(blocks=sorry, buttons=rows(person))
    if question in NEXT:
        return _asks(texts, visit_id, NEXT[question])
    return Reply(blocks=texts.blocks("after.thanks"))


def when(texts: Texts, moment: dt.datetime, zone: str) -> str:
    """A moment in UTC and a zone in, 'Tuesday 1 December at 10am' out."""
    local = moment.astimezone(ZoneInfo(zone))
    day, month = texts.say(f"day.{hours.WEEK[local.weekday()]}"), texts.say(f"month.{local.month}")
    return texts.say("reminder.when", day=f"{day} {local.day} {month}", time=hours.clock_words(local))


def _asks(texts: Texts, visit_id: int, question: str) -> Reply:
    return Reply(blocks=texts.blocks(f"after.{question}"), buttons=_answers(texts, visit_id, question))


def _answers(texts: Texts, visit_id: int, question: str) -> tuple[tuple[Button, ...], ...]:
    every = (
        _button(texts, f"after.{question}.{answer}", f"after.{visit_id}.{question}.{answer}")
        for answer in ANSWERS[question]
    )
    return rows(*every, wide=1)


def _coming(texts: Texts, visit: Coming) -> tuple[Block, ...]:
    """'Sam and Alex are on their way.'"""
    *first, last = [visitor.name for visitor in visit.visitors] or [""]
    if not first:
        return texts.blocks("on-the-way.one" if last else "on-the-way.now", name=last)
    return texts.blocks("on-the-way.several", names=texts.say("list.and", first=", ".join(first), last=last))


def _who(texts: Texts, visitors: tuple[Visitor, ...]) -> tuple[Block, ...]:
    if not visitors:
        return ()
    items = tuple((Span(text=f"{visitor.name}, {visitor.role}"),) for visitor in visitors)
    return (*texts.blocks("reminder.who"), Steps(items=items, ordered=False))


def _button(texts: Texts, label_id: str, argument: str) -> Button:
    return Button(label=texts.say(label_id), token=buttons.encode(Verb.VISIT, argument))
