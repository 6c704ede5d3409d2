"""What goes out of the console as files: sheets of what is live, their templates, and the whole folder of content."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot.console.site import Site
from bot.staff import importing, sheets
from bot.staff.sheets import Format
from bot.store import content
from knowledge.check_one import Kind
from knowledge.sheets import Table, table_of

KINDS: dict[str, Kind] = {"organisations": "organisation", "entries": "entry"}
ENDINGS: tuple[Format, ...] = ("xlsx", "csv")
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
FILES = tuple(f"{kind}.{ending}" for kind in KINDS for ending in ENDINGS)


def routes(site: Site) -> APIRouter:
    """`/import/folder.zip`, `/import/templates` and `/import/sheets`."""
    router = APIRouter()

    @router.get("/import/templates/{name}")
    async def template(request: Request, name: str) -> Response:
        """The columns with one example row."""
        if name not in FILES:
            return await site.problem(request, 404, "console.import.no-sheet")
        return _download(site, name, sheets.template(_kind(name)), f"template-{name}")

    @router.get("/import/folder.zip")
    async def folder(_request: Request) -> Response:
        """Every file that is live, as the folders of content have them."""
        place = folder_of(site)
        async with site.reading() as unit:
            files, moment = await content.live_files(unit), unit.now
        data = await asyncio.to_thread(_zipped, files, place.name, moment)
        headers = {"content-disposition": f'attachment; filename="{place.name}.zip"'}
        return Response(data, media_type="application/zip", headers=headers)

    @router.get("/import/sheets/{name}")
    async def present(request: Request, name: str) -> Response:
        """All that is live."""
        if name not in FILES:
            return await site.problem(request, 404, "console.import.no-sheet")
        async with site.reading() as unit:
            live = await importing.files(unit, _kind(name), folder_of(site))
        return _download(site, name, table_of(_kind(name), {slug: file.text for slug, file in live.items()}), name)

    return router


def folder_of(site: Site) -> Path:
    """The folder of the place. Raises HTTPException(404) where the console knows no place."""
    if site.console.folder is None:
        raise HTTPException(404)
    return site.console.folder


def _download(site: Site, name: str, table: Table, called: str) -> Response:
    ending = sheets.format_of(name)
    data = sheets.written(_kind(name), table, ending, site.texts)
    headers = {"content-disposition": f'attachment; filename="{called}"'}
    return Response(data, media_type=TYPES[ending], headers=headers)


def _zipped(files: Iterable[content.File], place: str, moment: dt.datetime) -> bytes:
    """Files as they stand below `knowledge`; all of the same moment."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for file in files:
            path = f"places/{place}/{file.path}" if file.local else f"national/{file.path}"
            at = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
            book.writestr(zipfile.ZipInfo(path, at), file.text.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _kind(name: str) -> Kind:
    return KINDS[name.partition(".")[0]]
