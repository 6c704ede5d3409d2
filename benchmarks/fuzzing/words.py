"""What people type where something particular is asked for: days and times, postcodes, phones, references, codes."""

from __future__ import annotations

import datetime as dt

from benchmarks.fuzzing import mutate
from benchmarks.fuzzing.target import Target
from handlers.handover import possible_phone
from handlers.nearby import area_in
from handlers.visits.times import start_of
from knowledge.languages import detect
from knowledge.library import PLACES, read_place
from knowledge.redact import redact
from knowledge.safety import judge
from knowledge.visits.names import clean_word, parse_reference
from knowledge.visits.postcodes import half_a_postcode, read_postcode
from knowledge.visits.when import read_when

TODAY = dt.date(2026, 11, 25)
PLACE = read_place(PLACES / "braunstone" / "place.toml")
WHEN = (
    "next tuesday morning", "any day but friday", "between 2 and 4 on the 3rd of december", "tomorrow at half past ten",
    "week after next, not mornings", "31/12", "2026-12-01 09:30", "weekends after 5pm", "asap", "thurs or fri pm",
)  # fmt: skip
POSTCODES = ("LE3 1AA", "le31aa", "my postcode is LE3 1AA.", "LE3", "L E 3 1 A A", "LE3 IAA")
PHONES = ("07700 900123", "+44 116 496 0123", "(0116) 4960123", "ring me on 07700900123 after six", "999", "0116")
NAMES = ("J7M-4Q3", "visit j7m 4q3", "amber heron", "Braunstone Frith", "2026-12-01T09:30:00+00:00")
DANGER = (
    "my house is on fire",
    "i want to kill myself",
    "he hits me",
    "smell of gas",
    "nie moge oddychac",
    "aag lagi hai",
)


async def take_when(text: str) -> bool:
    """When somebody could be at home."""
    return read_when(text, TODAY) is not None


async def take_where(text: str) -> bool:
    """Where they live, by postcode or area."""
    half_a_postcode(text), area_in(text, PLACE)
    return read_postcode(text) is not None


async def take_phone(text: str) -> bool:
    """Which number to ring."""
    return possible_phone(text) is not None


async def take_name(text: str) -> bool:
    """A visit's reference, the word for the door, a time on a button."""
    clean_word(text), start_of(text)
    return parse_reference(text) is not None


async def take_words(text: str) -> bool:
    """Is it danger, in which language, and what is personal in it? By rules; meaning is read at the whole door."""
    detect(text), redact(text)
    return judge(text).route is not None


TARGETS = (
    Target("days and times in the form", 20, lambda chance: mutate.text(chance, WHEN), take_when),
    Target("postcode and area in the form", 25, lambda chance: mutate.text(chance, POSTCODES), take_where),
    Target("phone in the form", 15, lambda chance: mutate.text(chance, PHONES), take_phone),
    Target("reference, door word, time", 15, lambda chance: mutate.text(chance, NAMES), take_name),
    Target("danger by rules, language, details", 5, lambda chance: mutate.text(chance, DANGER), take_words),
)
