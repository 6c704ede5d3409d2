"""One of our organisations as an organization of the standard and the service that residents turn to.

What the UK profile left out of HSDS goes under its core name: phones, eligibility, fees, how to use it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.entry import Organisation
from knowledge.open_referral.places import location
from knowledge.open_referral.terms import Term, attribute
from knowledge.open_referral.times import schedules
from knowledge.open_referral.values import Ids, Json, instant, present
from knowledge.open_referral.words import Words
from knowledge.place import Place

DIALLED = re.compile(r"\+?[0-9][0-9 ]*[0-9]")


@dataclass(frozen=True, slots=True)
class Source:
    """One organisation with all that is known around it."""

    organisation: Organisation
    place: Place
    terms: tuple[Term, ...]
    changed_at: dt.datetime | None
    ids: Ids
    words: Words
    alert: str = ""

    def id(self, kind: str) -> str:
        """The id of this organisation's one thing of a kind."""
        return self.ids.of(kind, self.organisation.id)


def organization(source: Source) -> Json:
    """The organisation itself, without its service."""
    known = source.organisation
    return present(
        id=source.id("organization"),
        name=known.name,
        alternate_name=", ".join(known.aliases),
        description=known.what_for,
        email=known.email,
        website=known.website,
        legal_status=known.kind,
    )


def service(source: Source) -> Json:
    """The service, with everything in it but the organization and the places."""
    known = source.organisation
    return present(
        id=source.id("service"),
        organization_id=source.id("organization"),
        name=known.name,
        alternate_name=", ".join(known.aliases),
        description=known.what_for,
        url=known.website,
        email=known.email,
        status="active",
        eligibility_description=known.who_for,
        application_process=known.access,
        fees_description=known.cost,
        alert=source.alert,
        assured_date=known.checked_on.isoformat() if known.checked_on else None,
        last_modified=instant(source.changed_at) if source.changed_at else None,
        **_nested(source),
    )


def _nested(source: Source) -> Json:
    known, ids, words = source.organisation, source.ids, source.words
    return {
        "phones": list(phones(source)),
        "contacts": _contacts(source),
        "schedules": schedules(known.hours, known.id, ids, words),
        "service_areas": [_area(source)],
        "cost_options": _cost(source),
        "attributes": [attribute(term, known.id, ids, words) for term in source.terms],
    }


def phones(source: Source) -> Iterator[Json]:
    """The number to ring, and the one to text. Words around a number are its description."""
    for kind, said in (("voice", source.organisation.phone), ("text", source.organisation.text)):
        found = DIALLED.search(said or "")
        if said and found:
            number = {"id": source.id(f"phone/{kind}"), "number": found[0], "type": kind}
            yield number if said == found[0] else {**number, "description": said}


def _contacts(source: Source) -> list[Json]:
    """Readers of the UK profile look here for a number, as it has none on the service."""
    ways = present(phones=list(phones(source)), email=source.organisation.email)
    named = {"id": source.id("contact"), "service_id": source.id("service"), "name": source.organisation.name}
    return [{**named, **ways}] if ways else []


def _area(source: Source) -> Json:
    area = source.organisation.area
    name = source.words.area.get(area, area)
    return {"id": source.id("service_area"), "service_id": source.id("service"), "name": name}


def _cost(source: Source) -> list[Json]:
    cost = {"id": source.id("cost_option"), "service_id": source.id("service")}
    return [{**cost, "amount_description": source.organisation.cost}] if source.organisation.cost else []


def service_at_location(source: Source) -> Json | None:
    """The service at its address; None where it has none."""
    where = location(source.organisation, source.place, source.ids)
    return where and {
        "id": source.id("service_at_location"),
        "service_id": source.id("service"),
        "location_id": where["id"],
        "location": where,
    }
