"""Another directory's services become drafts: nothing invented, nothing personal, and what we have is recognised."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entry import Opening, Organisation
from knowledge.hours import WEEK
from knowledge.library import load
from knowledge.open_referral import feed_of
from knowledge.open_referral.matching import Match, Matcher
from knowledge.open_referral.reading import Read, merged, read, services_in
from tests.house import BRAUNSTONE
from tests.open_referral import BRITE, MOCKS, PLACE, brite, needs_the_standard, only_service

TODAY = dt.date(2026, 11, 25)
BARE = {"id": "1", "name": "Chair Yoga", "status": "active", "description": "Gentle exercise."}


def drafted(**more: Any) -> Read:
    return read({**BARE, **more}, PLACE, "Loamshire Council", TODAY)


def organisation(**more: Any) -> Organisation:
    found = drafted(**more).organisation
    assert found
    return found


def sample(name: str) -> Any:
    return json.loads((MOCKS / name).read_text(encoding="utf-8"))


@needs_the_standard
def test_the_standards_own_sample_becomes_a_draft_without_its_people() -> None:
    [service] = services_in(sample("V3.0-UK-Default/service_full.json"))
    found = read(service, PLACE, "Loamshire Council", TODAY)
    assert found.organisation
    assert found.organisation.name == "Community Counselling"
    assert found.organisation.sources[0].name == "Loamshire Council: open data (Open Referral UK)"
    assert found.organisation.address == "1-30 Main Street, MyCity, ABC 1234"
    assert "Persona" not in found.organisation.model_dump_json()
    assert found.doubts == ("kind", "area", "alert")


@needs_the_standard
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("V3.0-UK-Default/service_list.json", 1),
        ("V3.0-UK-Test/service_list.json", 128),
        ("V3.0-UK-Default/taxonomy.json", 0),
        ("V3.0-UK-Default/service_at_location_full.json", 0),
        ("V3.0-UK-Default/api_details.json", 0),
    ],
)
def test_services_are_found_in_any_document(name: str, count: int) -> None:
    assert len(services_in(sample(name))) == count


@needs_the_standard
def test_a_service_without_a_name_is_named_as_such() -> None:
    first, *_rest = services_in(sample("V3.0-UK-Fail/service_list.json"))
    assert read(first, PLACE, "Loamshire Council", TODAY).missing == "name"


def test_our_own_feed_comes_back_as_what_we_have() -> None:
    library = load(BRAUNSTONE)
    matcher, lost = Matcher(library.organisations.values()), list[str]()
    kept = ("name", "kind", "area", "what_for", "who_for", "phone", "text", "website", "email", "cost")
    for service in feed_of(library).services.values():
        found = read(service, library.place, "Us", TODAY).organisation
        assert found
        match = matcher.match(found)
        ours = library.organisations[match.id or ""]
        lost += [f"{ours.id}: {name}" for name in kept if getattr(ours, name) != getattr(found, name)]
        assert (match.kind, ours.hours.weekly) == ("same", found.hours.weekly)
        assert ours.hours.always == found.hours.always
    assert lost == []


def test_hours_are_reckoned_with_only_where_all_of_them_can_be() -> None:
    weekly = {"freq": "WEEKLY", "byday": "FR,MO", "opens_at": "10:00:00", "closes_at": "23:59", "description": "Days"}
    monthly = {
        "freq": "MONTHLY",
        "byday": "2TU",
        "opens_at": "10:00",
        "closes_at": "11:00",
        "description": "2nd Tuesday",
    }
    over = {**monthly, "valid_to": "2026-11-24"}
    opening = Opening(days=("mon", "fri"), opens=dt.time(10), closes=dt.time(0))
    assert organisation(schedules=[weekly, over]).hours.weekly == (opening,)
    found = drafted(schedules=[weekly, monthly])
    assert found.organisation
    assert (found.organisation.hours.weekly, found.organisation.hours.words) == ((), "Days 2nd Tuesday")
    assert "hours" in found.doubts
    every_day = {**weekly, "byday": ",".join(day[:2] for day in WEEK), "opens_at": "00:00"}
    assert organisation(schedules=[every_day]).hours.always


def test_ways_to_get_in_touch_are_taken_from_wherever_they_stand() -> None:
    contact = {"name": "A. Person", "phones": [{"number": "0116 496 0123"}, {"number": "07700 900123", "type": "sms"}]}
    found = organisation(
        contacts=[contact], url="javascript:alert(1)", organization={"website": "https://yoga.example"}
    )
    assert (found.phone, found.text, found.website) == ("0116 496 0123", "07700 900123", "https://yoga.example")
    assert "Person" not in found.model_dump_json()
    assert "phone" in drafted(phones=[{"number": "ring the bell"}]).doubts


def test_html_never_comes_in() -> None:
    found = organisation(description="<p>Mats &amp; chairs &lt;script&gt;x()&lt;/script&gt;</p>", fees="a < b")
    assert (found.what_for, found.cost) == ("Mats & chairs x()", "a b")


def test_prices_ages_and_kinds_are_said_in_words() -> None:
    found = organisation(
        cost_options=[{"amount": 3.5, "amount_description": "a class", "option": "over 60"}],
        minimum_age=60,
        organization={"name": "Mats", "organization_identifiers": [{"identifier_scheme": "GB-CHC"}]},
        service_areas=[{"name": "leicester"}],
    )
    assert (found.cost, found.who_for) == ("£3.5 a class (over 60)", "From age 60.")
    assert (found.kind, found.area, found.aliases) == ("charity", "Leicester", ("Mats",))


def test_a_service_that_is_not_active_is_left_out() -> None:
    assert drafted(status="temporarily closed") == Read("Chair Yoga", closed="temporarily closed")


def test_what_a_list_leaves_out_is_taken_from_where_it_stands_whole() -> None:
    assert merged([{"id": "1", "name": "a", "phones": []}, {"id": "1", "name": "b"}]) == [
        {"id": "1", "name": "b", "phones": []}
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*only_service(), "minimum_age", "service_at_locations", "fees"]), JSON))
def test_no_feed_however_odd_breaks_the_reading(odd: dict[str, Any]) -> None:
    found = drafted(**odd)
    assert found.missing or found.closed or found.organisation
    assert all(isinstance(each, dict) for each in services_in(odd))


LIKE_WEBSITE = Match("likely", "brite-centre", ("website",))


@pytest.mark.parametrize(
    ("wanted", "match"),
    [
        (brite(), Match("same", "brite-centre", ("name", "phone", "website"))),
        (brite(name="The Brite", phone=None, website=None), Match("same", "brite-centre", ("name",))),
        (brite(phone="0116 496 0999", website=None), Match("likely", "brite-centre", ("name",))),
        (brite(name="Library", phone="+44 116 496 0123", website=None), Match("likely", "brite-centre", ("phone",))),
        (brite(name="Brite Center", phone=None, website=None), Match("likely", "brite-centre", ("like-name",))),
        (brite(name="Hall", phone=None, website="http://www.brite.example"), LIKE_WEBSITE),
        (brite(name="Library", phone=None, website="https://facebook.com/brite"), Match("new")),
    ],
)  # fmt: skip
def test_what_we_have_is_recognised(wanted: Organisation, match: Match) -> None:
    other = brite(id="other", name="Elsewhere", aliases=(), phone=None, website="https://facebook.com/other")
    assert Matcher([BRITE, other]).match(wanted.model_copy(update={"id": "wanted", "aliases": ()})) == match
