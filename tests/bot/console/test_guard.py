"""Who may open what, and what no role may. Every page with every role: `test_matrix.py`."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError

from bot.console import guard
from bot.console.app import PARTS
from bot.console.site import Console, Site
from bot.knowing import Knowing
from bot.staff import sessions
from tests.bot.console.desk import Desk, library
from tests.house import Scripted


def routes(place: Desk) -> list[tuple[str, str]]:
    """Every page with each method it answers to."""
    site = Site(Console(place.store, Knowing(Scripted(holding=library()))))
    found = [one for part in PARTS for one in part.routes(site).routes if isinstance(one, APIRoute)]
    return [(route.path, method) for route in found for method in route.methods or ()]


async def test_the_table_names_every_page_and_no_other(place: Desk) -> None:
    assert {path for path, _ in routes(place)} == set(guard.PAGES) | guard.OPEN
    assert not set(guard.PAGES) & guard.OPEN
    assert set(guard.MENU) <= set(guard.PAGES)


async def test_to_a_stranger_all_pages_are_alike(place: Desk) -> None:
    for path in ("/", "/audit", "/settings", "/no-such-page", "/settings/devices/x"):
        answer = await place.browser().see(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/staff/sign-in")
        assert (await place.browser().post(path)).headers["location"] == "/staff/sign-in"


@pytest.mark.parametrize("path", ["/settings/devices/x", "/settings/devices/99999999999", "/audit?person=-1", "//"])
async def test_an_address_that_makes_no_sense_is_not_there(place: Desk, path: str) -> None:
    browser = await place.signed_in("admin")
    assert (await browser.see(path)).status_code == 404


async def test_a_form_without_the_token_changes_nothing(place: Desk) -> None:
    browser = await place.signed_in("admin")
    other = await place.signed_in("admin")
    for form in ({}, {"csrf": ""}, {"csrf": "ä" * 64}, {"csrf": await other.token()}):
        answer = await browser.post("/switch", turn="off", reason="a test", message="Back soon.", **form)
        assert answer.status_code == 403
    assert "The bot answers residents." in (await browser.see("/switch")).text


async def test_a_good_token_from_another_page_changes_nothing(place: Desk) -> None:
    browser = await place.signed_in("admin")
    token = await browser.token()
    browser.client.headers["sec-fetch-site"] = "cross-site"
    assert (await browser.post("/switch", csrf=token, turn="off", reason="x", message="y")).status_code == 403


async def test_every_answer_carries_the_headers(place: Desk) -> None:
    browser = await place.signed_in("admin")
    for path in ("/", "/no-such-page", "/sign-in", "/audit"):
        headers = (await browser.see(path)).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


async def test_what_is_too_large_is_not_read(place: Desk) -> None:
    answer = await place.browser().post("/sign-in/invitation", code="x" * 70_000)
    assert answer.status_code == 413


async def test_a_database_that_is_away_is_said_so(place: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await place.signed_in()

    async def away(*_args: object) -> None:
        raise OperationalError("SELECT", {}, OSError("gone"))

    monkeypatch.setattr(sessions, "find", away)
    answer = await browser.see()
    assert answer.status_code == 503
    assert "Traceback" not in answer.text
