"""Another directory's Open Referral file, handed in: what becomes of each service, then drafts of what we lack."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response

from bot.console.site import Site
from bot.staff import audit, feeds, sheets
from bot.staff.feeds import Feed, Service
from bot.staff.importing import Who
from bot.staff.sheets import MOST_BYTES, MOST_ROWS, SheetUnreadable
from bot.staff.versions import STAFF

ENDING = ".json"
MOST_SHOWN = 200
"""Services and faults on a page."""
LONGEST = 80
"""Characters of the name of a directory."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A feed that was handed in, and whose directory it is, as residents read it."""

    name: str
    data: bytes
    publisher: str = ""

    @property
    def documents(self) -> Mapping[str, bytes]:
        """As `bot.staff.feeds` reads it. Raises SheetUnreadable where it is too large."""
        if len(self.data) > MOST_BYTES:
            raise SheetUnreadable("large", most=MOST_BYTES // 1_000_000)
        return {self.name: self.data}

    @property
    def whose(self) -> str:
        """The directory's name, else the file's."""
        return self.publisher.strip()[:LONGEST] or Path(self.name).stem


def packed(data: bytes) -> str:
    """A file as a page holds it."""
    return base64.urlsafe_b64encode(zlib.compress(data)).decode()


def is_feed(name: str) -> bool:
    """Is a file no sheet but a feed, by its name?"""
    return name.casefold().endswith(ENDING)


async def planned(site: Site, folder: Path, handed: Handed) -> Feed:
    """What it would bring; nothing is written. Raises SheetUnreadable."""
    async with site.reading() as unit:
        found = await feeds.plan(unit, handed.documents, folder, handed.whose)
    if len(found.services) > MOST_ROWS:
        raise SheetUnreadable("services", most=MOST_ROWS)
    return found


async def done(site: Site, request: Request, folder: Path, handed: Handed, mark: str) -> Response:
    """Drafts of all that is new, if it is still what was read; else the plan as it is now. Raises SheetUnreadable."""
    found = await planned(site, folder, handed)
    if found.faults or mark_of(found) != mark or not await _drafted(site, request, folder, handed, found):
        return page(site, request, handed, found, site.texts.say("console.import.changed"))
    return site.go(request, "/import", "console.done.import.feed", count=len(found.news))


async def _drafted(site: Site, request: Request, folder: Path, handed: Handed, found: Feed) -> bool:
    """Planned before the transaction, which must be short; False where somebody took one of its ids meanwhile."""
    who = site.staff(request).who
    async with site.unit() as unit:
        free = not await feeds.taken(unit, found)
        if free:
            written = partial(audit.record, unit, who.id)
            await feeds.apply(unit, found, folder, Who(STAFF, who.id, handed.name), written)
    return free


def page(site: Site, request: Request, handed: Handed, found: Feed, problem: str = "") -> Response:
    """The plan: a line for every service. The page holds the file for the second post."""
    faults = [sheets.said(one, site.texts) for one in found.faults]
    facts: dict[str, object] = {
        "handed": handed, "faults": faults, "news": len(found.news), "most": MOST_SHOWN,
        "services": [(one.read.name, words_of(site, one)) for one in _newest_first(found)],
        "packed": packed(handed.data), "mark": mark_of(found), "problem": problem,
    }  # fmt: skip
    return site.page(request, "import_feed.html", status=422 if faults or problem else 200, **facts)


def _newest_first(found: Feed) -> list[Service]:
    """What becomes a draft, then what we may have, then the rest, each in the order of the file."""
    return sorted(found.services, key=lambda one: (not one.slug, one.match.kind != "likely"))


def words_of(site: Site, service: Service) -> str:
    """What becomes of a service, in a sentence."""
    read, match, say = service.read, service.match, site.texts.say
    if read.closed:
        return say("console.import.feed.closed", status=read.closed)
    if service.slug:
        doubts = "".join(f" {say(f'console.import.feed.doubt.{doubt}')}" for doubt in read.doubts)
        return say("console.import.feed.new", slug=service.slug) + doubts
    why = ", ".join(say(f"staff.feed.why.{sign}") for sign in match.why)
    return say(f"console.import.feed.{match.kind}", slug=match.id, why=why)


def mark_of(found: Feed) -> str:
    """The same for feeds that bring the same, and for no others."""
    return hashlib.sha256(repr([(one.slug, one.read.fields) for one in found.news]).encode()).hexdigest()
