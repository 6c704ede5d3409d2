"""Getting in: by invitation, by link, by a code on Telegram; and everything that does not get in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.staff import audit
from bot.store import chats, outbox
from bot.store.staff_tables import StaffSession
from bot.store.tables import Outbox
from bot.visits import team
from handlers.turn import Reply, Turn
from knowledge.prose import words_of
from tests.bot.console.desk import OWN_MACHINE, PLAIN, SECURE, Browser, Desk, desk

CODE = re.compile(r"[34679CDGHJMPQRTWX]{6}-[34679CDGHJMPQRTWX]{2}")
SENT = "If that number is known, a code is on its way"
WRONG = "That code is wrong, used, or too old."


@pytest.fixture
async def either(database_url: str, clock: FixedClock) -> AsyncIterator[Desk]:
    async with desk(database_url, clock) as built:
        yield built


async def linked(place: Desk) -> int:
    """A colleague with a chat on Telegram."""
    async with place.store.write() as unit:
        chat = await chats.lock(unit, Turn(channel="telegram", key="1", chat="5", at=unit.now, text="hello"))
        staff, code = await team.invite(unit, "Kit Invented", "editor", "", place.random.randbytes)
        assert await team.link(unit, code, chat.id) is not None
    return staff


async def codes_sent(place: Desk) -> list[str]:
    async with place.store.read() as unit:
        rows = (await unit.session.execute(select(Outbox).order_by(col(Outbox.id)))).scalars().all()
        said = [unit.vault.open(outbox.COLUMN, row.payload) for row in rows if row.payload]
    return [found for one in said for found in CODE.findall(words_of(Reply.model_validate_json(one).blocks))]


async def is_in(browser: Browser) -> bool:
    return (await browser.see()).status_code == 200


async def test_an_invitation_opens_the_console_once(either: Desk) -> None:
    code = await either.code(await either.member("coordinator", "Ann Example"))
    first, second = either.browser(), either.browser()
    assert (await first.see()).headers["location"] == "/staff/sign-in"

    await first.post("/sign-in/invitation", code=f" {code.lower().replace('-', ' ')} ")
    page = (await first.see()).text
    assert "Ann Example, coordinator" in page
    assert "You are signed in." in page
    assert "You are signed in." not in (await first.see()).text

    again = await second.post("/sign-in/invitation", code=code)
    assert again.status_code == 422
    assert WRONG in again.text
    assert not await is_in(second)


async def test_a_code_by_telegram_opens_it_once(either: Desk) -> None:
    staff = await linked(either)
    browser = either.browser()
    answer = await browser.post("/sign-in/telegram", number=str(staff))
    assert SENT in (await browser.client.get(answer.headers["location"])).text
    (code,) = await codes_sent(either)

    await browser.post("/sign-in/code", number=str(staff), code=code.lower())
    assert await is_in(browser)
    other = either.browser()
    assert WRONG in (await other.post("/sign-in/code", number=str(staff), code=code)).text
    async with either.store.read() as unit:
        assert [(one.action, one.about) for one in await audit.entries(unit, staff)] == [("sign-in", "telegram")]


@pytest.mark.parametrize("number", ["1", "999"])
async def test_nothing_tells_whether_a_number_is_known(place: Desk, number: str) -> None:
    staff = await linked(place)
    known, stranger = place.browser(), place.browser()
    answers = [
        await known.post("/sign-in/telegram", number=str(staff)),
        await stranger.post("/sign-in/telegram", number=number),
    ]
    pages = [await known.see("/sign-in/code?number=4"), await stranger.see("/sign-in/code?number=4")]
    wrong = [
        await b.post("/sign-in/code", number=n, code="DDDDDD-DD") for b, n in ((known, str(staff)), (stranger, number))
    ]

    assert [a.headers["location"].partition("=")[0] for a in answers] == ["/staff/sign-in/code?number"] * 2
    assert pages[0].text == pages[1].text
    assert wrong[0].status_code == wrong[1].status_code == 422
    assert wrong[0].text.replace(f'value="{staff}"', "") == wrong[1].text.replace(f'value="{number}"', "")


async def test_a_code_has_five_tries(either: Desk) -> None:
    staff = await linked(either)
    browser = either.browser()
    await browser.post("/sign-in/telegram", number=str(staff))
    (code,) = await codes_sent(either)
    for _ in range(5):
        assert WRONG in (await browser.post("/sign-in/code", number=str(staff), code="DDDDDD-DD")).text

    assert WRONG in (await either.browser().post("/sign-in/code", number=str(staff), code=code)).text
    async with either.store.read() as unit:
        assert [one.action for one in await audit.entries(unit, staff)] == ["sign-in refused"] * 5


async def test_a_code_lasts_ten_minutes_and_a_second_one_makes_it_void(place: Desk) -> None:
    staff = await linked(place)
    browser = place.browser()
    for _ in range(2):
        await browser.post("/sign-in/telegram", number=str(staff))
        place.clock.move(minutes=1)
    first, second = await codes_sent(place)
    await browser.post("/sign-in/code", number=str(staff), code=first)
    assert not await is_in(browser)
    place.clock.move(minutes=10)
    await browser.post("/sign-in/code", number=str(staff), code=second)
    assert not await is_in(browser)


async def test_a_code_of_a_colleague_or_for_an_account_is_none(place: Desk) -> None:
    staff, other = await linked(place), await place.member()
    browser = place.browser()
    await browser.post("/sign-in/telegram", number=str(staff))
    (code,) = await codes_sent(place)
    async with place.store.write() as unit:
        for_account = await team.renew(unit, other, place.random.randbytes)
        chat = await chats.lock(unit, Turn(channel="telegram", key="2", chat="6", at=unit.now, text="hello"))
    assert for_account is not None
    console = await place.code(other)

    await browser.post("/sign-in/code", number=str(other), code=code)
    await browser.post("/sign-in/invitation", code=code)
    await browser.post("/sign-in/invitation", code=for_account)
    assert not await is_in(browser)
    async with place.store.write() as unit:
        assert await team.link(unit, console, chat.id) is None


async def test_looking_at_a_link_leaves_it_whole(place: Desk) -> None:
    code = await place.code(await place.member())
    await place.browser().see(f"/link/{code}")
    page = await (browser := place.browser()).see(f"/link/{code}")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert not await is_in(browser)
    await browser.post(f"/link/{code}")
    assert await is_in(browser)


async def test_too_many_tries_have_to_wait(place: Desk) -> None:
    browser = place.browser()
    codes = [(await browser.post("/sign-in/invitation", code="x")).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    assert (await place.browser().post("/sign-in/invitation", code="x")).status_code == 422


async def test_nobody_can_fill_a_colleagues_telephone(place: Desk) -> None:
    staff = await linked(place)
    answers = [await place.browser().post("/sign-in/telegram", number=str(staff)) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {303}
    assert len(await codes_sent(place)) == 3


async def test_cookies_are_out_of_reach(place: Desk) -> None:
    browser = place.browser()
    answer = await browser.post("/sign-in/invitation", code=await place.code(await place.member()))
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("__Host-staff="))
    for part in ("HttpOnly", "Path=/", "SameSite=strict", "Secure"):
        assert part in cookie
    assert "Domain" not in cookie
    async with place.store.read() as unit:
        kept = (await unit.session.execute(select(col(StaffSession.token)))).scalar_one()
    assert kept not in cookie


async def test_on_ones_own_machine_it_works_without_tls_and_says_so(place: Desk) -> None:
    browser = await place.signed_in(base=OWN_MACHINE)
    assert set(browser.client.cookies) <= {"staff-local", "staff-said-local"}
    assert "without a secure connection" in (await browser.see()).text
    assert "without a secure connection" not in (await (await place.signed_in()).see()).text


@pytest.mark.parametrize("headers", [{"x-forwarded-for": "198.51.100.7"}, {"forwarded": "for=198.51.100.7"}])
async def test_a_proxy_without_tls_is_not_ones_own_machine(place: Desk, headers: dict[str, str]) -> None:
    assert (await place.browser(OWN_MACHINE, **headers).see("/sign-in")).status_code == 426


async def test_any_other_host_without_tls_is_refused(place: Desk) -> None:
    code = await place.code(await place.member())
    for answer in (
        await (browser := place.browser(PLAIN)).see("/sign-in"),
        await browser.post("/sign-in/invitation", code=code),
        await place.browser(PLAIN, **{"x-forwarded-proto": "https"}).see("/sign-in"),
    ):
        assert answer.status_code == 426
        assert "use the address that begins with https" in answer.text
    await (secure := place.browser()).post("/sign-in/invitation", code=code)
    assert await is_in(secure)


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"}],
)
async def test_a_form_from_another_page_signs_nobody_in(place: Desk, headers: dict[str, str]) -> None:
    browser = place.browser(**headers)
    answer = await browser.post("/sign-in/invitation", code=await place.code(await place.member()))
    assert answer.status_code == 403
    assert not browser.client.cookies


@pytest.mark.parametrize(
    ("origin", "taken"), [(SECURE, True), ("null", False), (None, False), ("https://x.example", False)]
)
async def test_without_sec_fetch_site_the_origin_decides(place: Desk, origin: str | None, taken: bool) -> None:
    browser = place.browser()
    del browser.client.headers["sec-fetch-site"]
    if origin:
        browser.client.headers["origin"] = origin
    answer = await browser.post("/sign-in/invitation", code="x")
    assert (answer.status_code == 422) == taken


async def test_signing_out_ends_it_on_the_server_too(place: Desk) -> None:
    browser = await place.signed_in()
    held = dict(browser.client.cookies)
    await browser.send("/sign-out")
    assert "You are signed out." in (await browser.see("/sign-in")).text
    thief = place.browser()
    thief.client.cookies.update(held)
    assert not await is_in(thief)
