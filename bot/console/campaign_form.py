"""The form of a campaign, and how its message looks on each channel. Pure but for the clock of the site."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from bot.channels import terminal
from bot.console.look import plain_messages
from bot.console.site import Site
from bot.staff.campaigns_rules import LONGEST, OLDEST, Written, age_of, cleaned, faults
from handlers.campaigns import Letter, letter
from handlers.turn import Button
from knowledge.entry import Entry
from knowledge.library import Library
from knowledge.prose import Block
from knowledge.visits.slots import instant


@dataclass(frozen=True, slots=True)
class Seen:
    """A campaign that is being written: what is wrong with it, how long and hard it is, and how it looks."""

    faults: tuple[str, ...]
    length: int
    age: float
    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...]
    telegram: tuple[str, ...]
    terminal: str
    longest: int = LONGEST
    oldest: float = OLDEST


def look_at(site: Site, written: Written) -> Seen:
    """What stands in the form in, how it looks out."""
    library, now = site.library(), site.console.clock.now()
    wrong = tuple(site.texts.say(one.text_id, **one.facts) for one in faults(written, library, now))
    reply = letter(site.texts, library, Letter(id=0, topic=written.topic, text=written.text, entry=written.entry))
    return Seen(
        wrong, len(written.text), age_of(written.text, library) if written.text else 0.0, reply.blocks,
        tuple(button for row in reply.buttons for button in row), plain_messages(reply), terminal.render(reply),
    )  # fmt: skip


def written_in(form: FormData, zone: str) -> Written:
    """What a form sent. A time that is none counts as not said."""
    said = {name: str(form.get(name, "")) for name in ("name", "topic", "text", "entry")}
    areas = tuple(str(area) for area in form.getlist("areas"))
    starts, ends = (moment_of(form.get(name), zone) for name in ("starts", "ends"))
    return cleaned(Written(said["name"], said["topic"], areas, said["text"], said["entry"], starts, ends))


def entries_for(library: Library) -> list[Entry]:
    """The answers that a campaign's button may open, by title: nothing sensitive, for others may see the screen."""
    open_ = (entry for entry in library.entries.values() if entry.tier != "sensitive")
    return sorted(open_, key=lambda entry: entry.title.casefold())


def moment_of(said: object, zone: str) -> dt.datetime | None:
    """A time by the place's wall clock, as a browser sends it, in UTC; None where it is none."""
    try:
        wall = dt.datetime.fromisoformat(str(said or "").strip()).replace(tzinfo=None)
        return instant(wall.date(), wall.time(), ZoneInfo(zone))
    except (ValueError, OverflowError):
        return None


def on_the_wall(moment: dt.datetime | None, zone: str) -> str:
    """A moment in UTC as a browser's field for times has it."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if moment else ""
