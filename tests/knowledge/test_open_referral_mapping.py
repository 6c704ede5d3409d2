"""What the feed says of our organisations: all that we know, under the standard's names, and nothing made up."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entry import Hours
from knowledge.library import Library, load
from knowledge.open_referral import Feed, feed_of
from knowledge.open_referral.places import split
from tests.house import BRAUNSTONE
from tests.open_referral import BRITE, KINDS, PLACE, brite, feed_with, only_service, things, within


@pytest.fixture(scope="module")
def library() -> Library:
    return load(BRAUNSTONE)


@pytest.fixture(scope="module")
def feed(library: Library) -> Feed:
    return feed_of(library)


def test_each_organisation_is_an_organization_and_one_service(library: Library, feed: Feed) -> None:
    assert sorted(s["name"] for s in feed.services.values()) == sorted(o.name for o in library.organisations.values())
    assert {s["organization_id"] for s in feed.services.values()} == set(feed.organizations)
    assert Counter(len(o["services"]) for o in feed.organizations.values()) == {1: len(library.organisations)}
    located = [o.name for o in library.organisations.values() if o.address]
    assert sorted(p["service"]["name"] for p in feed.service_at_locations.values()) == sorted(located)


def test_every_number_a_resident_can_ring_or_text_is_in_it(library: Library, feed: Feed) -> None:
    served = {
        service["name"]: [phone["number"] for phone in service.get("phones", [])] for service in feed.services.values()
    }
    for known in library.organisations.values():
        said = " ".join(filter(None, (known.phone, known.text)))
        assert len(served[known.name]) == bool(known.phone) + bool(known.text)
        assert all(number in said for number in served[known.name])


def test_what_the_profile_dropped_stands_under_its_core_names() -> None:
    service = only_service()
    numbers = [(p["number"], p["type"], p.get("description")) for p in service["phones"]]
    assert numbers == [("0116 496 0123", "voice", None), ("85000", "text", "Text BRITE to 85000")]
    assert service["contacts"][0]["phones"] == service["phones"]
    assert service["contacts"][0]["email"] == service["email"] == "desk@brite.example"
    assert service["eligibility_description"] == "Anyone"
    assert service["application_process"] == "Ramp at the front door."
    assert service["fees_description"] == service["cost_options"][0]["amount_description"] == "Free"
    assert service["alternate_name"] == "The Brite"
    assert service["assured_date"] == "2026-05-03"


def test_hours_are_schedules() -> None:
    service = only_service()
    regular, friday, eve = service["schedules"]
    shown = ("freq", "byday", "opens_at", "closes_at")
    assert [regular[name] for name in shown] == ["WEEKLY", "MO,WE", "09:00", "17:00"]
    assert [friday[name] for name in shown] == ["WEEKLY", "FR", "18:00", "23:59"]
    assert [eve[name] for name in ("valid_from", "valid_to", "byday", "opens_at", "closes_at")] == [
        *["2026-12-24"] * 2, "TH", "09:00", "12:00",
    ]  # fmt: skip
    assert regular["description"] == "Weekdays 9am to 5pm, Friday until late"
    assert regular["notes"] == (
        "Closed on bank holidays. On 24 December 2026: 09:00 to 12:00. Christmas Eve. Closed on 28 December 2026."
    )


def test_hours_around_the_clock_in_words_alone_and_unknown() -> None:
    [always] = only_service(brite(hours=Hours(words="24 hours", always=True)))["schedules"]
    assert (always["byday"], always["opens_at"], always["closes_at"]) == ("MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59")
    [words] = only_service(brite(hours=Hours(words="Ring first")))["schedules"]
    assert set(words) == {"id", "service_id", "description"}
    assert "schedules" not in only_service(brite(hours=Hours()))


def test_when_it_changed_is_said_where_it_is_known() -> None:
    at = dt.datetime(2026, 7, 1, 13, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert only_service(changed={BRITE.id: at})["last_modified"] == "2026-07-01T12:30:00.000Z"
    assert "last_modified" not in only_service()


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("Braunstone Avenue, LE3 1LE", ("Braunstone Avenue", "Braunstone", "LE3 1LE")),
        ("New Parks, 71 St Oswald Road, Leicester LE3 6RJ", ("New Parks, 71 St Oswald Road", "Leicester", "LE3 6RJ")),
        ("The Grove, Cort Crescent, Braunstone", ("The Grove, Cort Crescent", "Braunstone", "LE3")),
        ("15 Wellington Street, Leicester", None),
        ("1 High Street, Elsewhere EX1 1AA", None),
        ("Merlyn Vaz: Spinney Hill Road. Westcotes: Fosse Road South (LE3).", None),
    ],
)
def test_an_address_is_split_only_where_that_is_sure(words: str, parts: tuple[str, str, str] | None) -> None:
    found = split(words, PLACE)
    assert (found and (found.street, found.city, found.postcode)) == parts


def test_an_address_that_cannot_be_split_is_told_in_words() -> None:
    [place] = feed_with(brite(address="15 Wellington Street, Leicester")).service_at_locations.values()
    assert place["location"]["description"] == "15 Wellington Street, Leicester"
    assert "addresses" not in place["location"]


@given(st.lists(st.sampled_from(["Cort Crescent", "Leicester", "Braunstone", "LE3", "LE1 6FB", "EX1 1AA", ",", "7"])))
def test_no_postcode_is_made_up(parts: list[str]) -> None:
    words = " ".join(parts).replace(" ,", ",")
    found = split(words, PLACE)
    if found:
        assert found.postcode in words or (found.postcode == "LE3" and found.city == "Braunstone")
        assert found.street


def test_nothing_is_null_or_empty(feed: Feed) -> None:
    for kind in KINDS:
        for thing in things(feed, kind):
            assert not [value for value in within(thing) if value is None or value in ("", [], {})]


def test_web_addresses_are_whole(feed: Feed) -> None:
    addresses = [service["url"] for service in feed.services.values() if "url" in service]
    assert [url for url in addresses if not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", url)] == []
