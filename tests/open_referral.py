"""An organisation with everything in it, as a feed; and the standard's own schemas and samples, where they stand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from knowledge.entry import DayException, Hours, Opening, Organisation
from knowledge.library import Library
from knowledge.open_referral import Feed, Json, feed_of
from knowledge.place import Area, Place
from tests.house import SHARED

STANDARD = SHARED / "open-referral"
SCHEMAS = STANDARD / "Schemas" / "V3.0-UK"
MOCKS = STANDARD / "Mocks"

KINDS = {
    "service": "services",
    "organization": "organizations",
    "service_at_location": "service_at_locations",
    "taxonomy": "taxonomies",
    "taxonomy_term": "taxonomy_terms",
}
BRITE = Organisation(
    id="brite-centre",
    name="BRITE Centre",
    aliases=("The Brite",),
    kind="community",
    area="Braunstone",
    what_for="Library, meeting rooms and advice",
    who_for="Anyone",
    phone="0116 496 0123",
    text="Text BRITE to 85000",
    website="https://brite.example",
    email="desk@brite.example",
    address="Braunstone Avenue, LE3 1LE",
    cost="Free",
    access="Ramp at the front door.",
    hours=Hours(
        words="Weekdays 9am to 5pm, Friday until late",
        weekly=(
            Opening(days=("wed", "mon"), opens=dt.time(9), closes=dt.time(17)),
            Opening(days=("fri",), opens=dt.time(18), closes=dt.time(0)),
        ),
        bank_holidays="closed",
        exceptions=(
            DayException(date=dt.date(2026, 12, 24), openings=((dt.time(9), dt.time(12)),), why="Christmas Eve"),
            DayException(date=dt.date(2026, 12, 28)),
        ),
    ),
    checked_on=dt.date(2026, 5, 3),
)
PLACE = Place(
    name="Braunstone",
    partnership="Braunstone Blues",
    areas=(
        Area(name="Braunstone", outward_postcodes=("LE3",)),
        Area(name="Leicester", outward_postcodes=("LE1", "LE2")),
        Area(name="Leicestershire"),
    ),
)

needs_the_standard = pytest.mark.skipif(
    not SCHEMAS.exists(), reason=f"the schemas of Open Referral UK are not beside the project: {SCHEMAS}"
)


def faults(kind: str, body: object) -> list[str]:
    """A kind (a schema's name) and a body in; each fault with its path out: 'contents.0: 'name' is a required …'."""
    return [f"{'.'.join(map(str, error.path))}: {error.message}" for error in _validator(kind).iter_errors(body)]


def list_faults(kind: str, page: Any) -> list[str]:
    """The same for a page of a kind. The schema of a list of organizations is that of one of them."""
    if kind == "organization":
        return [fault for item in page["contents"] for fault in faults("organization_list", item)]
    return faults(f"{kind}_list", page)


def sample(kind: str, quality: str) -> Any:
    """One of the standard's samples: Default and Test are good, Fail is not."""
    name = f"{kind}_full" if kind in ("service", "organization", "service_at_location") else kind
    return json.loads((MOCKS / f"V3.0-UK-{quality}" / f"{name}.json").read_text(encoding="utf-8"))


@cache
def _validator(kind: str) -> Any:
    schema = json.loads((SCHEMAS / f"{kind}.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker())


def feed_with(organisation: Organisation = BRITE, place: Place = PLACE, **more: Any) -> Feed:
    return feed_of(Library(place=place, entries={}, organisations={organisation.id: organisation}, **more))


def only_service(organisation: Organisation = BRITE, **more: Any) -> Json:
    [service] = feed_with(organisation, **more).services.values()
    return service


def brite(**changes: object) -> Organisation:
    return BRITE.model_copy(update=changes)


def things(feed: Feed, kind: str) -> list[Json]:
    return list(getattr(feed, KINDS[kind]).values())


def within(value: object) -> Iterator[object]:
    """A value and everything in it."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from within(each)
