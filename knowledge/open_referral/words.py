"""The feed's own words, from words.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from knowledge.prose import Frozen
from knowledge.yaml_text import read_yaml

TermKind = Literal["topic", "agency"]


class Named(Frozen):
    """A name and what it means."""

    name: str
    description: str


class Words(Frozen):
    """All of them."""

    taxonomy: Named
    topic: Named
    agency: Named
    terms: dict[TermKind, dict[str, tuple[str, str]]]
    other_topic: str
    area: dict[str, str]
    hours: dict[str, str]

    def parent(self, kind: TermKind) -> Named:
        """What all terms of a kind hang under."""
        return self.topic if kind == "topic" else self.agency

    def term(self, kind: TermKind, slug: str) -> Named:
        """A term by our own name for it; a place's own topic is named after its folder."""
        name, description = self.terms[kind].get(slug, (slug.replace("-", " ").capitalize(), self.other_topic))
        return Named(name=name, description=description)


@cache
def words() -> Words:
    """Read once."""
    path = Path(__file__).with_name("words.yaml")
    return Words.model_validate(read_yaml(path.read_text(encoding="utf-8")))
