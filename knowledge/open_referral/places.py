"""Where a service is: its address as far as we hold it. A postcode that we were not told is never made up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.entry import Organisation
from knowledge.open_referral.values import Ids, Json, present
from knowledge.place import Area, Place

POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) [0-9][A-Z]{2}$")
COUNTRY = "GB"


@dataclass(frozen=True, slots=True)
class Split:
    """An address in the standard's three parts. The postcode may be its first half, where only that is sure."""

    street: str
    city: str
    postcode: str


def location(organisation: Organisation, place: Place, ids: Ids) -> Json | None:
    """Where to go; None for an organisation without an address. One that cannot be split stays in words."""
    if not organisation.address:
        return None
    slug, access = organisation.id, organisation.access
    address = _address(organisation.address, slug, place, ids)
    return present(
        id=ids.of("location", slug),
        location_type="physical",
        name=organisation.name,
        description=organisation.address,
        addresses=[address] if address else [],
        accessibility=[{"id": ids.of("accessibility", slug), "description": access}] if access else [],
    )


def _address(words: str, slug: str, place: Place, ids: Ids) -> Json | None:
    parts = split(words, place)
    if parts is None:
        return None
    return {
        "id": ids.of("address", slug),
        "location_id": ids.of("location", slug),
        "address_1": parts.street,
        "city": parts.city,
        "state_province": place.areas[-1].name,  # the widest
        "postal_code": parts.postcode,
        "country": COUNTRY,
        "address_type": "physical",
    }


def split(words: str, place: Place) -> Split | None:
    """An address as it is written in; its parts out, or None where the town or the postcode is not sure.

    The town is the last part where that is an area of the place, else the area that has the postcode.
    """
    found = POSTCODE.search(words)
    rest = words[: found.start()].rstrip(" ,") if found else words
    street, _, last = rest.rpartition(", ")
    named = next((area for area in place.areas if area.name == last), None)
    if street and named:
        postcode = found[0] if found else _only_outward(named)
        return Split(street, named.name, postcode) if postcode else None
    holder = found and next((area for area in place.areas if found[1] in area.outward_postcodes), None)
    return Split(rest, holder.name, found[0]) if found and holder and rest else None


def _only_outward(area: Area) -> str | None:
    return area.outward_postcodes[0] if len(area.outward_postcodes) == 1 else None
