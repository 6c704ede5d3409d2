"""What a change of the content would do to messages that are known: which are answered differently, better or worse.

Nearly all messages are far from what changed, and for those nothing can change: only the others are ranked again, with
what was there before and with what would be there. (That rarer words weigh a little more or less in the likeness of
letters when any phrase changes is left out: it decides nothing by itself.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from knowledge.evaluating.questions import Met
from knowledge.languages import detect
from knowledge.reach import How, reached
from knowledge.safety import Route, Verdict, judge, shipped_trust
from knowledge.search import Index, Reading, decide, levels_of
from knowledge.search.remembered import Remembered, read_again

Judged = Literal["better", "worse", "changed"]
Say = Callable[[int, int], None]
"""Told how many messages are done, of how many."""
UNSURE = frozenset({"unknown", "choose"})
LEVELS = {None: 0, "maybe": 1, "certain": 2}
STEP = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """A message with its reading. `expected`: entries any one of which is right, as far as is known. `danger`: the
    route of a golden message of danger, crisis or abuse. `past`: a resident asked it."""

    message: Remembered
    expected: frozenset[str] = frozenset()
    danger: Route | None = None
    past: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A message that would be met in another way."""

    asked: Asked
    before: Met
    after: Met
    judged: Judged

    @property
    def blocks(self) -> bool:
        """Is it a golden message of danger, crisis or abuse whose route or tier would be another?"""
        return self.asked.danger is not None and _alarm(self.before) != _alarm(self.after)


@dataclass(frozen=True, slots=True)
class Replay:
    """All that would be met in another way, of how many messages."""

    differences: tuple[Difference, ...] = ()
    of: int = 0

    def those(self, judged: Judged) -> tuple[Difference, ...]:
        """The better, the worse, or the merely changed ones."""
        return tuple(each for each in self.differences if each.judged == judged)

    @property
    def blocked(self) -> tuple[Difference, ...]:
        """Why the change may not be published; empty where it may."""
        return tuple(each for each in self.differences if each.blocks)


def silent(_done: int, _of: int) -> None:
    """Tells nobody."""


def replay(before: Index, after: Index, questions: Sequence[Asked], say: Say = silent) -> Replay:
    """Two indexes and what was asked in, the differences out. Pure, and slow enough for a thread of its own."""
    near = reached(before, after, [asked.message for asked in questions])
    easy = len(questions) - len(near)
    found: list[Difference] = []
    for done, (at, how) in enumerate(near.items()):
        if done % STEP == 0:
            say(easy + done, len(questions))
        found += _difference(before, after, questions[at], how)
    say(len(questions), len(questions))
    return Replay(tuple(found), len(questions))


def _difference(before: Index, after: Index, asked: Asked, how: How) -> Iterator[Difference]:
    reading = read_again(before, asked.message)
    same = how == "candidates" and before.targets == after.targets
    other = reading if same else read_again(after, asked.message)
    if how == "phrases" and _alike(reading, other):
        return
    was, would = met(before, reading), met(after, other)
    if _seen(was) != _seen(would):
        yield Difference(asked, was, would, judged(asked, was, would))


def _alike(one: Reading, two: Reading) -> bool:
    """Are the same phrases nearest, and is there no second need to look for?"""
    if one.columns != two.columns or len(one.versions) != len(two.versions):
        return False
    pairs = zip(one.versions, two.versions, strict=True)
    return all(len(a.sense.parts) == 1 and np.array_equal(a.shares, b.shares) for a, b in pairs)


def met(index: Index, reading: Reading) -> Met:
    """What an index makes of a message: danger, crisis and abuse first, as in a conversation."""
    verdict = _verdict(reading)
    if verdict.route:
        return Met(verdict.route, verdict.tier)
    found = decide(index, reading)
    offered = found.offered if found.route == "choose" else ()
    return Met(found.route, None, found.answered, offered, found.action, found.score)


def _verdict(reading: Reading) -> Verdict:
    verdict = judge(reading.text, levels_of(reading), shipped_trust())
    # As handlers/understanding.py has it: of another language the meaning is seldom sure.
    return judge(reading.text) if verdict.tier == "maybe" and detect(reading.text).languages else verdict


def judged(asked: Asked, was: Met, would: Met) -> Judged:
    """Is the second way to meet a message better than the first?"""
    if asked.danger is not None:
        return _compared(_danger_met(asked.danger, was), _danger_met(asked.danger, would))
    if was.tier != would.tier and asked.expected:
        return _compared(-LEVELS[was.tier], -LEVELS[would.tier])
    if asked.expected:
        return _compared(_served(asked, was), _served(asked, would))
    return _compared(was.route == "answer", would.route == "answer") if _by_route(was, would) else "changed"


def _by_route(was: Met, would: Met) -> bool:
    """Did an answer take the place of not knowing, or the other way round?"""
    return {was.route, would.route} & UNSURE != set() and "answer" in (was.route, would.route)


def _compared(was: int, would: int) -> Judged:
    return "changed" if was == would else "better" if would > was else "worse"


def _danger_met(danger: Route, found: Met) -> int:
    return LEVELS[found.tier] if found.route == danger else 0


def _served(asked: Asked, found: Met) -> int:
    """2 where an expected entry is shown, 1 where it is offered."""
    return 2 if asked.expected & set(found.answered) else int(bool(asked.expected & set(found.offered)))


def _alarm(found: Met) -> tuple[str, str] | None:
    return (found.route, found.tier) if found.tier else None


def _seen(found: Met) -> tuple[object, ...]:
    """All of it that somebody would notice; not the chance."""
    return found.route, found.tier, found.answered, found.offered, found.action
