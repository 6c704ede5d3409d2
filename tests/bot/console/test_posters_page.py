"""The page of codes for posters: make one, print it, end it. That a sheet is made is seen in test_matrix.py."""

from __future__ import annotations

import re

from bot.staff import audit
from tests.bot.console.desk import Desk

CODE = re.compile(r"/staff/posters/([0-9A-Z]{5})/sheets/poster.pdf")


async def test_a_code_is_made_listed_and_ended(place: Desk) -> None:
    editor = await place.signed_in("editor")
    assert "No code was made so far" in (await editor.see("/posters")).text
    done = await editor.send("/posters", label="  A made-up  shop ", area="Braunstone", campaign="")
    assert (done.status_code, done.headers["location"]) == (303, "/staff/posters")
    page = (await editor.see("/posters")).text
    (code,) = CODE.findall(page)
    assert "A made-up shop (Braunstone)" in page
    assert "fewer than 5" in page
    await editor.send(f"/posters/{code}/ending")
    page = (await editor.see("/posters")).text
    assert "ended 25 Nov 2026" in page
    assert CODE.findall(page) == []
    assert (await editor.see(f"/posters/{code}/sheets/poster.pdf")).status_code == 404
    async with place.store.read() as unit:
        did = [entry.action for entry in await audit.entries(unit)]
    assert {"make poster code", "end poster code"} <= set(did)


async def test_what_cannot_be_made_or_printed_is_said_in_one_sentence(place: Desk) -> None:
    editor = await place.signed_in("editor")
    refused = await editor.send("/posters", label=" ", area="Atlantis", campaign="7")
    assert (refused.status_code, "Say where it will hang." in refused.text) == (422, True)
    unknown = await editor.send("/posters", label="A made-up shop", campaign="7")
    assert "There is no such campaign." in unknown.text
    await editor.send("/posters", label="A made-up shop", area="Atlantis", campaign="")
    (code,) = CODE.findall((await editor.see("/posters")).text)
    nowhere = await editor.see(f"/posters/{code}/sheets/leaflet.pdf")
    assert (nowhere.status_code, "BOT_PUBLIC_URL" in nowhere.text) == (422, True)
    assert (await editor.see(f"/posters/{code}/sheets/banner.pdf")).status_code == 404
    assert (await editor.send("/posters/XXXXX/ending")).status_code == 404
