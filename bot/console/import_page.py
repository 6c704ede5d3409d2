"""Import: a sheet of organisations or answers in, or another directory's feed (`import_feed`), first as a plan, then
done as a whole or not at all.

Between the two posts nothing is kept here: the page holds the file, and a mark of the plan that was read.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import zlib
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from bot.console import import_feed
from bot.console.import_feed import Handed, packed
from bot.console.import_out import ENDINGS, KINDS, folder_of
from bot.console.publish_page import PATIENCE
from bot.console.site import Site
from bot.staff import audit, import_trial, importing, sheets
from bot.staff.import_trial import NOT_TRIED, Trial
from bot.staff.importing import Who
from bot.staff.sheets import SheetUnreadable
from bot.staff.versions import STAFF
from bot.store import content
from knowledge.sheets import Plan, Table

MOST_SHOWN = 200
"""Rows and faults on a page."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was handed in, and the table in it."""

    name: str
    data: bytes
    table: Table


def routes(site: Site) -> APIRouter:
    """`/import`, the plan, and the deed."""
    router = APIRouter()
    _planning(router, site)
    _doing(router, site)
    return router


def _planning(router: APIRouter, site: Site) -> None:
    @router.get("/import")
    async def choose(request: Request) -> Response:
        if site.console.rehearsals is not None:
            site.console.rehearsals.wanted.set()
        return _choose(site, request)

    @router.post("/import/plan")
    async def plan(request: Request) -> Response:
        """What the file would change. Nothing is written."""
        handed = await _handed_in(site, request)
        if handed is None:
            return _choose(site, request, site.texts.say("console.import.no-file"))
        try:
            if import_feed.is_feed(handed.name):
                feed = await import_feed.planned(site, folder_of(site), handed)
                return import_feed.page(site, request, handed, feed)
            sheet = await _sheet(handed.name, handed.data)
            found, trial = await _tried(site, request, sheet)
        except SheetUnreadable as error:
            return _choose(site, request, site.texts.say(error.text_id, **error.facts))
        return _planned(site, request, sheet, _with_fault(found, trial))


def _doing(router: APIRouter, site: Site) -> None:
    @router.post("/import/done")
    async def do(request: Request) -> Response:
        """All of it, if it is still what was read; else the plan as it is now."""
        form = await site.form(request)
        name, publisher, mark = (str(form.get(each, "")) for each in ("name", "publisher", "mark"))
        try:
            data = _unpacked(str(form.get("sheet", "")))
            if import_feed.is_feed(name):
                return await import_feed.done(site, request, folder_of(site), Handed(name, data, publisher), mark)
            return await _done(site, request, await _sheet(name, data), mark)
        except SheetUnreadable as error:
            return _choose(site, request, site.texts.say(error.text_id, **error.facts))


async def _done(site: Site, request: Request, sheet: Sheet, mark: str) -> Response:
    _, trial = await _tried(site, request, sheet)
    whose, folder = _who(site, request, sheet), folder_of(site)
    async with site.unit() as unit:
        found = await importing.plan(unit, sheet.table, folder, whose)
        same = not found.faults and _mark(found) == mark
        if same:
            written = partial(audit.record, unit, whose.staff_id)
            found = await importing.apply(unit, sheet.table, folder, whose, written, trial)
    if not same:
        return _planned(site, request, sheet, found, site.texts.say("console.import.changed"))
    if found.faults:
        return _planned(site, request, sheet, found)
    return site.go(request, "/import", f"console.done.import.{found.kind}", count=len(found.news))


async def _tried(site: Site, request: Request, sheet: Sheet) -> tuple[Plan, Trial | None]:
    """The plan, and what came of trying it out, where the search would notice something of it. What takes too long
    goes on, so that the next try finds it done."""
    async with site.reading() as unit:
        found = await importing.plan(unit, sheet.table, folder_of(site), _who(site, request, sheet))
        library, revision = await importing.library(unit, folder_of(site)), await content.revision(unit)
    rehearsals = site.console.rehearsals
    rehearse = partial(rehearsals.rehearse_files, "organisation") if rehearsals is not None else None
    trying = partial(import_trial.try_out, found, library, rehearse)
    try:
        return found, await site.underway.result((found.kind, _mark(found), revision), trying, PATIENCE)
    except TimeoutError:
        return found, Trial(fault=NOT_TRIED)


def _with_fault(found: Plan, trial: Trial | None) -> Plan:
    return Plan(found.kind, faults=(trial.fault,)) if trial is not None and trial.fault is not None else found


def _who(site: Site, request: Request, sheet: Sheet) -> Who:
    return Who(STAFF, site.staff(request).who.id, sheet.name)


def _choose(site: Site, request: Request, problem: str = "") -> Response:
    facts: dict[str, object] = {"kinds": KINDS, "endings": ENDINGS, "problem": problem}
    facts["most"] = sheets.MOST_BYTES // 1_000_000
    return site.page(request, "import.html", status=422 if problem else 200, **facts)


def _planned(site: Site, request: Request, sheet: Sheet, found: Plan, problem: str = "") -> Response:
    faults, notes = ([sheets.said(one, site.texts) for one in some] for some in (found.faults, found.notes))
    facts: dict[str, object] = {
        "name": sheet.name,
        "kind": found.kind,
        "news": found.news,
        "same": len(found.rows) - len(found.news),
        "faults": faults,
        "notes": notes,
        "most": MOST_SHOWN,
        "sheet": packed(sheet.data),
        "mark": _mark(found),
        "problem": problem,
    }
    return site.page(request, "import_plan.html", status=422 if faults or problem else 200, **facts)


async def _handed_in(site: Site, request: Request) -> Handed | None:
    """The file; None where there is none."""
    form = await site.form(request)
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return None
        return Handed(file.filename, await file.read(), str(form.get("publisher", "")))
    finally:
        await form.close()


async def _sheet(name: str, data: bytes) -> Sheet:
    """Raises SheetUnreadable. Reading a large one takes a while, so it has a thread of its own."""
    return Sheet(name, data, await asyncio.to_thread(sheets.read, name, data))


def _unpacked(packed: str) -> bytes:
    """The file that the page holds. Raises SheetUnreadable for anything else, and where it is too large."""
    opener = zlib.decompressobj()
    try:
        data = opener.decompress(base64.urlsafe_b64decode(packed), sheets.MOST_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise SheetUnreadable("empty") from None
    return data


def _mark(found: Plan) -> str:
    """The same for plans that do the same, and for no others."""
    return hashlib.sha256(repr([(row.slug, row.text) for row in found.news]).encode()).hexdigest()
