"""The rules of campaigns: what a text may be, how one goes from a draft to its end, when it may be sent. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.channels.cleaning import clean
from bot.staff.outcomes import Refusal
from handlers.campaigns import blocks_of
from knowledge.hours import LONDON, in_london
from knowledge.library import Library
from knowledge.prose import Paragraph, Span, Steps, parse, words_of
from knowledge.readability import reading_age
from knowledge.visits.slots import instant

LONGEST, LONGEST_NAME = 600, 80
OLDEST = 11.0
"""Years: the reading age that answers are held to."""
LASTS = dt.timedelta(days=92)
"""No campaign is sent for longer than a season."""
BETWEEN = "|"
FIRST, LAST = dt.time(9), dt.time(20)
"""On the clocks in London. Nobody is written to before or after."""
FEW = 5
LINK = re.compile(r"^(?:https?://|tel:|mailto:)\S+$")

State = Literal["draft", "waiting", "planned", "sending", "paused", "stopped", "done"]
Act = Literal["submit", "send-back", "approve", "pause", "go-on", "stop"]


class Move(NamedTuple):
    """From which states an act leads to which."""

    before: tuple[State, ...]
    after: State


MOVES: Mapping[Act, Move] = {
    "submit": Move(("draft",), "waiting"),
    "send-back": Move(("waiting",), "draft"),
    "approve": Move(("waiting",), "planned"),
    "pause": Move(("planned", "sending"), "paused"),
    "go-on": Move(("paused",), "planned"),
    "stop": Move(("draft", "waiting", "planned", "sending", "paused"), "stopped"),
}
GOING: tuple[State, ...] = ("planned", "sending", "paused")


@dataclass(frozen=True, slots=True)
class Written:
    """A campaign as it stands in the form. `areas`: names; none is everybody. Times in UTC; `starts` None: at once."""

    name: str = ""
    topic: str = ""
    areas: tuple[str, ...] = ()
    text: str = ""
    entry: str = ""
    starts: dt.datetime | None = None
    ends: dt.datetime | None = None


def cleaned(written: Written) -> Written:
    """The same without what no database takes, with one kind of line end and no spaces at its ends."""
    text = clean(written.text).replace("\r\n", "\n").strip()
    return Written(
        " ".join(clean(written.name).split())[:LONGEST_NAME], written.topic, written.areas, text,
        written.entry.strip(), written.starts, written.ends,
    )  # fmt: skip


def print_of(written: Written) -> str:
    """By which it is known whether whoever agrees has seen what is sent: other words, aims or times have another."""
    return hashlib.blake2s(repr(written).encode(), digest_size=8).hexdigest()


def faults(written: Written, library: Library, now: dt.datetime) -> tuple[Refusal, ...]:
    """All that stands in the way of a campaign, each in a sentence."""
    return (*_faults_of_text(written.text, library), *_faults_of_aim(written, library), *_faults_of_times(written, now))


def age_of(text: str, library: Library) -> float:
    """The reading age of a campaign's text, in years."""
    return reading_age(words_of(blocks_of(text)), library.organisation_names)


def in_hours(moment: dt.datetime) -> bool:
    """May anybody be written to at this moment?"""
    return FIRST <= in_london(moment).time() < LAST


def next_morning(moment: dt.datetime) -> dt.datetime:
    """When people may be written to again, in UTC, seen from an hour in which they may not."""
    local = in_london(moment)
    return instant(local.date() + dt.timedelta(days=local.time() >= LAST), FIRST, LONDON)


def evening(moment: dt.datetime) -> dt.datetime:
    """The end of the hours of a moment's own day, in UTC."""
    return instant(in_london(moment).date(), LAST, LONDON)


def suppressed(count: int) -> int | None:
    """A count as it is shown; None for fewer than five, which could be somebody."""
    return count if count >= FEW else None


def areas_of(stored: str) -> tuple[str, ...]:
    """The areas of a campaign as its row holds them; none is everybody."""
    return tuple(filter(None, stored.split(BETWEEN)))


def _faults_of_text(text: str, library: Library) -> Iterator[Refusal]:
    if not text:
        yield Refusal("staff.campaign.no-text")
        return
    if len(text) > LONGEST:
        yield Refusal("staff.campaign.long", {"count": len(text), "most": LONGEST})
    if "<" in text or ">" in text or [section.heading for section in parse(text)] != [""]:
        yield Refusal("staff.campaign.markup")
    if wrong := [span.href for span in _spans(text) if span.href and not LINK.match(span.href)]:
        yield Refusal("staff.campaign.link", {"link": wrong[0]})
    if (age := age_of(text, library)) > OLDEST:
        yield Refusal("staff.campaign.hard", {"age": f"{age:.1f}", "most": f"{OLDEST:.0f}"})


def _spans(text: str) -> Iterator[Span]:
    for block in blocks_of(text):
        match block:
            case Paragraph():
                yield from block.spans
            case Steps():
                yield from (span for item in block.items for span in item)


def _faults_of_aim(written: Written, library: Library) -> Iterator[Refusal]:
    known: Sequence[str] = [area.name for area in library.place.areas]
    if not written.name:
        yield Refusal("staff.campaign.no-name")
    if library.topic(written.topic) is None:
        yield Refusal("staff.campaign.topic")
    if unknown := [area for area in written.areas if area not in known]:
        yield Refusal("staff.campaign.area", {"area": unknown[0]})
    if written.entry and written.entry not in library.entries:
        yield Refusal("staff.campaign.entry", {"entry": written.entry})
    elif written.entry and library.entries[written.entry].tier == "sensitive":
        yield Refusal("staff.campaign.sensitive", {"title": library.entries[written.entry].title})


def _faults_of_times(written: Written, now: dt.datetime) -> Iterator[Refusal]:
    first = max(now, written.starts or now)
    if written.ends is None or written.ends <= first:
        yield Refusal("staff.campaign.times")
    elif written.ends - first > LASTS:
        yield Refusal("staff.campaign.lasts", {"days": LASTS.days})
