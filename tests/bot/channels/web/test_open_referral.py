"""The feed over HTTP, as a council's directory reads it."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Mapping
from itertools import pairwise
from typing import Any

import pytest
from httpx import AsyncClient

from bot.channels.web.open_referral import Shelf
from handlers.ports import Ports
from knowledge.library import Library
from tests.bot.channels.web.conftest import client_of
from tests.bot.channels.web.fakes import ENTRIES, FIRE, PUBLIC_URL, FakeAnswers, FakeConversation, web
from tests.open_referral import BRITE, PLACE, brite, faults, list_faults, needs_the_standard

ELSEWHERE = {"origin": "https://directory.example"}
LISTS = {
    "services": "service",
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
KNOWN = [FIRE, BRITE, brite(id="library", name="Library", address=None)]
BROKEN = [
    ("/open-referral/services?page=0", ["page"]),
    ("/open-referral/services?page=one&per_page=1001", ["page", "per_page"]),
    ("/open-referral/services?modified_after=yesterday&full=perhaps", ["modified_after", "full"]),
    ("/open-referral/services?format=ndjson", ["format"]),
    ("/open-referral/services?minimum_age=18", ["minimum_age"]),
    ("/open-referral/service_at_locations?postcode=LE3+1LE&proximity=500", ["postcode", "proximity"]),
]


def library_of(*organisations: Any) -> Library:
    return Library(place=PLACE, entries=ENTRIES, organisations={known.id: known for known in organisations})


@dataclasses.dataclass
class Answers(FakeAnswers):
    """Another library; none at all is a fault of ours."""

    library: Library | None = dataclasses.field(default_factory=lambda: library_of(*KNOWN))
    notices: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    def ports(self) -> Ports:
        if self.library is None:
            raise RuntimeError("a bug")
        return dataclasses.replace(super().ports(), library=self.library, notices=self.notices)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
async def reader(answers: Answers) -> AsyncIterator[AsyncClient]:
    async with client_of(web(FakeConversation(), answers)) as client:
        yield client


async def got(reader: AsyncClient, path: str) -> Any:
    response = await reader.get(f"/open-referral{path}")
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_directory_fetches_everything_page_by_page(reader: AsyncClient) -> None:
    details = await got(reader, "/")
    assert details["version"] == "HSDS-UK-3.0"
    first, second = [await got(reader, f"/services?page={number}&per_page=2") for number in (1, 2)]
    assert (first["total_items"], first["total_pages"], first["size"], second["size"]) == (3, 2, 2, 1)
    assert (first["first_page"], first["last_page"], second["last_page"]) == (True, False, True)
    services = [await got(reader, f"/services/{each['id']}") for each in first["contents"] + second["contents"]]
    assert {service["name"] for service in services} == {known.name for known in KNOWN}
    assert all(service["phones"] and service["organization"] for service in services)


async def test_a_change_is_served_at_once(reader: AsyncClient, answers: Answers) -> None:
    [before] = (await got(reader, "/services?search=library&full=true"))["contents"][-1:]
    answers.library = library_of(brite(id="library", name="Library", phone="0116 496 0199"))
    after = await got(reader, f"/services/{before['id']}")
    assert (before["phones"][0]["number"], after["phones"][0]["number"]) == ("0116 496 0123", "0116 496 0199")
    assert (await got(reader, "/services"))["total_items"] == 1


def test_the_feed_is_made_once_for_each_library() -> None:
    first, second = (Answers(library=library_of(FIRE)).ports() for _ in range(2))
    noticed = dataclasses.replace(second, notices={FIRE.id: ("Closed on Friday.",)})
    moments = iter([first, first, second, noticed, noticed])
    shelf = Shelf(lambda: next(moments))
    feeds = [shelf.feed() for _ in range(5)]
    assert [one is other for one, other in pairwise(feeds)] == [True, False, False, True]


@needs_the_standard
async def test_what_the_team_says_for_a_while_is_the_alert_of_the_service(
    reader: AsyncClient, answers: Answers
) -> None:
    answers.notices = {FIRE.id: ("Closed on Friday.", "Ring instead.")}
    page = await got(reader, "/services?full=true")
    found = {service["name"]: service.get("alert") for service in page["contents"]}
    assert found == {known.name: "Closed on Friday. Ring instead." if known is FIRE else None for known in KNOWN}
    assert list_faults("service", await got(reader, "/services")) == []
    assert [fault for service in page["contents"] for fault in faults("service", service)] == []
    answers.notices = {}
    assert not any("alert" in service for service in (await got(reader, "/services?full=true"))["contents"])


@needs_the_standard
@pytest.mark.parametrize("path", LISTS)
async def test_every_list_and_everything_in_it_meets_the_standard(reader: AsyncClient, path: str) -> None:
    page = await got(reader, f"/{path}")
    assert page["contents"]
    assert list_faults(LISTS[path], page) == []
    whole = [await got(reader, f"/{path}/{each['id']}") for each in page["contents"]]
    assert [fault for thing in whole for fault in faults(LISTS[path], thing)] == []


@needs_the_standard
async def test_the_details_meet_the_standard_with_and_without_a_slash(reader: AsyncClient) -> None:
    details = await got(reader, "/")
    assert faults("api_details", details) == []
    assert await got(reader, "") == details


@pytest.mark.parametrize(("public_url", "base"), [(PUBLIC_URL, PUBLIC_URL), (None, "https://ask.example")])
async def test_the_api_describes_itself(public_url: str | None, base: str) -> None:
    async with client_of(web(FakeConversation(), Answers(public_url=public_url))) as reader:
        address = (await got(reader, "/"))["openapi_url"]
        assert address == f"{base}/open-referral/openapi.json"
        document = (await reader.get(address)).json()
    assert document["servers"] == [{"url": f"{base}/open-referral"}]
    assert set(document["paths"]) == {"/", *(f"/{p}" for p in LISTS), *(f"/{p}/{{id}}" for p in LISTS)}
    parameters = {each["name"] for each in document["paths"]["/services"]["get"]["parameters"]}
    assert parameters >= {"page", "per_page", "search", "taxonomy_term_id", "modified_after", "minimal", "full"}


async def test_lists_are_short_and_full_or_minimal_on_wish(reader: AsyncClient) -> None:
    short, full = [(await got(reader, f"/services?{wish}"))["contents"] for wish in ("", "full=true")]
    minimal = await got(reader, "/services?minimal=true&per_page=1&page=2")
    assert "phones" not in short[0]
    assert full[0]["phones"]
    assert (minimal["size"], minimal["page_number"], minimal["last_page"]) == (3, 1, True)
    assert set(minimal["contents"][0]) == {"id", "name", "status"}
    [organization] = (await got(reader, "/organizations?search=brite&full_service=true"))["contents"][:1]
    alone = await got(reader, f"/organizations/{organization['id']}?full_service=true")
    assert alone["services"] == organization["services"]
    assert alone["services"][0]["phones"]


async def test_terms_lead_to_services_and_their_places(reader: AsyncClient) -> None:
    [term] = (await got(reader, "/taxonomy_terms?search=fire+safety"))["contents"]
    services = (await got(reader, f"/services?taxonomy_term_id={term['id']}"))["contents"]
    assert [service["name"] for service in services] == [FIRE.name]
    assert (await got(reader, f"/service_at_locations?taxonomy_term_id={term['id']}"))["empty"]
    [place] = (await got(reader, "/service_at_locations?search=brite&full=true"))["contents"]
    assert place["location"]["addresses"][0]["postal_code"] == "LE3 1LE"


@pytest.mark.parametrize(
    "path", ["/open-referral", "/open-referral/services", "/open-referral/services/7", BROKEN[0][0]]
)
async def test_any_page_anywhere_may_read_it(reader: AsyncClient, path: str) -> None:
    for headers in ({}, ELSEWHERE):
        answer = await reader.get(path, headers=headers)
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert "set-cookie" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == ("public, max-age=300" if answer.is_success else "no-store")


async def test_nothing_can_be_written(reader: AsyncClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = await reader.request(method, "/open-referral/services", headers=ELSEWHERE)
        assert (answer.status_code, answer.json()) == (405, {"status": 405, "error": "Method Not Allowed"})
        assert answer.headers["allow"] == "GET"
    asked = {**ELSEWHERE, "access-control-request-method": "GET", "access-control-request-headers": "x-trace"}
    assert (await reader.options("/open-referral/services", headers=asked)).status_code == 200
    asked["access-control-request-method"] = "DELETE"
    assert (await reader.options("/open-referral/services", headers=asked)).status_code == 400


@pytest.mark.parametrize("path", [*(f"/{path}/ac148810-d857-441c-9679-408f346de14b" for path in LISTS), "/nowhere"])
async def test_what_is_not_there_is_said_in_json(reader: AsyncClient, path: str) -> None:
    answer = await reader.get(f"/open-referral{path}")
    assert (answer.status_code, answer.json()) == (404, {"status": 404, "error": "Not Found"})


@pytest.mark.parametrize(("path", "fields"), BROKEN)
async def test_a_question_that_cannot_be_answered_names_its_fields(
    reader: AsyncClient, path: str, fields: list[str]
) -> None:
    answer = await reader.get(path)
    assert (answer.status_code, answer.json()) == (400, {"status": 400, "error": "Bad Request", "fields": fields})


async def test_a_page_beyond_the_last_is_empty(reader: AsyncClient) -> None:
    page = await got(reader, "/services?page=9&utm_source=x")
    assert (page["empty"], page["contents"], page["total_items"]) == (True, [], 3)


async def test_a_fault_of_ours_is_json_too(reader: AsyncClient, answers: Answers) -> None:
    answers.library = None
    answer = await reader.get("/open-referral/services")
    assert (answer.status_code, answer.json()) == (500, {"status": 500, "error": "Internal Server Error"})
    assert answer.headers["access-control-allow-origin"] == "*"
