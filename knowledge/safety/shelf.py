"""Which of a thousand patterns are worth trying on this message? Those whose rarest word is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from knowledge.safety.pattern import Pattern
from knowledge.safety.scene import Scene, Span, Vocabulary

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shelf(Generic[T]):
    """Patterns and what each belongs to, found by a word each cannot do without."""

    kept: tuple[tuple[T, Pattern], ...]
    by_word: Mapping[str, tuple[int, ...]]

    def matches(self, scene: Scene) -> Iterator[tuple[T, Span]]:
        """Every match in the scene with what it belongs to, in the order the patterns were put up."""
        found = {number for word in scene.positions for number in self.by_word.get(word, ())}
        for number in sorted(found):
            owner, pattern = self.kept[number]
            if scene.has_all(pattern.needs):
                for span in pattern.spans(scene):
                    yield owner, span


def shelve(owned: Iterable[tuple[T, Sequence[Pattern]]]) -> Shelf[T]:
    """Things with their patterns in, a Shelf out."""
    kept = tuple((owner, pattern) for owner, patterns in owned for pattern in patterns)
    common = Counter(word for _, pattern in kept for need in pattern.needs for word in set(need.members))
    by_word: dict[str, list[int]] = {}
    for number, (_, pattern) in enumerate(kept):
        for word in set(_rarest(pattern.needs, common).members):
            by_word.setdefault(word, []).append(number)
    return Shelf(kept, {word: tuple(numbers) for word, numbers in by_word.items()})


def _rarest(needs: Sequence[Vocabulary], common: Mapping[str, int]) -> Vocabulary:
    return min(needs, key=lambda need: sum(common[word] for word in need.members))
