"""What the team and other programs hand in: sheets, feeds of Open Referral, content, rotas."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from benchmarks.fuzzing import mutate
from benchmarks.fuzzing.mutate import Chance
from benchmarks.fuzzing.target import Target
from bot.console.import_page import _unpacked
from bot.staff import feeds, sheets
from bot.visits import rota_file
from handlers.catalogue import Texts
from knowledge.check_one import Kind
from knowledge.library import (
    NATIONAL,
    PLACES,
    Library,
    entry_files,
    entry_id,
    load,
    organisation_files,
    parse_entry,
    parse_organisation,
)
from knowledge.open_referral import feed_of
from knowledge.open_referral.matching import Matcher
from knowledge.open_referral.reading import read
from knowledge.sheets import kind_of, plan, table_of

TODAY = dt.date(2026, 11, 25)
BRAUNSTONE = PLACES / "braunstone"
FEW = 4
"""Rows of a sheet, and files of content to begin with."""
HEAD = "name,role,weekday,begins,ends,first,last\n"
ROTA = (
    f"{HEAD}Sam Example,officer,mon,09:00,12:00,2026-12-01,\n",
    f"{HEAD}Sam Example,officer,Tuesday,9:30,17:00,,\nJo Example,officer,fri,10:00,11:00,,\n",
)


@cache
def library() -> Library:
    """The content that ships."""
    return load(BRAUNSTONE)


@cache
def files(kind: Kind) -> Mapping[str, str]:
    """A few files of content."""
    if kind == "entry":
        found = {entry_id(path): path for path in entry_files(NATIONAL)}
    else:
        found = {path.stem: path for path in organisation_files(BRAUNSTONE)}
    step = len(found) // FEW
    return {slug: path.read_text(encoding="utf-8") for slug, path in list(found.items())[:: step or 1][:FEW]}


@cache
def written(ending: sheets.Format) -> tuple[bytes, ...]:
    """Sheets of both kinds, as we write them."""
    kinds: tuple[Kind, ...] = ("organisation", "entry")
    return tuple(sheets.written(kind, table_of(kind, files(kind)), ending, Texts()) for kind in kinds)


@cache
def services() -> tuple[Any, ...]:
    """Services of our own feed, as another directory would send them."""
    return tuple(json.loads(json.dumps(list(feed_of(library()).services.values())[:FEW])))


async def take_csv(data: bytes) -> bool:
    """As `import` takes it: cells, then what they would change."""
    return _planned("sheet.csv", data)


async def take_xlsx(data: bytes) -> bool:
    """The same for spreadsheets."""
    return _planned("sheet.xlsx", data)


def _planned(name: str, data: bytes) -> bool:
    table = sheets.read(name, data)
    kind = kind_of(table.columns)
    if kind is None:
        return False
    found = plan(kind, table, files(kind), library())
    for fault in (*found.faults, *found.notes):
        sheets.said(fault, Texts())
    return not found.faults


async def take_packed(said: str) -> bool:
    """A sheet that waits in the page of its plan."""
    return bool(_unpacked(said))


async def take_feed(data: bytes) -> bool:
    """As `bot content import` takes a feed: its services, read, and compared with what we have."""
    found, faults, _ = feeds._services({"feed.json": data})
    matcher = Matcher(library().organisations.values())
    for _where, service in found:
        one = read(service, library().place, "Another directory", TODAY)
        if one.organisation is not None:
            matcher.match(one.organisation)
    return bool(found) and not faults


async def take_entry(text: str) -> bool:
    """An answer's file."""
    return bool(parse_entry("fire-safety/candles", text).title)


async def take_organisation(text: str) -> bool:
    """An organisation's file."""
    return bool(parse_organisation("brite-centre", text).name)


async def take_rota(text: str) -> bool:
    """A rota."""
    return not rota_file.read(text).faults


def _xlsx(chance: Chance) -> bytes:
    """A spreadsheet with one of its parts damaged, or damaged as a whole."""
    whole = chance.choice(written("xlsx"))
    if chance.random() < 0.3:
        return mutate.data(chance, (whole,))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        bad = chance.choice(parts.namelist())
        for name in parts.namelist():
            made.writestr(name, mutate.data(chance, (parts.read(name),)) if name == bad else parts.read(name))
    return out.getvalue()


def _packed(chance: Chance) -> str:
    data = zlib.compress(mutate.data(chance, written("csv")))
    return mutate.text(chance, (base64.urlsafe_b64encode(data).decode(),))


def _feed(chance: Chance) -> bytes:
    if chance.random() < 0.2:
        return mutate.data(chance, tuple(json.dumps(one).encode() for one in services()))
    found = mutate.value(chance, services())
    return json.dumps(chance.choice((found, [found], {"contents": [found, services()[0]]}))).encode()


TARGETS = (
    Target("CSV import", 20, lambda chance: mutate.data(chance, written("csv")), take_csv),
    Target("XLSX import", 5, _xlsx, take_xlsx),
    Target("sheet kept in a page", 60, _packed, take_packed),
    Target("Open Referral import", 25, _feed, take_feed),
    Target("an answer's file", 25, lambda chance: mutate.text(chance, tuple(files("entry").values())), take_entry),
    Target(
        "an organisation's file", 25,
        lambda chance: mutate.text(chance, tuple(files("organisation").values())), take_organisation,
    ),
    Target("rota", 80, lambda chance: mutate.text(chance, ROTA), take_rota),
)  # fmt: skip
