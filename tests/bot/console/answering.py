"""The console over the content that ships, with its search, and a few messages that changes are tried out on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from html import unescape
from random import Random

import httpx
from fastapi import FastAPI
from sqlalchemy import func, insert, select
from sqlmodel import col

from bot.clock import FixedClock
from bot.console.app import add_console
from bot.console.site import Console
from bot.knowing import Knowing
from bot.staff.past import remember_missing
from bot.staff.replay import Rehearsals
from bot.staff.seen import mark_of
from bot.store import content
from bot.store.tables import EntryVersion, Question
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from knowledge.golden import Golden
from knowledge.library import NATIONAL
from knowledge.phrasing import with_phrasing
from knowledge.search.revised import Kit
from tests.bot.console.desk import Browser, Desk
from tests.house import BRAUNSTONE, braunstone

LOCKS, ALARM = "home-security/doors-and-locks", "fire-safety/smoke-alarm-beeping"
STRANGE, STRANGER = "my flurb is bust", "the flurb is bust again"
PATIENT = 60.0
"""Seconds: a test waits for a trial, however busy the machine is."""
BURNING = "is water ok for a telly thats burning"


def file_of(slug: str) -> str:
    """An entry's file as it ships."""
    return (NATIONAL / "entries" / f"{slug}.md").read_text(encoding="utf-8")


def asked_for_as(slug: str, text: str) -> str:
    """The same with one more way to ask for it."""
    return with_phrasing(file_of(slug), text)


@cache
def kit() -> Kit:
    """What an index is revised with; half a second of work, so once for all tests."""
    index = braunstone().index
    return Kit.opened(index.encoder, index.lexicon)


@asynccontextmanager
async def answering(url: str, clock: FixedClock) -> AsyncIterator[Desk]:
    """The console, the answers that ship live in its tables, and one golden message. Without the home check, whose tips
    hold answers fast, any of them may be retired."""
    bare = braunstone().holding.model_copy(update={"checks": {}})
    store, knowing = Store(url, throwaway_vault(), clock), Knowing(replace(braunstone(), holding=bare))
    async with store.write() as unit:
        await content.seed(unit, BRAUNSTONE)
    tried = Rehearsals(store, BRAUNSTONE, knowing)
    tried.golden, tried.phrasings = (Golden(BURNING, "emergency"),), False
    tried._kit = kit()
    app = FastAPI()
    add_console(app, Console(store, knowing, clock, random_bytes=Random(7).randbytes, rehearsals=tried))
    try:
        yield Desk(app, store, clock)
    finally:
        await store.close()


async def asked(place: Desk, *texts: str) -> None:
    """Residents asked these, nobody could answer, and they have been read."""
    async with place.store.write() as unit:
        rows = [{"text": text, "route": "unknown", "shown": "", "at": unit.now} for text in texts]
        await unit.session.execute(insert(Question), rows)
    await remember_missing(place.store, braunstone())


async def states(place: Desk, slug: str) -> list[tuple[str, str]]:
    """The state and the text of each version, the oldest first."""
    async with place.store.read() as unit:
        statement = select(EntryVersion).where(col(EntryVersion.slug) == slug).order_by(col(EntryVersion.id))
        return [(row.state, row.text) for row in (await unit.session.execute(statement)).scalars()]


async def draft(place: Desk, browser: Browser, slug: str, text: str, note: str = "") -> str:
    """Save a text; the address of the newest draft, which it is."""
    answer = await browser.send(f"/answers/{slug}", act="save", text=text, note=note)
    assert answer.headers["location"] == f"/staff/answers/{slug}"
    async with place.store.read() as unit:
        newest = select(func.max(col(EntryVersion.id))).where(col(EntryVersion.state) == "draft")
        return f"/answers/{slug}/drafts/{(await unit.session.execute(newest)).scalar_one()}"


async def decide(place: Desk, browser: Browser, page: str, act: str, **form: str) -> httpx.Response:
    """Publish or agree to what stands on the page of a draft at this moment."""
    async with place.store.read() as unit:
        row = await unit.session.get_one(EntryVersion, int(page.rpartition("/")[2]))
    return await browser.send(f"{page}/{act}", **{"seen": mark_of(row), **form})


def field(answer: httpx.Response, name: str) -> str:
    """What a hidden field holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found
    return found[1]


def words(html: str) -> str:
    """A page without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
