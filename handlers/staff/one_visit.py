"""One visit as the people see it who go there, and the buttons for what can be done about it now.

Only here is the address shown; name and phone number stand on the ring list too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handlers.contacts import tel
from handlers.office import StaffVisit
from handlers.replies import rows
from handlers.staff.work import Work, done, link, told
from handlers.turn import Button, Outcome, Reply
from handlers.visits.saying import local, safely, span_words
from knowledge.prose import Block, Paragraph, Span, Steps

ENDS = ("done", "not_in", "refused")


def show(work: Work, visit: StaffVisit) -> Outcome:
    """Everything about one visit."""
    return done(work, Reply(blocks=tuple(_blocks(work, visit)), buttons=ways(work, visit)))


def none(work: Work) -> Outcome:
    """There is no such visit for this person; whether there is one for others is not said."""
    return told(work, "staff.visit.none")


async def after(work: Work, visit: StaffVisit, text_id: str, **facts: object) -> Outcome:
    """What was done or not done to a visit, in one line; under it what can be done now."""
    now = await work.office.visit(visit.id) or visit
    blocks = work.ports.texts.blocks(text_id, reference=visit.reference, **facts)
    return done(work, Reply(blocks=blocks, buttons=ways(work, now)))


def ways(work: Work, visit: StaffVisit) -> tuple[tuple[Button, ...], ...]:
    """What can be done about a visit at this moment."""
    kept = visit.state != "cancelled"
    return rows(
        *_on_the_day(work, visit),
        _switch(work, visit, "follow", visit.follow_up) if kept else None,
        link(work, "staff.button.note", "note", visit.id) if kept else None,
        _switch(work, visit, "flag", visit.safeguarding) if kept else None,
        link(work, "staff.button.refer", "refer", visit.id) if kept else None,
        link(work, "staff.button.swap", "swap", visit.id) if visit.state == "booked" and work.may("swap") else None,
        link(work, "staff.button.visit", "visit", visit.id, reference=visit.reference),
        link(work, "staff.button.round", "day", local(work.ports, visit.starts).date()),
        link(work, "staff.button.menu", "menu"),
    )


def _on_the_day(work: Work, visit: StaffVisit) -> Iterator[Button]:
    day = local(work.ports, visit.starts).date()
    booked, today = visit.state == "booked", day == work.today
    if (not booked and not (today and visit.state in ENDS)) or day > work.today:
        return
    if booked and today and work.ports.now < visit.ends:
        yield link(work, "staff.button.on-our-way", "way", visit.id)
    for end in (end for end in ENDS if end != visit.state):  # on the same day another end may be put right
        yield link(work, f"staff.button.{end}", "ask", visit.id, end)


def _switch(work: Work, visit: StaffVisit, what: str, on: bool) -> Button:
    way = "no" if on else "yes"
    return link(work, f"staff.button.{what}-{way}", what, visit.id, way)


def _blocks(work: Work, visit: StaffVisit) -> Iterator[Block]:
    texts = work.ports.texts
    when = span_words(work.ports, visit.starts, visit.ends)
    yield from texts.blocks("staff.visit", reference=visit.reference, when=when)
    if visit.state != "booked":
        yield from texts.blocks("staff.visit.state", state=texts.say(f"staff.state.{visit.state}"))
    if visit.safeguarding:
        yield from texts.blocks("staff.visit.safeguarding")
    yield Steps(items=tuple(_facts(work, visit)), ordered=False)
    if visit.why:
        yield from texts.blocks("staff.visit.risks", points=visit.points)
        yield Steps(items=tuple(_item(work, "risk", label=label, points=n) for label, n in visit.why), ordered=False)
    if visit.notes:
        yield from texts.blocks("staff.visit.notes")
        yield Steps(items=tuple((Span(text=note),) for note in visit.notes.splitlines()), ordered=False)


def _facts(work: Work, visit: StaffVisit) -> Iterator[tuple[Span, ...]]:
    """A line for each thing that is known; what was not said or is erased by now has none."""
    if not (visit.name or visit.phone or visit.address):
        yield _item(work, "erased")
    address = ", ".join(filter(None, (visit.address, visit.postcode)))
    said = {
        "where": address, "who": visit.name, "phone": visit.phone, "for": _listed(visit.reasons),
        "safe": safely(work.ports.texts, visit.safe),
        "needs": visit.needs, "word": visit.word, "going": _listed(name for _, name in visit.visitors),
        "source": visit.source,
    }  # fmt: skip
    for name, words in said.items():
        if words:
            yield _item(work, name, words=words, **({"tel": tel(words)} if name == "phone" else {}))
    yield from (_item(work, name) for name in _signs(visit))


def _signs(visit: StaffVisit) -> Iterator[str]:
    """What is so or not so of a visit."""
    yield f"priority-{visit.priority}"
    if visit.reach:
        yield f"reach-{visit.reach}"
    if visit.for_other:
        yield "for-other"
    if visit.follow_up:
        yield "follow-up"
    for consent in ("partners", "feedback"):
        yield f"{consent}-{'yes' if consent in visit.consents else 'no'}"


def _item(work: Work, name: str, **facts: object) -> tuple[Span, ...]:
    blocks = work.ports.texts.blocks(f"staff.visit.{name}", **facts)
    return tuple(span for block in blocks if isinstance(block, Paragraph) for span in block.spans)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
