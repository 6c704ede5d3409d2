"""A team of four with linked accounts, one answer that is live, and content that somebody confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache

from sqlalchemy import insert

from bot.clock import FixedClock
from bot.store.tables import Chat, EntryVersion
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import StaffMember
from bot.visits import team
from handlers.office import Colleague
from knowledge.library import NATIONAL, Library, load
from tests.house import BRAUNSTONE

ALARM, CANDLES = "fire-safety/smoke-alarm-beeping", "fire-safety/candles"
TODAY = FixedClock().now().date()
DUE = dt.date(2026, 11, 25)
CHECKED = dt.date(2026, 8, 25)
"""Three months before, which is how long a check of advice on danger to life holds."""
TEXT = (NATIONAL / "entries" / f"{ALARM}.md").read_text(encoding="utf-8")


class Heard(list[tuple[str, str]]):
    """An audit that can be read."""

    async def __call__(self, action: str, about: str) -> None:
        self.append((action, about))


@cache
def braunstone_alone() -> Library:
    """The content without an index, and without the home check: its tips hold fast the answers that tests retire."""
    return load(BRAUNSTONE).model_copy(update={"checks": {}})


def checked(**on: dt.date) -> Library:
    """The content with the alarm's and the candles' answers confirmed on some days, by nobody in particular."""
    library = braunstone_alone()
    signed = {
        slug: library.entry(slug).model_copy(update={"checked_on": on[name], "checked_by": "officer"})
        for name, slug in (("alarm", ALARM), ("candles", CANDLES))
        if name in on
    }
    return library.model_copy(update={"entries": {**library.entries, **signed}})


@asynccontextmanager
async def crew(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    """Asha and Ben of the fire service, Cara the coordinator and Dev of the police, in a database of their own."""
    made = Store(database_url, throwaway_vault(), clock)
    async with made.write() as unit:
        for name, role, agency in (
            ("Asha", "officer", "fire"),
            ("Ben", "officer", "fire"),
            ("Cara", "coordinator", ""),
            ("Dev", "officer", "police"),
        ):
            await linked(unit, name, role, agency)
        row = {"slug": ALARM, "version": 1, "local": False, "text": TEXT, "state": "live", "by": "shipped"}
        await unit.session.execute(insert(EntryVersion), [{**row, "at": unit.now}])
    yield made
    await made.close()


async def linked(unit: Unit, name: str, role: str, agency: str) -> None:
    chat = Chat(channel="telegram", external_id=name, created_at=unit.now, last_turn_at=unit.now)
    unit.session.add(chat)
    await unit.session.flush()
    sealed = unit.vault.seal("staff_member.name", name)
    unit.session.add(StaffMember(name=sealed, role=role, agency=agency, chat_id=chat.id, created_at=unit.now))
    await unit.session.flush()


async def the_team(unit: Unit) -> Mapping[str, Colleague]:
    return {one.name: one for one in await team.everybody(unit)}
