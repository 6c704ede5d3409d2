"""How an entry looks as a message: what it answers, whom to contact, whose advice it is and when it was checked."""

from __future__ import annotations

import datetime as dt
import re

from handlers import buttons
from handlers.buttons import Verb
from handlers.contacts import contact, fallback_numbers, full_contact, nearest_first
from handlers.ports import Ports
from handlers.replies import bold, button, rows
from handlers.turn import Button, Reply
from knowledge.entry import Entry, Organisation
from knowledge.prose import Block, Paragraph, Span, line, plain

SHOWN_AT_FIRST = 2
"""Organisations under an answer; the others stand behind More."""
NUMBER = re.compile(r"\d{3}")
WITHHELD_AFTER = dt.timedelta(days=14)
"""How long after its review was due an answer is still shown in a live place."""


def first_message(ports: Ports, entry: Entry, area: str | None = None) -> Reply:
    """The entry as it is answered with at first. In a live place one that nobody vouches for is withheld."""
    helpers = nearest_first(ports.library.helpers(entry), ports.library.place, area) if area else ()
    helpers = helpers or ports.library.helpers(entry)
    shown = body(ports, entry), helpers
    blocks, first = shown if may_show(ports, entry) else (withheld(ports, entry), _to_ring(helpers))
    return Reply(
        blocks=(*blocks, *(contact(ports, o) for o in first[:SHOWN_AT_FIRST]), *standing(ports, entry)),
        buttons=_under_first(ports, entry, helpers),
    )


def may_show(ports: Ports, entry: Entry) -> bool:
    """Has somebody signed it off, and is its review not long overdue? Everything may be shown where nothing is live
    yet."""
    if not ports.library.place.live:
        return True
    due = entry.review_due()
    return entry.signed_off and due is not None and ports.now.date() <= due + WITHHELD_AFTER


def body(ports: Ports, entry: Entry) -> tuple[Block, ...]:
    """Emergency line, what the team says for a while, the bold line that answers, the steps. A bold line that holds a
    number, such as 999 or a helpline's, stands before the team's words."""
    emergency = (line(entry.emergency),) if entry.emergency else ()
    notices = tuple(map(bold, ports.notices.get(entry.id, ())))
    lead = Paragraph(spans=entry.lead)
    above = (lead, *notices) if NUMBER.search(plain(entry.lead)) else (*notices, lead)
    return (*emergency, *above, *entry.first)


def withheld(ports: Ports, entry: Entry) -> tuple[Block, ...]:
    """In place of advice that nobody has signed off, or not lately. Where nobody of its own has a number to ring, the
    place's numbers."""
    said = ports.texts.blocks("answer.overdue" if entry.signed_off else "answer.withheld", title=entry.title)
    reachable = any(organisation.phone for organisation in ports.library.helpers(entry))
    return said if reachable else (*said, *fallback_numbers(ports))


def _to_ring(helpers: tuple[Organisation, ...]) -> tuple[Organisation, ...]:
    """Those with a phone number first: it stands in place of the advice."""
    return tuple(sorted(helpers, key=lambda organisation: not organisation.phone))


def standing(ports: Ports, entry: Entry) -> tuple[Block, ...]:
    """Whose advice it is, when it was checked; and that it is a draft, where it is one."""
    if not may_show(ports, entry):
        return ()
    whose = entry.authority or ports.texts.say("answer.general-advice")
    if entry.signed_off and entry.checked_on:
        checked = ports.texts.say("answer.checked", date=day_words(ports, entry.checked_on.isoformat()))
        return (line(f"{whose}. {checked}", small=True),)
    unchecked = ports.texts.say("answer.unchecked")
    return (line(f"{whose}. {unchecked}", small=True), line(ports.texts.say("answer.draft"), small=True))


def day_words(ports: Ports, iso_date: str) -> str:
    """'3 March 2026'."""
    year, month, day = iso_date.split("-")
    return f"{int(day)} {ports.texts.say(f'month.{int(month)}')} {year}"


def _under_first(ports: Ports, entry: Entry, helpers: tuple[Organisation, ...]) -> tuple[tuple[Button, ...], ...]:
    visit = button(ports, "button.visit", Verb.VISIT, "start") if entry.visit else None
    more = button(ports, "button.more", Verb.MORE, entry.id) if has_more(ports, entry) else None
    wrong = button(ports, "button.wrong", Verb.WRONG, entry.id) if helpers else None
    return rows(
        button(ports, "button.helped", Verb.HELPED, entry.id),
        button(ports, "button.not-meant", Verb.NOT_MEANT, entry.id),
        visit,
        more,
        wrong,
    )


def has_more(ports: Ports, entry: Entry) -> bool:
    """Is there anything behind More?"""
    return may_show(ports, entry)


def more_message(ports: Ports, entry: Entry) -> Reply:
    """The rest of an entry: more words, every organisation in full, the sources."""
    helpers = ports.library.helpers(entry)
    if not may_show(ports, entry):
        return first_message(ports, entry)
    return Reply(
        blocks=(
            bold(entry.title),
            *entry.more,
            *(block for organisation in helpers for block in full_contact(ports, organisation)),
            *sources(ports, entry),
        ),
        buttons=rows(
            button(ports, "button.take-away", Verb.TAKE_AWAY, entry.id),
            button(ports, "button.near-me", Verb.NEAR, entry.id) if _has_local(helpers) else None,
            button(ports, "button.wrong", Verb.WRONG, entry.id) if helpers else None,
            button(ports, "button.person", Verb.PERSON),
        ),
    )


def _has_local(helpers: tuple[Organisation, ...]) -> bool:
    return len(helpers) > 1 and any(o.area != "national" for o in helpers)


def sources(ports: Ports, entry: Entry) -> tuple[Block, ...]:
    """Where the facts were read, each a link, and how old they are."""
    spans: list[Span] = [Span(text=ports.texts.say("answer.sources"))]
    for place, source in enumerate(entry.sources):
        spans += [Span(text="; " if place else " "), Span(text=source.name, href=source.url)]
    aged = ports.texts.say("answer.facts-as-of", date=entry.facts_as_of) if known_age(entry) else ""
    return (Paragraph(spans=(*spans, Span(text=f". {aged}".rstrip())), small=True),)


def known_age(entry: Entry) -> bool:
    """Does the fact sheet say how old the facts are?"""
    return entry.facts_as_of not in (None, "unknown")


def show_token(slug: str) -> str:
    """The token of a button that shows an entry."""
    return buttons.encode(Verb.SHOW, slug)
