"""Another directory's services as drafts of our organisations. Pure: what the feed does not say is left out.

Fields that the UK profile dropped are read under their core names where a feed has them: phones, eligibility, fees.
Nothing personal is taken: no contact's name, no "attention" of an address.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from knowledge.entry import Organisation
from knowledge.open_referral import reading_parts as parts
from knowledge.open_referral.reading_times import hours_of
from knowledge.open_referral.values import Json, present
from knowledge.place import Place

Doubt = Literal["kind", "area", "hours", "phone", "alert"]
LONGEST_ID = 55


@dataclass(frozen=True, slots=True)
class Read:
    """One service as a draft; or why not: `missing` names the field, `closed` its status. `doubts` want a look."""

    name: str
    organisation: Organisation | None = None
    fields: Json | None = None
    missing: str | None = None
    closed: str | None = None
    doubts: tuple[Doubt, ...] = ()


def services_in(document: Any) -> list[Json]:
    """The services of a document: one bare, a page of them, a list, or those of an organization. Empty for others."""
    if isinstance(document, list):
        return [service for each in document for service in services_in(each)]
    if not isinstance(document, dict):
        return []
    for name in ("contents", "content"):
        if isinstance(document.get(name), list):
            return services_in(document[name])
    if isinstance(document.get("services"), list):
        organization = {name: value for name, value in document.items() if name != "services"}
        return [{"organization": organization, **service} for service in services_in(document["services"])]
    return [document] if "status" in document and "location" not in document else []


def merged(services: list[Json]) -> list[Json]:
    """Each service once, by its id: what a list leaves out is taken from where it stands whole."""
    found: dict[str, Json] = {}
    for number, service in enumerate(services):
        key = str(service.get("id") or number)
        found[key] = {**found.get(key, {}), **service}
    return list(found.values())


def read(service: Json, place: Place, publisher: str, today: dt.date) -> Read:
    """A service in, a draft out. `publisher` is named as its source."""
    name, status = parts.text_of(service.get("name")), parts.text_of(service.get("status"))
    if not name or not status:
        return Read(name, missing="status" if name else "name")
    if status != "active":
        return Read(name, closed=status)
    schedules = (*parts.listed(service, "schedules"), *parts.located(service, "schedules"))
    hours, sure = hours_of(schedules, today, parts.text_of)
    fields = _fields(service, name, hours, place, publisher)
    try:
        made = Organisation(id=slug_of(name), **fields)
    except ValidationError as error:
        return Read(name, missing=str(error.errors()[0]["loc"][0]))
    return Read(name, made, fields, doubts=_doubts(service, fields, place, sure))


def slug_of(name: str) -> str:
    """An id made from a name."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold().replace("'", "").replace("’", ""))
    return plain[:LONGEST_ID].strip("-") or "service"


def _fields(service: Json, name: str, hours: Json, place: Place, publisher: str) -> Json:
    body = parts.organization(service)
    what_for = (parts.text_of(each.get("description")) for each in (service, body))
    return present(
        name=name,
        aliases=parts.aliases(service, body, name),
        kind=parts.kind_of(body) or "community",
        area=parts.area_of(service, place) or (place.areas[-1].name if place.areas else "national"),
        what_for=next(filter(None, what_for), name),
        who_for=parts.text_of(service.get("eligibility_description")) or parts.ages(service),
        phone=parts.number(service, texted=False),
        text=parts.number(service, texted=True),
        website=parts.first(parts.WEB, service.get("url"), body.get("website"), body.get("url")),
        email=parts.first(parts.MAIL, service.get("email"), body.get("email")),
        address=parts.address(service),
        hours=hours or None,
        cost=parts.cost(service),
        access=parts.access(service),
        sources=[parts.source(service, publisher)],
        facts_as_of=parts.text_of(service.get("assured_date") or service.get("last_modified"))[:7],
    )


def _doubts(service: Json, fields: Json, place: Place, sure: bool) -> tuple[Doubt, ...]:
    told: dict[Doubt, bool] = {
        "kind": parts.kind_of(parts.organization(service)) is None,
        "area": parts.area_of(service, place) is None,
        "hours": not sure,
        "phone": not ({"phone", "text"} & set(fields)) and bool(parts.phones(service)),
        "alert": bool(parts.text_of(service.get("alert"))),
    }
    return tuple(doubt for doubt, is_so in told.items() if is_so)
