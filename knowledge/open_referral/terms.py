"""Our topics and agencies as one taxonomy, and which organisation belongs under which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple, get_args

from knowledge.library import Library
from knowledge.open_referral.values import Ids, Json
from knowledge.open_referral.words import Named, TermKind, Words

TAXONOMY = "subjects"


class Term(NamedTuple):
    """One term by our own names."""

    kind: TermKind
    slug: str


def subjects(library: Library) -> Mapping[str, tuple[Term, ...]]:
    """Each organisation's terms: the topics and agencies of the answers that name it."""
    found: defaultdict[str, set[Term]] = defaultdict(set)
    for entry in library.entries.values():
        for organisation in library.helpers(entry):
            found[organisation.id] |= {Term("topic", entry.category), Term("agency", entry.agency)}
    return {slug: tuple(sorted(terms)) for slug, terms in found.items()}


def taxonomy(ids: Ids, words: Words) -> Json:
    """The one taxonomy, without its terms."""
    return {"id": ids.of("taxonomy", TAXONOMY), **words.taxonomy.model_dump()}


def taxonomy_terms(used: Iterable[tuple[Term, ...]], ids: Ids, words: Words) -> list[Json]:
    """Every term in use, each kind below its parent."""
    terms = sorted({term for terms in used for term in terms})
    parents = [_written(words.parent(kind), kind, ids, words) for kind in get_args(TermKind)]
    return [*parents, *(taxonomy_term(term, ids, words) for term in terms)]


def taxonomy_term(term: Term, ids: Ids, words: Words) -> Json:
    """One term."""
    written = _written(words.term(*term), f"{term.kind}/{term.slug}", ids, words)
    return {**written, "code": term.slug, "parent_id": ids.of("taxonomy_term", term.kind)}


def _written(named: Named, name: str, ids: Ids, words: Words) -> Json:
    return {
        "id": ids.of("taxonomy_term", name),
        **named.model_dump(),
        "taxonomy": words.taxonomy.name,
        "taxonomy_id": ids.of("taxonomy", TAXONOMY),
    }


def attribute(term: Term, slug: str, ids: Ids, words: Words) -> Json:
    """The link between an organisation's service and a term."""
    written = taxonomy_term(term, ids, words)
    return {
        "id": ids.of("attribute", slug, *term),
        "link_id": ids.of("service", slug),
        "link_type": term.kind,
        "taxonomy_term_id": written["id"],
        "taxonomy_term": written,
    }
