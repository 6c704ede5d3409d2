"""How a visit's day and time are said, and the card that shows a visit to its own resident."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from handlers.catalogue import Texts
from handlers.ports import Appointment, Ports
from knowledge import hours
from knowledge.prose import Block


def local(ports: Ports, moment: dt.datetime) -> dt.datetime:
    """A moment on the place's clocks."""
    return moment.astimezone(ZoneInfo(ports.library.place.timezone))


def day_words(ports: Ports, moment: dt.datetime) -> str:
    """'Tuesday 1 December'."""
    day = local(ports, moment).date()
    month = ports.texts.say(f"month.{day.month}")
    return f"{ports.texts.say(f'day.{hours.WEEK[day.weekday()]}')} {day.day} {month}"


def time_words(ports: Ports, moment: dt.datetime) -> str:
    """'10am'."""
    return hours.clock_words(local(ports, moment))


def slot_words(ports: Ports, starts: dt.datetime) -> str:
    """'Tuesday 1 December, 10am': what stands on a button."""
    return ports.texts.say("visit.slot", day=day_words(ports, starts), time=time_words(ports, starts))


def span_words(ports: Ports, starts: dt.datetime, ends: dt.datetime) -> str:
    """'Tuesday 1 December, 10am to 10.30am'."""
    return ports.texts.say(
        "visit.span", day=day_words(ports, starts), starts=time_words(ports, starts), ends=time_words(ports, ends)
    )


def card(ports: Ports, visit: Appointment) -> tuple[Block, ...]:
    """A booked visit: when, where to, its reference, the word at the door, and who comes once that is known."""
    shown = ports.texts.blocks(
        "visit.card", when=span_words(ports, visit.starts, visit.ends), reference=visit.reference, address=visit.address
    )
    return (*shown, *at_the_door(ports, visit), *demonstration(ports))


def demonstration(ports: Ports) -> tuple[Block, ...]:
    """That nobody comes, where visits are only shown."""
    return ports.texts.blocks("visit.demonstration") if ports.demonstration else ()


def safely(texts: Texts, safe: str, said_as: str = "visit.safe-by") -> str:
    """How to get in touch safely: the words `said_as` has for a tapped answer, or their own as they stand."""
    known = f"{said_as}.{safe}"
    return texts.say(known) if safe and texts.has_english(known) else safe


def at_the_door(ports: Ports, visit: Appointment) -> tuple[Block, ...]:
    """How they can tell who knocks."""
    if not visit.visitors:
        return ports.texts.blocks("visit.door", word=visit.word)
    who = _listed(ports, [f"{visitor.name} ({visitor.role})" for visitor in visit.visitors])
    return ports.texts.blocks("visit.door-who", word=visit.word, who=who)


def _listed(ports: Ports, names: list[str]) -> str:
    """'Asha, Ben and Carys'."""
    *first, last = names
    return ports.texts.say("list.and", first=", ".join(first), last=last) if first else last
