"""What the team reads of people who wait too long for an answer: numbers and times, no names and no words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from handlers import buttons
from handlers.buttons import Verb
from handlers.catalogue import Texts
from handlers.replies import rows
from handlers.turn import Button, Reply
from handlers.visits.letters import when
from knowledge.prose import Block, Frozen, Span, Steps, line

Stage = Literal["team", "coordinators"]
AFTER: dict[Stage, int] = {"team": 1, "coordinators": 2}
"""Working days without an answer after which each is reminded."""
MOST_NAMED = 8
"""Tickets named under one heading."""


class Chased(Frozen):
    """A ticket that waits too long; `since` in UTC."""

    id: int
    wish: str
    since: dt.datetime


def letter(texts: Texts, chased: Mapping[Stage, Sequence[Chased]], zone: str) -> Reply:
    """One person's message: all that concerns them, with a button that opens the list."""
    blocks = [block for stage in AFTER if chased.get(stage) for block in _part(texts, stage, chased[stage], zone)]
    people = Button(label=texts.say("staff.button.people"), token=buttons.encode(Verb.STAFF, "people.0"))
    return Reply(blocks=tuple(blocks), buttons=rows(people))


def _part(texts: Texts, stage: Stage, tickets: Sequence[Chased], zone: str) -> Iterator[Block]:
    yield from texts.blocks(f"staff.chase.{stage}")
    yield Steps(items=tuple(_item(texts, each, zone) for each in tickets[:MOST_NAMED]), ordered=False)
    if (more := len(tickets) - MOST_NAMED) > 0:
        yield line(texts.say("staff.chase.more", count=more))


def _item(texts: Texts, each: Chased, zone: str) -> tuple[Span, ...]:
    facts = {"wish": texts.say(f"staff.keep.wish-{each.wish}"), "when": when(texts, each.since, zone)}
    return (Span(text=texts.say("staff.keep.people.row", number=each.id, **facts)),)
