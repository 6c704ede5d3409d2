"""What a trial found, in words: which messages would be met in another way, the most serious first."""

from __future__ import annotations

from dataclasses import dataclass

from bot.console.site import Site
from bot.console.tryout import titles
from knowledge.evaluating.questions import Met
from knowledge.library import Library
from knowledge.replay import Difference, Replay

MOST_SHOWN = 100
"""Messages of each group."""
GROUPS = ("worse", "changed", "better")


@dataclass(frozen=True, slots=True)
class Line:
    """A message met in another way, in words."""

    text: str
    past: bool
    blocks: bool
    before: str
    after: str


def groups(site: Site, replay: Replay) -> tuple[tuple[str, int, tuple[Line, ...]], ...]:
    """The differences: those that block first, then worse, changed, better; how many, and the first of them."""
    library = site.library()
    free = {name: [one for one in replay.differences if one.judged == name and not one.blocks] for name in GROUPS}
    all_groups = {"blocked": list(replay.blocked), **free}
    return tuple(
        (name, len(found), tuple(_in_words(site, library, one) for one in found[:MOST_SHOWN]))
        for name, found in all_groups.items()
    )


def _in_words(site: Site, library: Library, one: Difference) -> Line:
    before, after = (met_words(site, library, met) for met in (one.before, one.after))
    return Line(one.asked.message.text, one.asked.past, one.blocks, before, after)


def met_words(site: Site, library: Library, met: Met) -> str:
    """How a message is met, in a few words."""
    if met.answered:
        return site.texts.say("console.met.answer", titles=", ".join(titles(library, tuple(met.answered))))
    if met.offered:
        return site.texts.say("console.met.choose", titles=", ".join(titles(library, tuple(met.offered))))
    if met.tier:
        return site.texts.say(f"console.met.{met.tier}", route=met.route)
    return site.texts.say(f"console.met.{met.route}")
