"""What a reader may ask for: pages, words to look for, terms, and what has changed since."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from knowledge.open_referral.values import Json
from knowledge.prose import Frozen

DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
READ = ("name", "alternate_name", "description", "eligibility_description")


def _dated(said: object) -> object:
    """A bare number would be read as seconds since 1970."""
    if isinstance(said, str) and DATED.match(said) is None:
        raise ValueError("not a date")
    return said


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


class ServiceFilter(Frozen):
    """Which services somebody wants; None and "" want all. A `modified_after` without a zone is in UTC."""

    search: str = ""
    taxonomy_term_id: str | None = None
    taxonomy_id: str | None = None
    organization_id: str | None = None
    modified_after: Annotated[dt.datetime, BeforeValidator(_dated), AfterValidator(_aware)] | None = None


class TermFilter(Frozen):
    """Which taxonomy terms somebody wants."""

    search: str = ""
    taxonomy_id: str | None = None
    parent_id: str | None = None
    top_only: bool = False


def page_of(things: Sequence[Json], number: int, per_page: int) -> Json:
    """One page, counted from 1, of at most `per_page`. Beyond the last one it is empty."""
    pages = -(-len(things) // per_page)
    contents = list(things[(number - 1) * per_page : number * per_page])
    return {
        "total_items": len(things),
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }


def services_like(services: Iterable[Json], wanted: ServiceFilter) -> Iterator[Json]:
    """The services that meet every wish. A service with no known date of change counts as changed."""
    for service in with_words(services, wanted.search):
        terms = [link["taxonomy_term"] for link in service.get("attributes", ())]
        if (
            wanted.taxonomy_term_id in (None, *(term["id"] for term in terms))
            and wanted.taxonomy_id in (None, *(term["taxonomy_id"] for term in terms))
            and wanted.organization_id in (None, service["organization_id"])
            and _is_newer(service, wanted.modified_after)
        ):
            yield service


def _is_newer(service: Json, after: dt.datetime | None) -> bool:
    changed = service.get("last_modified")
    return after is None or changed is None or dt.datetime.fromisoformat(changed) >= after


def terms_like(terms: Iterable[Json], wanted: TermFilter) -> Iterator[Json]:
    """The taxonomy terms that meet every wish."""
    for term in with_words(terms, wanted.search):
        if (
            wanted.taxonomy_id in (None, term["taxonomy_id"])
            and wanted.parent_id in (None, term.get("parent_id"))
            and not (wanted.top_only and "parent_id" in term)
        ):
            yield term


def with_words(things: Iterable[Json], search: str) -> Iterator[Json]:
    """The things that hold every word of `search`, in any case, in a name or a description; its terms count too."""
    words = search.casefold().split()
    return (thing for thing in things if all(word in _text(thing) for word in words))


def _text(thing: Json) -> str:
    terms = (link["taxonomy_term"]["name"] for link in thing.get("attributes", ()))
    return " ".join((*(thing.get(name, "") for name in READ), *terms)).casefold()
