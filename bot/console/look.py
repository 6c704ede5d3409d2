"""A text that is being written as it looks: on each channel, in numbers, and with what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels import terminal
from bot.channels.telegram import layout
from bot.console.site import Site
from bot.console.tryout import ports_with
from bot.staff.findings import faults_in
from handlers.answer import first_message, may_show, more_message
from handlers.turn import Reply
from knowledge.check import MOST_WORDS, OLDEST_READING_AGE, ONE_LINE, shown_first
from knowledge.check_one import with_one
from knowledge.entry import Entry
from knowledge.errors import UnreadableFile
from knowledge.library import Library
from knowledge.prose import Block
from knowledge.readability import count_words, reading_age


@dataclass(frozen=True, slots=True)
class Numbers:
    """How long and how hard what is shown at first is: words, an age in years, characters of the one line."""

    words: int
    age: float
    one_line: int
    most_words: int = MOST_WORDS
    oldest: float = OLDEST_READING_AGE
    longest_line: int = ONE_LINE


@dataclass(frozen=True, slots=True)
class Preview:
    """An entry on each channel. `withheld`: as things stand residents would not be shown it."""

    first: tuple[Block, ...]
    more: tuple[Block, ...]
    telegram: tuple[str, ...]
    terminal: str
    withheld: bool


@dataclass(frozen=True, slots=True)
class Look:
    """All that is seen of a text. `unreadable` says why it cannot be read; then there is no preview."""

    unreadable: str = ""
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    numbers: Numbers | None = None
    preview: Preview | None = None


def look_at(site: Site, slug: str, text: str) -> Look:
    """A text in, how it looks out."""
    library = site.library()
    found = faults_in("entry", slug, text, library)
    try:
        after = with_one(library, "entry", slug, text)
    except UnreadableFile as error:
        return Look(unreadable=str(error.facts["why"]))
    if isinstance(found, str):
        return Look(unreadable=found)
    hard, soft = (tuple(one.what for one in found if one.warning is warning) for warning in (False, True))
    entry = after.entries[slug]
    return Look("", hard, soft, numbers(entry, library), _preview(site, entry, after))


def numbers(entry: Entry, library: Library) -> Numbers:
    """How long and how hard an entry is."""
    shown = shown_first(entry)
    return Numbers(count_words(shown), reading_age(shown, library.organisation_names), len(entry.one_line))


def _preview(site: Site, entry: Entry, after: Library) -> Preview:
    as_is = ports_with(site, after)
    ports = ports_with(site, _not_live(after))
    first = first_message(ports, entry)
    return Preview(
        first.blocks, more_message(ports, entry).blocks, plain_messages(first), terminal.render(first),
        withheld=not may_show(as_is, entry),
    )  # fmt: skip


def plain_messages(reply: Reply) -> tuple[str, ...]:
    """A reply in, the plain words of each message that it is on Telegram out."""
    packed = layout.messages(reply.blocks)
    return tuple("".join(f"{line.gap if at else ''}{line.text}" for at, line in enumerate(lines)) for lines in packed)


def _not_live(library: Library) -> Library:
    """The same in a place where everything may be shown, also what nobody has confirmed yet."""
    return library.model_copy(update={"place": library.place.model_copy(update={"live": False})})
