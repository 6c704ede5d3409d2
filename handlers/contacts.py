"""Whom to contact: name, number, cost, and whether somebody answers now. One place for every message that says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import phonenumbers

from handlers.ports import Ports
from knowledge import hours
from knowledge.entry import Hours, Organisation
from knowledge.place import Place
from knowledge.prose import Paragraph, Span


def contact(ports: Ports, organisation: Organisation) -> Paragraph:
    """One organisation in one short paragraph, its name bold, its number a link, and what the team says of it."""
    parts = [*_ways(ports, organisation)]
    if organisation.cost:
        parts.append((Span(text=organisation.cost),))
    if words := open_words(ports, organisation.hours):
        parts.append((Span(text=words),))
    spans = [Span(text=organisation.name, strong=True), Span(text=": ")]
    for place, part in enumerate(parts):
        spans += [Span(text=". ")] if place else []
        spans += part
    notices = (Span(text=f" {words}", strong=True) for words in ports.notices.get(organisation.id, ()))
    return Paragraph(spans=(*(*spans, Span(text=".")), *notices) if parts else (spans[0], *notices))


def full_contact(ports: Ports, organisation: Organisation) -> tuple[Paragraph, ...]:
    """The same, with what it is for, whom it serves, its hours in words and its access."""
    said = (organisation.what_for, organisation.who_for, organisation.hours.words, organisation.access)
    more = " ".join(f"{words.rstrip('.')}." for words in said if words)
    return contact(ports, organisation), Paragraph(spans=(Span(text=more),))


def open_words(ports: Ports, known: Hours) -> str:
    """'Open now, until 5pm', computed; nothing where nothing is known."""
    text_id, facts = hours.describe(hours.state(known, ports.now, ports.bank_holidays), ports.now)
    if text_id == "hours.unknown":
        return ""
    return ports.texts.say(text_id, **{name: _spoken(ports, value) for name, value in facts.items()})


def _spoken(ports: Ports, value: object) -> object:
    if isinstance(value, dt.datetime):
        return hours.clock_words(value)
    if isinstance(value, dt.date):
        return ports.texts.say("date.day-month", day=value.day, month=ports.texts.say(f"month.{value.month}"))
    return ports.texts.say(f"day.{value}") if value in hours.WEEK else value


def _ways(ports: Ports, organisation: Organisation) -> Iterable[tuple[Span, ...]]:
    if organisation.phone:
        yield (Span(text=organisation.phone, href=tel(organisation.phone)),)
    if organisation.text:
        yield (Span(text=_text_words(ports, organisation.text)),)
    if organisation.website:
        yield (Span(text=_bare(organisation.website), href=organisation.website),)
    if organisation.address and not organisation.phone:
        yield (Span(text=organisation.address),)


def _text_words(ports: Ports, text: str) -> str:
    return ports.texts.say("contact.text", number=text) if text[:1].isdigit() else text


def _bare(website: str) -> str:
    return website.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def tel(phone: str) -> str:
    """The tel: address of a number as it is written: in international form, short codes as they are."""
    try:
        parsed = phonenumbers.parse(phone, "GB")
    except phonenumbers.NumberParseException:
        return f"tel:{''.join(c for c in phone if c.isdigit())}"
    if not phonenumbers.is_valid_number(parsed):
        return f"tel:{''.join(c for c in phone if c.isdigit())}"
    return f"tel:{phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)}"


def as_dialled(phone: str) -> str:
    """A number in international form as people here write it: 0116 496 0123. Empty stays empty."""
    if not phone:
        return ""
    return phonenumbers.format_number(phonenumbers.parse(phone, "GB"), phonenumbers.PhoneNumberFormat.NATIONAL)


def nearest_first(organisations: Iterable[Organisation], place: Place, area: str | None) -> tuple[Organisation, ...]:
    """A person's own area first, then the place's areas from the nearest out, then the nation. Stable."""
    order = {known.name: number for number, known in enumerate(place.areas, start=1)}
    return tuple(sorted(organisations, key=lambda o: 0 if o.area == area else order.get(o.area, len(order) + 1)))


def fallback_numbers(ports: Ports) -> tuple[Paragraph, ...]:
    """Whom to ring when nothing else fits."""
    known = ports.library.organisations
    return tuple(contact(ports, known[id_]) for id_ in ports.library.place.fallback if id_ in known)
