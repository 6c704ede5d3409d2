"""One name for each set of answers, however it is asked for: an organisation that only one topic names is sent to as
often with a filter for that topic as without. Equal sets are one cell with one noise (docs/decisions/0029)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from bot.insight.reading_demand import conditions
from bot.insight.shapes import Filter
from knowledge.library import Library

Conditions = Mapping[str, str]
Slugs = frozenset[str]
ENTRY, ORGANISATION, TOPIC, AGENCY = "entry", "organisation", "topic", "agency"
ASKED_AFTER = "asked-after"
"""Answers after which people are asked what they would have done: none that is sensitive."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Some answers, and the shortest way to say which: `slugs`, where None is all, also those that are gone; none of
    `but`."""

    said: Conditions
    slugs: Slugs | None = None
    but: Slugs = frozenset()

    def holds(self, slug: str) -> bool:
        """Is it one of them?"""
        return slug not in self.but and (self.slugs is None or slug in self.slugs)


@dataclass(frozen=True)
class Names:
    """The sets of answers of a library that can be asked for."""

    library: Library

    def of(self, wanted: Filter, organisation: str = "") -> Meant:
        """The answers that a filter lets through, of an organisation those that name it."""
        theirs = self._inside(wanted)
        return self._named(theirs & self._naming.get(organisation, frozenset()) if organisation else theirs)

    def entry(self, slug: str) -> Meant:
        """One answer."""
        return Meant({ENTRY: slug}, frozenset({slug}))

    def asked_after(self, wanted: Filter) -> Meant:
        """Those of a filter that are not sensitive. What is gone counts as not sensitive: nobody knows it any more."""
        if not conditions(wanted, (TOPIC, AGENCY)):
            return Meant({"of": ASKED_AFTER}, but=self._sensitive)
        return self._named(self._inside(wanted) - self._sensitive)

    def about(self, organisation: str, wanted: Filter) -> Meant:
        """What of a filter narrows what people say of an organisation."""
        naming = self._naming.get(organisation, frozenset())
        inside = naming & self._inside(wanted)
        if not inside:
            return self.of(wanted)
        return next(_meant(said, slugs) for said, slugs in self._filters if naming & slugs == inside)

    def _named(self, slugs: Slugs) -> Meant:
        return _meant(self._shortest.get(slugs, {"nothing": "here"}), slugs)

    def _inside(self, wanted: Filter) -> Slugs:
        asked = conditions(wanted, (TOPIC, AGENCY))
        return next((slugs for said, slugs in self._filters if said == asked), frozenset())

    @cached_property
    def _filters(self) -> list[tuple[Conditions, Slugs]]:
        """Every filter of topic and agency with its answers, the shortest first."""
        entries = self.library.entries.values()
        topics = [{}, *({TOPIC: one} for one in sorted({entry.category for entry in entries}))]
        agencies = [{}, *({AGENCY: one} for one in sorted({entry.agency for entry in entries}))]
        both = sorted(({**topic, **agency} for topic, agency in product(topics, agencies)), key=len)
        return [(said, self._lets_through(said)) for said in both]

    def _lets_through(self, said: Conditions) -> Slugs:
        topic, agency = said.get(TOPIC, ""), said.get(AGENCY, "")
        return frozenset(
            one.id
            for one in self.library.entries.values()
            if topic in ("", one.category) and agency in ("", one.agency)
        )

    @cached_property
    def _sensitive(self) -> Slugs:
        return frozenset(one.id for one in self.library.entries.values() if one.tier == "sensitive")

    @cached_property
    def _naming(self) -> Mapping[str, Slugs]:
        """The answers that name each organisation."""
        named: dict[str, set[str]] = {one: set() for one in self.library.organisations}
        for entry in self.library.entries.values():
            for helper in self.library.helpers(entry):
                named.setdefault(helper.id, set()).add(entry.id)
        return {one: frozenset(slugs) for one, slugs in named.items()}

    @cached_property
    def _shortest(self) -> Mapping[Slugs, Conditions]:
        """The first way to say each set that can be said at all."""
        found: dict[Slugs, Conditions] = {}
        for said, slugs in self._ways():
            if slugs:
                found.setdefault(slugs, said)
        return found

    def _ways(self) -> Iterator[tuple[Conditions, Slugs]]:
        yield from (({ENTRY: slug}, frozenset({slug})) for slug in self.library.entries)
        yield from self._filters
        for (said, slugs), (organisation, naming) in product(self._filters, sorted(self._naming.items())):
            yield {**said, ORGANISATION: organisation}, slugs & naming
        yield from (({**said, "of": ASKED_AFTER}, slugs - self._sensitive) for said, slugs in self._filters)


def _meant(said: Conditions, slugs: Slugs) -> Meant:
    """Where nothing is asked, all are meant."""
    return Meant(said, slugs if said else None)
