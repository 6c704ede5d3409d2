"""The console in a real Chromium: on a phone, without a script, and with a passkey."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, expect

from bot.channels.web.app import create_app
from bot.clock import FixedClock
from bot.console.app import add_console
from bot.serving import console_of, web_of
from tests.bot.console.desk import Desk, library
from tests.browser import BROWSER, Serve, faults
from tests.databases import SqliteFiles
from tests.house import Scripted, house

pytestmark = BROWSER
PHONE = {"width": 360, "height": 740}


@pytest.mark.parametrize("script", [True, False])
async def test_signing_in_on_a_phone(
    chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock, script: bool
) -> None:
    async with house(sqlite_files.fresh(), clock, Scripted(holding=library())) as built:
        app: FastAPI = create_app(web_of(built))
        add_console(app, console_of(built))
        desk = Desk(app, built.store, clock)
        code = await desk.code(await desk.member("admin"))
        address = (await serve(app)).replace("127.0.0.1", "localhost")
        context = await chromium.new_context(viewport=PHONE, java_script_enabled=script)  # type: ignore[arg-type]
        page = await context.new_page()

        await page.goto(f"{address}/staff")
        await expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
        await page.get_by_label("Your code for the console").fill(code)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        await expect(page.get_by_role("status")).to_have_text("You are signed in.")
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await expect(page.get_by_role("status")).to_have_text("You are signed out.")
        await context.close()


async def test_a_passkey_opens_the_console_next_time(
    chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    async with house(sqlite_files.fresh(), clock, Scripted(holding=library())) as built:
        app: FastAPI = create_app(web_of(built))
        add_console(app, console_of(built))
        desk = Desk(app, built.store, clock)
        code = await desk.code(await desk.member("editor"))
        address = (await serve(app)).replace("127.0.0.1", "localhost")
        context = await chromium.new_context()
        page = await context.new_page()
        device = await context.new_cdp_session(page)
        await device.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        await device.send("WebAuthn.addVirtualAuthenticator", {"options": options})

        await page.goto(f"{address}/staff/link/{code}")
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("link", name="Your settings").click()
        await page.get_by_label("A name for this device").fill("My phone")
        await page.get_by_role("button", name="Add a passkey").click()
        await expect(page.get_by_role("status")).to_have_text("The passkey is added. Next time, sign in with it.")
        await expect(page.get_by_text("My phone").first).to_be_visible()
        assert await faults(page) == []
        await page.get_by_role("button", name="Sign out", exact=True).click()
        clock.move(minutes=1)
        async with page.expect_request("**/sign-in/passkey") as sent:
            await page.get_by_role("button", name="Use a passkey").click()
        await expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()

        request = await sent.value
        answer = await desk.browser(address).client.post("/staff/sign-in/passkey", content=request.post_data or "")
        assert answer.status_code == 422, "the same answer never counts twice"
        await page.get_by_role("link", name="Your settings").click()
        await page.get_by_role("button", name="Remove My phone").click()
        await expect(page.get_by_role("status")).to_have_text("The passkey is removed.")
        await context.close()
