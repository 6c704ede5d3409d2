"""The feed of Open Referral UK: it meets the standard's own schemas, keeps its ids and invents nothing."""

from __future__ import annotations

import copy
import datetime as dt
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entry import Hours
from knowledge.library import load
from knowledge.open_referral import (
    Feed,
    Json,
    ServiceFilter,
    TermFilter,
    basic,
    feed_of,
    minimal,
    page_of,
    services_like,
    terms_like,
    with_services,
    with_words,
)
from tests.house import BRAUNSTONE
from tests.open_referral import (
    BRITE,
    KINDS,
    PLACE,
    brite,
    faults,
    feed_with,
    list_faults,
    needs_the_standard,
    only_service,
    sample,
    things,
    within,
)


@pytest.fixture(scope="module")
def feed() -> Feed:
    return feed_of(load(BRAUNSTONE))


# The standard


@needs_the_standard
@pytest.mark.parametrize("kind", KINDS)
def test_everything_we_hold_meets_the_standard(kind: str, feed: Feed) -> None:
    found = things(feed, kind)
    assert found
    assert [fault for thing in found for fault in faults(kind, thing)] == []
    assert list_faults(kind, page_of([basic(thing) for thing in found], 1, 50)) == []


@needs_the_standard
@pytest.mark.parametrize("kind", KINDS)
def test_an_organisation_with_everything_meets_it_too(kind: str) -> None:
    assert [fault for thing in things(feed_with(), kind) for fault in faults(kind, thing)] == []


@needs_the_standard
@pytest.mark.parametrize(
    ("kind", "where", "wrong", "named"),
    [
        ("service", ["name"], None, "'name' is a required property"),
        ("service", ["status"], "open", "status: 'open'"),
        ("service", ["email"], "no address", "email: 'no address' is not a 'email'"),
        ("service", ["id"], "7", "id: '7' is not a 'uuid'"),
        ("service", ["schedules", 0, "freq"], "DAILY", "schedules.0.freq: 'DAILY'"),
        ("service", ["organization", "description"], None, "organization: 'description' is a required property"),
        (
            "service",
            ["service_at_locations", 0, "location", "addresses", 0, "postal_code"],
            None,
            "service_at_locations.0.location.addresses.0: 'postal_code' is a required property",
        ),
        ("organization", ["description"], None, "'description' is a required property"),
        ("organization", ["website"], 7, "website: 7 is not of type 'string'"),
        ("service_at_location", ["location", "location_type"], "shop", "location.location_type: 'shop'"),
        ("taxonomy", ["name"], None, "'name' is a required property"),
        ("taxonomy_term", ["description"], None, "'description' is a required property"),
    ],
)
def test_a_missing_or_wrong_field_is_refused_by_its_name(
    kind: str, where: list[Any], wrong: object, named: str
) -> None:
    *path, last = where
    broken = copy.deepcopy(things(feed_with(), kind)[0])
    inner: Any = broken
    for step in path:
        inner = inner[step]
    assert last in inner
    if wrong is None:
        del inner[last]
    else:
        inner[last] = wrong
    [fault] = faults(kind, broken)
    assert named in fault


@needs_the_standard
@pytest.mark.parametrize("quality", ["Default", "Test"])
def test_the_good_samples_pass(quality: str) -> None:
    assert [fault for kind in ("api_details", *KINDS) for fault in faults(kind, sample(kind, quality))] == []
    assert [fault for kind in KINDS for fault in list_faults(kind, sample(f"{kind}_list", quality))] == []


@needs_the_standard
def test_the_bad_samples_fail() -> None:
    assert faults("api_details", sample("api_details", "Fail")) == [": 'profile' is a required property"]
    assert faults("service", sample("service", "Fail")) == ["email: 'email-example_com' is not a 'email'"]
    assert faults("taxonomy_term", sample("taxonomy_term", "Fail")) == [": 'description' is a required property"]
    assert len(list_faults("service", sample("service_list", "Fail"))) == 8


# Ids


def test_ids_are_those_that_were_published() -> None:
    feed = feed_with()
    assert list(feed.services) == ["93ddee89-1d09-508d-af45-8a8f882f5a59"]
    assert list(feed.organizations) == ["e2cbe6cc-d502-538a-bbb8-b1a773e05e94"]


def test_ids_outlive_every_other_change() -> None:
    changed = brite(name="Another name", phone="0116 496 0199", address="Somewhere else", hours=Hours(words="Never"))
    for kind in ("service", "organization", "service_at_location"):
        assert [t["id"] for t in things(feed_with(changed), kind)] == [t["id"] for t in things(feed_with(), kind)]


def test_ids_differ_between_places_and_kinds(feed: Feed) -> None:
    elsewhere = feed_with(place=PLACE.model_copy(update={"name": "Castle Ward"}))
    assert not set(elsewhere.services) & set(feed_with().services)
    ids = [thing["id"] for kind in KINDS for thing in things(feed, kind)]
    nested = [s["id"] for service in feed.services.values() for s in service.get("schedules", ())]
    assert max(Counter([*ids, *nested]).values()) == 1


# What can be asked


@given(st.integers(0, 60), st.integers(1, 70))
def test_pages_hold_everything_once_and_count_right(total: int, per_page: int) -> None:
    everything = [{"id": str(number)} for number in range(total)]
    count = page_of(everything, 1, per_page)["total_pages"]
    pages = [page_of(everything, number, per_page) for number in range(1, count + 1)]
    assert [thing for page in pages for thing in page["contents"]] == everything
    assert all(page["size"] == len(page["contents"]) <= per_page and page["total_items"] == total for page in pages)
    assert [page["first_page"] for page in pages] == [number == 0 for number in range(count)]
    assert [page["last_page"] for page in pages] == [number == count - 1 for number in range(count)]
    assert not any(page["empty"] for page in pages)
    beyond = page_of(everything, count + 1, per_page)
    assert (beyond["empty"], beyond["last_page"], beyond["contents"]) == (True, True, [])


def test_services_are_found_by_words_terms_and_organization(feed: Feed) -> None:
    def names(**wanted: Any) -> set[str]:
        return {s["name"] for s in services_like(feed.services.values(), ServiceFilter(**wanted))}

    assert "Childline" in names(search="CHILD 19")
    assert names(search="childline nonsense") == set()
    [fire] = terms_like(feed.taxonomy_terms.values(), TermFilter(search="fire safety"))
    assert "Leicestershire Fire and Rescue Service" in names(taxonomy_term_id=fire["id"])
    assert 0 < len(names(taxonomy_term_id=fire["id"])) < len(names(taxonomy_id=fire["taxonomy_id"])) < len(names())
    [childline] = [s for s in feed.services.values() if s["name"] == "Childline"]
    assert names(organization_id=childline["organization_id"]) == {"Childline"}
    assert names(taxonomy_term_id="nothing") == names(taxonomy_id="nothing") == set()


def test_what_changed_since_is_found_and_a_zone_is_not_needed() -> None:
    at = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
    known, unknown = only_service(changed={BRITE.id: at}), only_service()

    def found(after: str) -> list[Json]:
        return list(services_like([known, unknown], ServiceFilter.model_validate({"modified_after": after})))

    assert found("2026-07-01T12:00:00") == found("2026-07-01T13:00:00+01:00") == [known, unknown]
    assert found("2026-07-01T12:00:01Z") == [unknown]
    assert minimal(known).keys() == {"id", "name", "status", "last_modified"}


def test_terms_hang_under_their_kind(feed: Feed) -> None:
    def found(**wanted: Any) -> list[Json]:
        return list(terms_like(feed.taxonomy_terms.values(), TermFilter(**wanted)))

    parents = found(top_only=True)
    assert [parent["name"] for parent in parents] == ["Topic", "Agency"]
    assert sum(len(found(parent_id=parent["id"])) for parent in parents) == len(feed.taxonomy_terms) - 2
    assert found(taxonomy_id=next(iter(feed.taxonomies))) == list(feed.taxonomy_terms.values())


def test_lists_show_no_lists_and_organizations_can_carry_their_services(feed: Feed) -> None:
    service = next(s for s in feed.services.values() if "service_at_locations" in s)
    assert not [value for value in within(basic(service)) if isinstance(value, list)]
    [organization] = with_words(feed.organizations.values(), "childline")
    assert with_services(feed, organization)["services"][0]["phones"]
