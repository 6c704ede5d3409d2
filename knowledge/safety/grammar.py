"""From the text of a pattern to something that matches. Raises ValueError for what it cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.safety.pattern import Choice, Edge, Gap, Part, Pattern, Run, Together
from knowledge.safety.scene import Vocabulary

ELEMENT = re.compile(r"~(?P<gap>\d)|(?P<edge>[\^$<])|(?P<choice>[\w/+]+)(?P<optional>\?)?")
Members = tuple[frozenset[str], frozenset[tuple[str, ...]]]


@dataclass
class Grammar:
    """Compiles patterns against the classes of words.yaml.

    Used while the rules are loaded and thrown away after; only what it compiled is kept.
    """

    classes: Mapping[str, Sequence[str]]
    vocabularies: dict[Members, Vocabulary] = field(default_factory=dict)
    _known: dict[str, Members] = field(default_factory=dict)

    def compile(self, text: str) -> Pattern:
        """A line of a rule in, a pattern out."""
        runs = tuple(self._run(part) for part in text.split(" & "))
        return runs[0] if len(runs) == 1 else Together(runs, tuple(need for run in runs for need in run.needs))

    def compile_all(self, texts: Iterable[str]) -> tuple[Pattern, ...]:
        """Several lines, in order."""
        return tuple(self.compile(text) for text in texts)

    def _run(self, text: str) -> Run:
        parts = tuple(self._part(element) for element in text.split())
        needs = [part.among for part in parts if isinstance(part, Choice) and not part.optional]
        if not needs:
            raise ValueError(f"a pattern needs at least one word that must be there: {text!r}")
        # The smaller the choice, the likelier it is missing: asked first, it spares the others.
        return Run(parts, tuple(sorted(needs, key=lambda need: len(need.words) + len(need.runs))))

    def _part(self, text: str) -> Part:
        match = ELEMENT.fullmatch(text)
        if match is None:
            raise ValueError(f"not a pattern element: {text!r}")
        if match["gap"]:
            return Gap(int(match["gap"]))
        if match["edge"]:
            return Edge(match["edge"])
        members = self._members(match["choice"].split("/"))
        return Choice(self._vocabulary(members), bool(match["optional"]))

    def _members(self, items: Iterable[str]) -> Members:
        words: set[str] = set()
        runs: set[tuple[str, ...]] = set()
        for item in items:
            if item.isupper() and item.isalpha():
                more, longer = self._class(item)
                words |= more
                runs |= longer
            elif "+" in item:
                runs.add(tuple(item.split("+")))
            else:
                words.add(item)
        return frozenset(words), frozenset(runs)

    def _class(self, name: str) -> Members:
        if name not in self.classes:
            raise ValueError(f"no such class of words: {name}")
        if name not in self._known:
            self._known[name] = self._members(member.replace(" ", "+") for member in self.classes[name])
        return self._known[name]

    def _vocabulary(self, members: Members) -> Vocabulary:
        if members not in self.vocabularies:
            self.vocabularies[members] = Vocabulary(len(self.vocabularies), *members)
        return self.vocabularies[members]
