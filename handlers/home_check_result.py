"""What a home check came to, in words: for the chat, and for the page to print."""

from __future__ import annotations

from handlers.answer import may_show
from handlers.buttons import Verb
from handlers.ports import Ports
from handlers.replies import button, entry_buttons, rows
from handlers.turn import Button, Channel, Reply
from knowledge.home_check import CheckTopic, Found, Given, Result, result
from knowledge.home_check_code import written
from knowledge.prose import Block, Span, Steps
from knowledge.visits.questions import Score

MOST_WHY = 3
"""Reasons for a visit that are named."""


def asked(ports: Ports) -> tuple[CheckTopic, ...]:
    """The topics of the check, in order. One with a tip that nobody has signed off, where that counts, is not asked."""
    known = ports.library.entries

    def shown(slug: str) -> bool:
        return slug in known and may_show(ports, known[slug])

    return tuple(t for t in ports.library.check_topics if all(shown(answer.tip_from) for answer in t.answers))


def result_of(ports: Ports, given: Given) -> Result:
    """What the answers come to here and now."""
    return result(asked(ports), given, ports.library.visits)


def message(ports: Ports, channel: Channel, given: Given, before: tuple[Block, ...] = ()) -> Reply:
    """The result as a message, with the answers behind it, a visit where it would help, and the page."""
    found = result_of(ports, given)
    blocks = (*before, *ports.texts.blocks("check.result"), *good(ports, found), *to_do(ports, found))
    buttons = (*entry_buttons(ports, entries(found), Verb.SHOW), *_ways(ports, channel, given, found))
    return Reply(blocks=(*blocks, *visit(ports, found), *_address(ports, channel, given)), buttons=buttons)


def good(ports: Ports, found: Result) -> tuple[Block, ...]:
    """What is good as it is."""
    listed = tuple(_line(one.topic.title, one.answer.label) for one in found.good)
    return (*ports.texts.blocks("check.good"), Steps(items=listed, ordered=False)) if listed else ()


def to_do(ports: Ports, found: Result) -> tuple[Block, ...]:
    """Three things to do first, and the others; kind words where there is nothing; and what is not known, because it
    was skipped: nobody is told that all is well where they were not asked."""
    if not found.first:
        return (*ports.texts.blocks(_nothing_found(found)), *not_known(ports, found))
    first = (*ports.texts.blocks("check.first"), Steps(items=_firsts(found.first)))
    then = (*ports.texts.blocks("check.then"), Steps(items=_firsts(found.then), ordered=False)) if found.then else ()
    return (*first, *then, *not_known(ports, found))


def _nothing_found(found: Result) -> str:
    if found.silent:
        return "check.nothing-said"
    return "check.nothing-in-these" if found.skipped else "check.nothing-to-do"


def not_known(ports: Ports, found: Result) -> tuple[Block, ...]:
    """The topics that were skipped, by name; nothing where all were answered."""
    titles = "; ".join(topic.title for topic in found.skipped)
    return ports.texts.blocks("check.skipped", topics=titles) if titles else ()


def visit(ports: Ports, found: Result) -> tuple[Block, ...]:
    """That a visit would help, and why, where the place's own scoring says so."""
    if not offered(found.visit):
        return ()
    labels = [label for label, _ in found.visit.why[:MOST_WHY]] if found.visit else []
    return ports.texts.blocks(f"check.visit.{found.visit.priority}" if found.visit else "", why="; ".join(labels))


def offered(weighed: Score | None) -> bool:
    """Would a visit help more than most?"""
    return weighed is not None and weighed.priority != "standard"


def entries(found: Result) -> tuple[str, ...]:
    """The answers behind the first things to do, each once."""
    return tuple(dict.fromkeys(one.answer.tip_from for one in found.first))


def path_of(ports: Ports, given: Given) -> str:
    """The address of the page with these answers, below our own address."""
    return f"/check/{written(asked(ports), given)}"


def _ways(ports: Ports, channel: Channel, given: Given, found: Result) -> tuple[tuple[Button, ...], ...]:
    come = button(ports, "check.button.visit", Verb.CHECK, "visit") if offered(found.visit) else None
    missing = button(ports, "check.button.skipped", Verb.CHECK, "rest") if found.skipped else None
    back = button(ports, "check.button.change", Verb.CHECK, "change")
    anew = button(ports, "check.button.anew", Verb.CHECK, "anew")
    return rows(missing, come, _page(ports, channel, given), back, anew)


def _page(ports: Ports, channel: Channel, given: Given) -> Button | None:
    """A way to the page; beside the web chat it is there even where we do not know our own address."""
    if ports.public_url is None and channel != "web":
        return None
    address = f"{(ports.public_url or '').rstrip('/')}{path_of(ports, given)}"
    return Button(label=ports.texts.say("check.button.page"), url=address)


def _address(ports: Ports, channel: Channel, given: Given) -> tuple[Block, ...]:
    """The terminal shows no button that is a link."""
    page = _page(ports, channel, given) if channel == "terminal" else None
    return ports.texts.blocks("check.page", address=page.url) if page else ()


def _firsts(found: tuple[Found, ...]) -> tuple[tuple[Span, ...], ...]:
    return tuple(_line(one.topic.title, one.answer.first or "") for one in found)


def _line(title: str, words: str) -> tuple[Span, ...]:
    return (Span(text=f"{title}: ", strong=True), Span(text=words))
