"""An answer as a page of its own."""

from __future__ import annotations

from httpx import AsyncClient

from tests.bot.channels.web.conftest import client_of
from tests.bot.channels.web.fakes import DRAFT, FIRE, PUBLIC_URL, SIGNED, FakeAnswers, FakeConversation, texts, web
from tests.bot.channels.web.html import Page

SAY = texts().say


async def page_of(answers: FakeAnswers, slug: str) -> Page:
    async with client_of(web(FakeConversation(), answers)) as client:
        return Page((await client.get(f"/answers/{slug}")).text)


async def test_a_signed_answer_says_when_it_was_checked(client: AsyncClient) -> None:
    page = Page((await client.get(f"/answers/{SIGNED.id}")).text)
    assert page.has(SIGNED.title, str(SIGNED.emergency), "Have at least one smoke alarm", "Fit them on the ceiling")
    assert page.has(SAY("web.one-line"), SIGNED.one_line)
    assert page.has(SAY("web.who-can-help"), FIRE.name, "0116 210 5555", "Open", "Monday to Friday, 9am to 5pm")
    assert page.has("3 May 2026")
    assert page.has("National Fire Chiefs Council")
    assert page.words.count(str(SIGNED.emergency)) == 1
    assert "tel:+441162105555" in {link["href"] for link in page.links}


async def test_a_draft_says_that_it_is_one(client: AsyncClient) -> None:
    page = Page((await client.get(f"/answers/{DRAFT.id}")).text)
    assert page.has(SAY("answer.draft"))


async def test_an_unsigned_answer_of_a_live_place_is_withheld() -> None:
    page = await page_of(FakeAnswers(live=True), DRAFT.id)
    assert page.has(DRAFT.title, FIRE.name, "0116 210 5555")
    for advice in ("Have at least one smoke alarm", "Fit them on the ceiling", DRAFT.one_line, "heat alarm", "Chiefs"):
        assert advice not in page.words


async def test_a_signed_answer_of_a_live_place_is_shown() -> None:
    page = await page_of(FakeAnswers(live=True), SIGNED.id)
    assert page.has("Have at least one smoke alarm", SIGNED.one_line)


async def test_the_qr_code_holds_the_address(client: AsyncClient) -> None:
    page = Page((await client.get(f"/answers/{SIGNED.id}")).text)
    assert page.has(SAY("web.qr"), f"{PUBLIC_URL}/answers/{SIGNED.id}")
    assert ("svg", "segno") in [(tag, found.get("class")) for tag, found in page.tags]


async def test_without_an_address_of_our_own_there_is_no_code() -> None:
    page = await page_of(FakeAnswers(public_url=None), SIGNED.id)
    assert SAY("web.qr") not in page.words


async def test_an_answer_that_is_gone(client: AsyncClient) -> None:
    response = await client.get("/answers/fire-safety/nothing")
    assert response.status_code == 404
    assert Page(response.text).has(SAY("web.no-such-answer"), "Ask Braunstone Blues a question")


async def test_it_can_be_printed(client: AsyncClient) -> None:
    page = Page((await client.get(f"/answers/{SIGNED.id}")).text)
    assert [found["media"] for tag, found in page.tags if tag == "link" and "media" in found] == ["print"]
    assert "print" in {found.get("id") for _, found in page.tags}
