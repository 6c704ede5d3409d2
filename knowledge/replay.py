"""What a change of the content would do to messages that are known: which are answered differently, better or worse.

Nearly all messages are far from what changed, and for those nothing can change: only the others are ranked again, with
what was there before and with what would be there. Near is what a phrase that comes or goes is near to in meaning, and
that to which an entry that changes is among the first candidates, before or after. Left
out is that every phrase weighs rarer words a little differently in the likeness of letters: a button offered on the
brink may come or go unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.evaluating.questions import Met
from knowledge.meeting import decided, met
from knowledge.reach import reached
from knowledge.safety import Route
from knowledge.search import Index
from knowledge.search.remembered import Remembered, read_again
from knowledge.standing import Standing

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


def replay(
    before: Index, after: Index, questions: Sequence[Asked], say: Say = silent, standing: Standing | None = None
) -> Replay:
    """Two indexes and what was asked in, the differences out. Pure, and slow enough for a thread of its own. With a
    `standing` of the index before, what it knows already is not found again."""
    standing = standing if standing is not None and standing.index is before else Standing(before)
    messages = [asked.message for asked in questions]
    near, contested = reached(before, after, messages), standing.contested(after, messages)
    found: list[Difference] = []
    places = sorted(near.keys() | contested)
    easy = len(questions) - len(places)
    for done, at in enumerate(places):
        if done % STEP == 0:
            say(easy + done, len(questions))
        asked = questions[at]
        if at not in near:
            found += _by_candidates(standing, after, asked)
            continue
        reading = read_again(after, asked.message)
        if at in contested or near[at] == "words" or not standing.alike(reading):
            found += _difference(asked, standing.met(asked.message), met(after, reading))
    say(len(questions), len(questions))
    return Replay(tuple(found), len(questions))


def _by_candidates(standing: Standing, after: Index, asked: Asked) -> Iterator[Difference]:
    """A message that means the same to both: whatever alarm it raises, it raises in both."""
    was = standing.met(asked.message)
    if was.tier is None:
        yield from _difference(asked, was, decided(after, read_again(after, asked.message)))


def _difference(asked: Asked, was: Met, would: Met) -> Iterator[Difference]:
    if _seen(was) != _seen(would):
        yield Difference(asked, was, would, judged(asked, was, would))


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
