"""A whole library as the objects that the feed serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.library import Library
from knowledge.open_referral.services import Source, organization, service, service_at_location
from knowledge.open_referral.terms import subjects, taxonomy, taxonomy_terms
from knowledge.open_referral.values import Ids, Json
from knowledge.open_referral.words import words

ById = Mapping[str, Json]
Alerts = Mapping[str, tuple[str, ...]]
NO_ALERTS: Alerts = {}


@dataclass(frozen=True, slots=True)
class Feed:
    """Everything there is, by id, fully nested. Read it only: the objects are shared."""

    services: ById
    organizations: ById
    service_at_locations: ById
    taxonomies: ById
    taxonomy_terms: ById


def feed_of(library: Library, alerts: Alerts = NO_ALERTS) -> Feed:
    """A library in; the feed out. Each organisation is an organization and the one service that it gives. `alerts` is
    what the team says of an organisation at this moment, by our own ids."""
    sources = _sources(library, alerts)
    ids, said = Ids(library.place.name), words()
    organizations = [organization(source) for source in sources]
    services = [service(source) for source in sources]
    places = [service_at_location(source) for source in sources]
    terms = taxonomy_terms((source.terms for source in sources), ids, said)
    return Feed(
        services=_by_id(map(_whole_service, services, organizations, places)),
        organizations=_by_id({**o, "services": [_summary(s)]} for o, s in zip(organizations, services, strict=True)),
        service_at_locations=_by_id(
            {**place, "service": s} for place, s in zip(places, services, strict=True) if place
        ),
        taxonomies=_by_id([{**taxonomy(ids, said), "taxonomy_terms": terms}]),
        taxonomy_terms=_by_id(terms),
    )


def with_services(feed: Feed, organization: Json) -> Json:
    """An organization of the feed with its services whole."""
    return {**organization, "services": [feed.services[service["id"]] for service in organization["services"]]}


def _sources(library: Library, alerts: Alerts) -> list[Source]:
    terms, ids = subjects(library), Ids(library.place.name)
    return [
        Source(
            known,
            library.place,
            terms.get(slug, ()),
            library.changed.get(slug),
            ids,
            words(),
            " ".join(alerts.get(slug, ())),
        )
        for slug, known in sorted(library.organisations.items())
    ]


def _whole_service(service: Json, organization: Json, place: Json | None) -> Json:
    return {**service, "organization": organization, **({"service_at_locations": [place]} if place else {})}


def _summary(service: Json) -> Json:
    return {name: service[name] for name in ("id", "organization_id", "name", "status")}


def _by_id(things: Iterable[Json]) -> ById:
    return {thing["id"]: thing for thing in things}
