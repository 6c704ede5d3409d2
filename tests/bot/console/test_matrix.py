"""Every page of the guard's table, asked for in earnest: with every role, with nobody signed in, with every method, and
with forms that are not ours. All of it is made from the table, so a page that somebody adds is covered by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.clock import FixedClock
from bot.console import guard
from tests.bot.console.desk import ROLES, Browser
from tests.bot.console.stocked import Stocked, stocked
from tests.databases import SqliteFiles

METHODS = ("GET", "POST", "DELETE", "TRACE")
ELSEWHERE = {"sec-fetch-site": "cross-site"}


@pytest.fixture
async def stock(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Stocked]:
    async with stocked(sqlite_files.fresh(), clock) as built:
        yield built


async def colleagues(stock: Stocked) -> dict[str, Browser]:
    """One of each role, signed in; the officer is one of those who go to the visit."""
    browsers = {role: await stock.desk.signed_in(role) for role in ROLES if role != "officer"}
    officer = stock.desk.browser()
    await officer.post("/sign-in/invitation", code=await stock.desk.code(stock.estate.staff[0]))
    for browser in (*browsers.values(), officer):
        await browser.see()  # that they are signed in is said once
    return browsers | {"officer": officer}


def any_number(path: str) -> str:
    """An address that no row has: forms sent there change nothing."""
    return path.replace("{number}", "0")


def wanted(path: str, role: str) -> bool:
    """Of what everybody may see, those who may least and those who may most are enough: the pages are many."""
    return guard.PAGES[path] != guard.EVERYBODY or role in ("officer", "admin")


async def everything(stock: Stocked) -> list[str]:
    """Every row of every table."""
    async with stock.desk.store.read() as unit:
        tables = SQLModel.metadata.sorted_tables
        return [f"{table.name} {tuple(row)}" for table in tables for row in await unit.session.execute(select(table))]


async def ask(browser: Browser, method: str, path: str, token: str = "", **headers: str) -> httpx.Response:
    form = {"csrf": token} if token else {}
    return await browser.client.request(method, f"/staff{path}", data=form, headers=headers)


async def test_each_page_opens_for_every_role_in_its_line_and_for_no_other(stock: Stocked) -> None:
    """Also whoever looks closely learns nothing of one that is not theirs: the same words, the same headers."""
    wrong: list[str] = []
    for role, browser in (await colleagues(stock)).items():
        nothing = await browser.see("/no-such-page")
        for path in (path for path in stock.pages("GET") if path in guard.PAGES and wanted(path, role)):
            answer = await browser.see(stock.address(path))
            absent = (answer.status_code, answer.text, answer.headers) == (404, nothing.text, nothing.headers)
            if (answer.status_code == 200, not absent) != ((role in guard.PAGES[path],) * 2):
                wrong.append(f"{role} {path}: {answer.status_code}")
    assert wrong == []


async def test_forms_are_taken_from_every_role_in_their_line_and_from_no_other(stock: Stocked) -> None:
    """One that is not theirs is a page that is not there, word for word."""
    wrong: list[str] = []
    for role, browser in (await colleagues(stock)).items():
        token = await browser.token()
        nothing = (await ask(browser, "POST", "/no-such-page", token)).text
        for path in (path for path in stock.pages("POST") if path in guard.PAGES and wanted(path, role)):
            if path == "/sign-out":
                continue
            answer = await ask(browser, "POST", any_number(path), token)
            browser.client.cookies.pop("__Host-staff-said", None)
            refused = answer.status_code == 404 and answer.text == nothing
            if refused == (role in guard.PAGES[path]) or answer.status_code == 403 or answer.is_server_error:
                wrong.append(f"{role} {path}: {answer.status_code}")
    assert wrong == []


async def test_a_stranger_is_sent_to_sign_in_from_everywhere(stock: Stocked) -> None:
    stranger = stock.desk.browser()
    wrong: list[str] = []
    for path in guard.PAGES:
        for method in METHODS:
            answer = await ask(stranger, method, any_number(path))
            if (answer.status_code, answer.headers.get("location")) != (303, "/staff/sign-in"):
                wrong.append(f"{method} {path}: {answer.status_code}")
    for path in set(stock.pages("GET")) & guard.OPEN:
        if (await stranger.see(stock.address(path))).status_code != 200:
            wrong.append(path)
    assert wrong == []


async def test_no_form_counts_without_the_token_or_from_elsewhere(stock: Stocked) -> None:
    """And nothing in any table is different afterwards."""
    admin, other = await stock.desk.signed_in("admin"), await stock.desk.signed_in("admin")
    good, theirs = await admin.token(), await other.token()
    before, wrong = await everything(stock), []
    for path in stock.pages("POST"):
        sent = [await ask(admin, "POST", stock.where.get(path, any_number(path)), good, **ELSEWHERE)]
        if path not in guard.OPEN:
            sent += [await ask(admin, "POST", stock.where.get(path, any_number(path)), token) for token in ("", theirs)]
        if any(answer.status_code != 403 for answer in sent):
            wrong.append(f"{path}: {[answer.status_code for answer in sent]}")
    assert wrong == []
    assert await everything(stock) == before


async def test_a_page_answers_to_no_method_but_its_own(stock: Stocked) -> None:
    admin = await stock.desk.signed_in("admin")
    token, wrong = await admin.token(), []
    for path in (*guard.PAGES, *guard.OPEN):
        for method in METHODS:
            if (path, method) not in stock.routes:
                answer = await ask(admin, method, any_number(path), token)
                if answer.status_code != 404:
                    wrong.append(f"{method} {path}: {answer.status_code}")
    assert wrong == []


def test_nothing_is_kept_from_an_admin() -> None:
    """The tests above send every form as an admin."""
    assert [path for path, roles in guard.PAGES.items() if "admin" not in roles] == []
