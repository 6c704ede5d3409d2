"""The ring list: residents whom no message reaches, why they are to be rung, and "rung"."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.contacts import tel
from handlers.office import RingTask
from handlers.replies import rows
from handlers.staff.work import Work, done, link, page_of, told
from handlers.turn import Button, Outcome, Reply
from handlers.visits.saying import safely, slot_words
from knowledge.prose import Block, Paragraph, Span, Steps

A_PAGE = 8
"""Calls in one message."""


async def show(work: Work, page: int = 0) -> Outcome:
    """The calls that are due, oldest first, each with its button."""
    tasks = await work.office.ring_list()
    if not tasks:
        return told(work, "staff.ring.none")
    calls, following = page_of(tasks, page, A_PAGE)
    listed = Steps(items=tuple(tuple(_said(work, call)) for call in calls))
    blocks: tuple[Block, ...] = (*work.ports.texts.blocks("staff.ring", count=len(tasks)), listed)
    pairs = (button for call in calls for button in _buttons(work, call))
    onward = link(work, "staff.button.more", "ring", following) if following else None
    return done(work, Reply(blocks=blocks, buttons=rows(*pairs, onward, link(work, "staff.button.menu", "menu"))))


async def rung(work: Work, task: int) -> Outcome:
    """A call was made, or there was none to make any more."""
    again = link(work, "staff.button.ring", "ring", 0)
    return told(work, "staff.rung" if await work.office.rung(task) else "staff.rung.nothing", again)


def _buttons(work: Work, call: RingTask) -> Iterator[Button]:
    yield link(work, "staff.button.rung", "rung", call.id, reference=call.reference)
    yield link(work, "staff.button.visit", "visit", call.visit_id, reference=call.reference)


def _said(work: Work, call: RingTask) -> Iterator[Span]:
    """'J7M-4Q3, Tuesday 1 December, 10am. Remind them of their visit. Ann, 07700 900123.'"""
    texts = work.ports.texts
    kind = f"staff.ring.why-{call.kind}"
    why = texts.say(kind if texts.has_english(kind) else "staff.ring.why-other")
    when = slot_words(work.ports, call.starts) if call.starts else ""
    yield from _spans(work, "staff.ring.call", reference=call.reference, when=when, why=why)
    if call.phone:
        yield from _spans(work, "staff.ring.phone", name=call.name, phone=call.phone, tel=tel(call.phone))
    else:
        yield from _spans(work, "staff.ring.no-phone", name=call.name)
    if call.safe:
        yield from _spans(work, "staff.ring.safe", words=safely(work.ports.texts, call.safe))


def _spans(work: Work, text_id: str, **facts: object) -> Iterator[Span]:
    for block in work.ports.texts.blocks(text_id, **facts):
        if isinstance(block, Paragraph):
            yield from block.spans
            yield Span(text=" ")
