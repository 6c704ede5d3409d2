"""Import: a sheet of organisations or answers in, first as a plan, then done as a whole or not at all; and sheets out.

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
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from bot.console.site import Site
from bot.staff import audit, importing, sheets
from bot.staff.importing import Who
from bot.staff.sheets import Format, SheetUnreadable
from bot.staff.versions import STAFF
from knowledge.check_one import Kind
from knowledge.sheets import Plan, Table, table_of

KINDS: dict[str, Kind] = {"organisations": "organisation", "entries": "entry"}
ENDINGS: tuple[Format, ...] = ("xlsx", "csv")
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
FILES = tuple(f"{kind}.{ending}" for kind in KINDS for ending in ENDINGS)
MOST_SHOWN = 200
"""Rows and faults on a page."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was handed in, and the table in it."""

    name: str
    data: bytes
    table: Table


def routes(site: Site) -> APIRouter:
    """`/import`, the plan, the deed, and what can be downloaded."""
    router = APIRouter()
    _planning(router, site)
    _doing(router, site)
    _out(router, site)
    return router


def _planning(router: APIRouter, site: Site) -> None:
    @router.get("/import")
    async def choose(request: Request) -> Response:
        return _choose(site, request)

    @router.post("/import/plan")
    async def plan(request: Request) -> Response:
        """What the file would change. Nothing is written."""
        name, data = await _handed_in(site, request)
        if not name:
            return _choose(site, request, site.texts.say("console.import.no-file"))
        try:
            sheet = await _sheet(name, data)
            async with site.reading() as unit:
                found = await importing.plan(unit, sheet.table, _folder(site))
        except SheetUnreadable as error:
            return _choose(site, request, site.texts.say(error.text_id, **error.facts))
        return _planned(site, request, sheet, found)


def _doing(router: APIRouter, site: Site) -> None:
    @router.post("/import/done")
    async def do(request: Request) -> Response:
        """All of it, if it is still what was read; else the plan as it is now."""
        form, who = await site.form(request), site.staff(request).who
        try:
            sheet = await _sheet(str(form.get("name", "")), _unpacked(str(form.get("sheet", ""))))
            async with site.unit() as unit:
                found = await importing.plan(unit, sheet.table, _folder(site))
                same = not found.faults and _mark(found) == form.get("mark")
                if same:
                    whose = Who(STAFF, who.id, sheet.name)
                    written = partial(audit.record, unit, who.id)
                    await importing.apply(unit, sheet.table, _folder(site), whose, written)
        except SheetUnreadable as error:
            return _choose(site, request, site.texts.say(error.text_id, **error.facts))
        if not same:
            return _planned(site, request, sheet, found, site.texts.say("console.import.changed"))
        return site.go(request, "/import", f"console.done.import.{found.kind}", count=len(found.news))


def _out(router: APIRouter, site: Site) -> None:
    @router.get("/import/templates/{name}")
    async def template(request: Request, name: str) -> Response:
        """The columns with one example row."""
        if name not in FILES:
            return await site.problem(request, 404, "console.import.no-sheet")
        return _download(site, name, sheets.template(_kind(name)), f"template-{name}")

    @router.get("/import/sheets/{name}")
    async def present(request: Request, name: str) -> Response:
        """All that is live."""
        if name not in FILES:
            return await site.problem(request, 404, "console.import.no-sheet")
        async with site.reading() as unit:
            live = await importing.files(unit, _kind(name), _folder(site))
        return _download(site, name, table_of(_kind(name), {slug: file.text for slug, file in live.items()}), name)


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
        "sheet": base64.urlsafe_b64encode(zlib.compress(sheet.data)).decode(),
        "mark": _mark(found),
        "problem": problem,
    }
    return site.page(request, "import_plan.html", status=422 if faults or problem else 200, **facts)


def _download(site: Site, name: str, table: Table, called: str) -> Response:
    ending = sheets.format_of(name)
    data = sheets.written(_kind(name), table, ending, site.texts)
    headers = {"content-disposition": f'attachment; filename="{called}"'}
    return Response(data, media_type=TYPES[ending], headers=headers)


async def _handed_in(site: Site, request: Request) -> tuple[str, bytes]:
    """The name and the bytes of the file; no name where there is none."""
    form = await site.form(request)
    try:
        file = form.get("file")
        return (file.filename or "", await file.read()) if isinstance(file, UploadFile) else ("", b"")
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


def _kind(name: str) -> Kind:
    return KINDS[name.partition(".")[0]]


def _folder(site: Site) -> Path:
    """Raises HTTPException(404) where the console knows no place."""
    if site.console.folder is None:
        raise HTTPException(404)
    return site.console.folder
