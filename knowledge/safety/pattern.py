"""The small language the rules are written in, matched over words.

    PERSON is? NOT breathing     one word after another; CAPITALS name a class of words.yaml
    smoke ~3 kitchen/bedroom     ~3: up to three words between; a/b: either; x?: may be missing
    gone+blue/unconscious        +: two words as one choice
    ^ help $                     the whole message
    < is there                   < where a sentence begins
    blood & cough/vomit          both in one sentence, in any order, not far apart

A set of positions is one integer, a bit a position, so a pattern walks every place of a text at once
with a few shifts. Nothing backtracks: time grows with the text, never with its shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.safety.scene import Scene, Span, Vocabulary

NEAR = 12  # words that "&" may lie apart


class Part(Protocol):
    """One element of a pattern."""

    def step(self, at: int, scene: Scene) -> int:
        """The places reached so far in, the places reached after this element out."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words of any kind, within the sentence."""

    most: int

    def step(self, at: int, scene: Scene) -> int:
        """Each place, and those up to `most` words further."""
        reached = at
        for _ in range(self.most):
            at = (at & scene.inside) << 1
            reached |= at
        return reached


@dataclass(frozen=True, slots=True)
class Edge:
    """^ the beginning and $ the end of the message, < the beginning of a sentence."""

    sign: str

    def step(self, at: int, scene: Scene) -> int:
        """Only the edge survives."""
        if self.sign == "<":
            return at & scene.begins
        if self.sign == "$":
            return at & (1 << len(scene.words)) if scene.closes else 0
        return at & 1 if scene.opens else 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words or runs of words."""

    among: Vocabulary
    optional: bool

    def step(self, at: int, scene: Scene) -> int:
        """The places after any of the choices."""
        reached = at if self.optional else 0
        for length, mask in scene.where(self.among):
            reached |= (at & mask) << length
        return reached


@dataclass(frozen=True, slots=True)
class Run:
    """Elements one after another. `needs` are the choices without which it cannot match."""

    parts: tuple[Part, ...]
    needs: tuple[Vocabulary, ...]

    def step(self, at: int, scene: Scene) -> int:
        """The places after the whole run."""
        for part in self.parts:
            at = part.step(at, scene)
            if not at:
                return 0
        return at

    def spans(self, scene: Scene) -> Iterator[Span]:
        """Every place it matches, each as short as it can be."""
        if not scene.has_all(self.needs) or not self.step(scene.everywhere, scene):
            return
        heads = self._heads(scene)
        while heads:
            head = heads & -heads
            heads ^= head
            if reached := self.step(head, scene):
                yield Span(head.bit_length() - 1, (reached & -reached).bit_length() - 1)

    def _heads(self, scene: Scene) -> int:
        """Where it could begin: the places of its first word, or everywhere if that may be missing."""
        first, heads = self.parts[0], 0
        if not isinstance(first, Choice) or first.optional:
            return scene.everywhere >> 1
        for _, mask in scene.where(first.among):
            heads |= mask
        return heads


@dataclass(frozen=True, slots=True)
class Together:
    """Several runs in one sentence, in any order. `needs` are those of all runs."""

    runs: tuple[Run, ...]
    needs: tuple[Vocabulary, ...]

    def spans(self, scene: Scene) -> Iterator[Span]:
        """For each place of the first run, the stretch that holds the nearest of every other."""
        if not scene.has_all(self.needs):
            return
        found = [tuple(run.spans(scene)) for run in self.runs]
        if not all(found):
            return
        for first in found[0]:
            near = [_nearest(first, others, scene) for others in found[1:]]
            if all(near):
                spans = [first, *(span for span in near if span)]
                yield Span(min(s.start for s in spans), max(s.end for s in spans))


Pattern = Run | Together


def _nearest(span: Span, others: Sequence[Span], scene: Scene) -> Span | None:
    fits = [other for other in others if _beside(span, other, scene)]
    return min(fits, key=lambda other: abs(other.start - span.start), default=None)


def _beside(one: Span, other: Span, scene: Scene) -> bool:
    apart = max(one.start, other.start) - min(one.end, other.end)
    # One may stand in a gap of the other, but no word counts twice.
    same = one.start == other.start or one.end == other.end
    return not same and apart <= NEAR and scene.sentence[one.start] == scene.sentence[other.start]
