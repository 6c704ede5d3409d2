"""The console with something on every page: one of each thing that staff deal with, on an estate with visits.

A new page with a part in its address takes one line in `_addresses`: where to see it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from random import Random

from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import delete
from sqlmodel import col

from bot.channels.web.app import Assets
from bot.channels.web.site import STATIC
from bot.clock import FixedClock
from bot.console import missed_page, reviews_page
from bot.console.app import PARTS, add_console
from bot.console.site import Console, Counts, Site
from bot.knowing import Knowing, Snapshot, snapshot
from bot.staff import audit, notices
from bot.staff.campaigns import Campaigning
from bot.staff.campaigns_rules import Written
from bot.staff.edits import Editing
from bot.staff.outcomes import Draft
from bot.staff.past import remember_missing
from bot.staff.replay import Rehearsals
from bot.staff.versions import Audit
from bot.store import content, handovers, records
from bot.store.reach_tables import SourceCode
from bot.store.tables import EntryVersion, OrganisationVersion, Question
from bot.store.unit import Unit
from bot.store.visit_tables import VisitTask, WaitingPlace
from bot.visits import rota, team
from handlers.office import Colleague
from handlers.turn import HandoverSaid, OpenHandover, ReportDetail
from knowledge.golden import Golden
from tests.bot.console.answering import ALARM, BURNING, LOCKS, STRANGE, asked_for_as
from tests.bot.console.desk import Desk
from tests.bot.visits.estate import ELEVEN, TEN, Estate, estate
from tests.house import BRAUNSTONE, INDEXES

FEW = (ALARM, LOCKS, "fire-safety/candles")
"""Answers of this place: with all that ship, every list takes axe long."""
PIPS = "it pips at me from up there"
HELPERS = (
    "the-bridge",
    "leicestershire-fire-and-rescue",
    "leicestershire-police",
    "nhs-111",
    "gas-emergency",
    "lcc-housing",
)
HELPER = HELPERS[0]
POSTER = "C7M4Q"


@dataclass(frozen=True, slots=True)
class Stocked:
    """A console where every page has something to show. `where`: an address for each page that has parts in its own."""

    desk: Desk
    estate: Estate
    where: Mapping[str, str]
    routes: frozenset[tuple[str, str]]
    """Every page with each method it answers to."""

    def pages(self, method: str) -> list[str]:
        """The paths that answer to a method, as the table of the guard has them, by name."""
        return sorted(path for path, known in self.routes if known == method)

    def address(self, path: str) -> str:
        """Where to see a page."""
        assert "{" not in path or path in self.where, f"say in stocked.py where to see {path}"
        return self.where.get(path, path)


@asynccontextmanager
async def stocked(url: str, clock: FixedClock) -> AsyncIterator[Stocked]:
    """The console, with its pages filled and its answers few."""
    async with estate(url, clock) as place:
        async with place.store.write() as unit:
            await _few(unit)
            library = await content.library(unit, BRAUNSTONE)
        known = await asyncio.to_thread(snapshot, library, INDEXES)
        where = await _filled(place, known)
        desk = Desk(FastAPI(), place.store, clock)
        console = _console(place, known)
        add_console(desk.app, console)
        desk.app.mount("/static", Assets(directory=STATIC))
        yield Stocked(desk, place, where, _routes(Site(console)))


def _routes(site: Site) -> frozenset[tuple[str, str]]:
    found = (one for part in PARTS for one in part.routes(site).routes if isinstance(one, APIRoute))
    return frozenset((route.path, method) for route in found for method in route.methods or ())


def _console(place: Estate, known: Snapshot) -> Console:
    knowing = Knowing(known)
    knowing.reached_on_telegram("a_made_up_bot")
    tried = Rehearsals(place.store, BRAUNSTONE, knowing, INDEXES)
    tried.golden, tried.phrasings = (Golden(BURNING, "emergency"),), False
    counts = Counts(reviews=partial(reviews_page.count, knowing.library), missed=missed_page.count)
    chance = Random(11).randbytes
    return Console(
        place.store, knowing, place.clock, counts, chance, tries_a_minute=100, folder=BRAUNSTONE, rehearsals=tried
    )


async def _few(unit: Unit) -> None:
    await content.seed(unit, BRAUNSTONE)
    await unit.session.execute(delete(EntryVersion).where(col(EntryVersion.slug).not_in(FEW)))
    await unit.session.execute(delete(OrganisationVersion).where(col(OrganisationVersion.slug).not_in(HELPERS)))


async def _filled(place: Estate, known: Snapshot) -> Mapping[str, str]:
    """One of each; where to see it."""
    first = await place.book(1, TEN, partners=True, remind_by="message")
    second = await place.book(2, ELEVEN)
    async with place.store.write() as unit:
        ring = VisitTask(visit_id=second.id, kind="missed", sequence=1, due_at=unit.now, state="ring")
        unit.session.add_all((ring, WaitingPlace(visit_id=second.id, since=unit.now)))
        unit.session.add(Question(text=STRANGE, route="unknown", shown="", at=unit.now))
        await rota.be_away(unit, place.staff[0], TEN + dt.timedelta(days=7), ELEVEN + dt.timedelta(days=7), "Training")
        await rota.close_day(unit, dt.date(2026, 12, 24), "Europe/London", "Christmas")
        await records.report_detail(unit, 1, ReportDetail(organisation=HELPER, words="They moved.", thank=True))
        ticket = await handovers.open_ticket(unit, 1, OpenHandover(wish="callback", phone="01632 960001"))
        await handovers.add_words(unit, 1, HandoverSaid(ticket=ticket, text="Ring me after six."))
        written = await _written(unit, known)
        await _campaign(unit, known)
        unit.session.add(SourceCode(code=POSTER, label="A made-up shop", made_at=unit.now))
    await remember_missing(place.store, known)
    return _addresses(first.id, ticket, written)


async def _written(unit: Unit, known: Snapshot) -> int:
    """A notice, a suggestion, and a draft that a second person is asked to agree to; the draft's number."""
    await team.add(unit, "Robin Made-Up", "editor")
    robin = (await team.everybody(unit))[-1]
    await notices.add(
        unit, HELPER, "organisation", "Closed on Friday.", unit.now + dt.timedelta(days=2), robin, _record(unit, robin)
    )
    editing = Editing(unit, known.holding, robin, _record(unit, robin))
    draft = await editing.draft("entry", ALARM, asked_for_as(ALARM, PIPS), "As people say it")
    assert isinstance(draft, Draft)
    await editing.submit("entry", draft.version_id)
    return draft.version_id


async def _campaign(unit: Unit, known: Snapshot) -> None:
    """Number 1: a draft that somebody else has begun."""
    robin = next(one for one in await team.everybody(unit) if one.role == "editor")
    text = "Keep pets in on **bonfire night**."
    await Campaigning(unit, known.holding, robin, _record(unit, robin)).write(
        Written(name="Bonfire night", topic="fireworks", text=text, entry=ALARM)
    )


def _record(unit: Unit, who: Colleague) -> Audit:
    return partial(audit.record, unit, who.id)


def _addresses(visit: int, ticket: int, draft: int) -> Mapping[str, str]:
    """Addresses by page. The numbers of versions are those of rows."""
    answer, waits = f"/answers/{LOCKS}", f"/answers/{ALARM}"
    return {
        "/answers/{topic}/{name}": answer,
        "/answers/{topic}/{name}/versions": f"{waits}/versions",
        "/answers/{topic}/{name}/versions/{number}": f"{waits}/versions/{draft}",
        "/answers/{topic}/{name}/drafts/{number}": f"{waits}/drafts/{draft}",
        "/organisations/{slug}": f"/organisations/{HELPER}",
        "/checks/{slug}": "/checks/alarms",
        "/reviews/{topic}/{name}": f"/reviews/{ALARM}",
        "/posters/{code}/sheets/{name}": f"/posters/{POSTER}/sheets/poster.pdf",
        "/campaigns/{number}": "/campaigns/1",
        "/waiting/{number}": f"/waiting/{ticket}",
        "/visits/{number}": f"/visits/{visit}",
        "/visits/{number}/move": f"/visits/{visit}/move",
        "/visits/{number}/cancel": f"/visits/{visit}/cancel",
        "/import/sheets/{name}": "/import/sheets/entries.csv",
        "/import/templates/{name}": "/import/templates/organisations.xlsx",
        "/link/{code}": "/link/AAAA-AAAA",
    }
