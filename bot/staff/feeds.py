"""Another directory's Open Referral feed into the tables: what we have stays as it is, what we lack becomes a draft.

A draft answers nobody until somebody of the team has read and published it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.staff import importing, versions
from bot.staff.importing import Who
from bot.staff.sheets import MOST_UNPACKED, SheetUnreadable
from bot.staff.versions import Audit
from bot.store import content
from bot.store.content import Row
from bot.store.tables import OrganisationVersion
from bot.store.unit import Unit
from knowledge.check_one import Kind
from knowledge.entry import Organisation
from knowledge.errors import UnreadableFile
from knowledge.library import Library, parse_organisation
from knowledge.open_referral.matching import Match, Matcher
from knowledge.open_referral.reading import LONGEST_ID, Read, merged, read, services_in
from knowledge.sheets import SHAPES, Fault

KIND: Kind = "organisation"
STANDING = (*versions.UNPUBLISHED, "live", "retired")
"""States of versions whose id no other organisation may have. One that was put away leaves its id free."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the feed: what was read, what it may be, and the id of its draft where it is new."""

    read: Read
    match: Match
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """All services of a feed, or what is wrong with it. `empty` names documents that hold no service."""

    services: tuple[Service, ...] = ()
    faults: tuple[Fault, ...] = ()
    empty: tuple[str, ...] = ()

    @property
    def news(self) -> tuple[Service, ...]:
        """The services that become drafts."""
        return tuple(service for service in self.services if service.slug)


@dataclass(frozen=True, slots=True)
class Beside:
    """What there is beside the live content: organisations that somebody is still working on, as far as they can be
    read; and the ids of those, of what cannot be read, and of what was retired."""

    drafts: Mapping[str, Organisation]
    ids: frozenset[str]


def documents(source: Path) -> dict[str, bytes]:
    """The JSON files of a folder, or the one file, by their names. Raises SheetUnreadable where they are too large."""
    paths = sorted(source.glob("*.json")) if source.is_dir() else [source]
    if sum(path.stat().st_size for path in paths) > MOST_UNPACKED:
        raise SheetUnreadable("large", most=MOST_UNPACKED // 1_000_000)
    return {path.name: path.read_bytes() for path in paths}


async def plan(unit: Unit, found: Mapping[str, bytes], place: Path, publisher: str) -> Feed:
    """What a feed would bring; nothing is written. Drafts that wait already count as what we have."""
    holding, beside, today = await importing.library(unit, place), await _beside(unit), unit.now.date()
    return await asyncio.to_thread(_planned, found, holding, beside, publisher, today)


def _planned(found: Mapping[str, bytes], holding: Library, beside: Beside, publisher: str, today: dt.date) -> Feed:
    """Reading and comparing a large feed takes seconds, so it has a thread of its own."""
    services, faults, empty = _services(found)
    known = {**beside.drafts, **holding.organisations}
    matcher, taken, made = Matcher(known.values()), {*beside.ids, *known}, list[Service]()
    for where, service in services:
        one = read(service, holding.place, publisher, today)
        if one.missing:
            faults.append(Fault(None, None, "feed-missing", {"where": where, "field": one.missing}))
        match = matcher.match(one.organisation) if one.organisation else Match("new")
        slug = _free(one.organisation.id, taken) if one.organisation and match.kind == "new" else None
        taken |= {slug} if slug else set()
        made.append(Service(one, match, slug))
    if not services and not faults:
        faults.append(Fault(None, None, "feed-none"))
    return Feed(tuple(made), tuple(faults), empty)


async def taken(unit: Unit, feed: Feed) -> bool:
    """Has somebody taken an id of the new services since it was planned?"""
    ids = [service.slug or "" for service in feed.news]
    table = OrganisationVersion
    statement = select(col(table.id)).where(col(table.slug).in_(ids), col(table.state).in_(STANDING)).limit(1)
    return (await unit.session.execute(statement)).first() is not None


async def apply(unit: Unit, feed: Feed, place: Path, who: Who, audit: Audit) -> None:
    """Keep every new service as a draft. The feed was planned in this very transaction."""
    await content.seed(unit, place)
    for service in feed.news:
        text = SHAPES[KIND].write(None, service.read.fields or {})
        values = {"text": text, "state": "draft", "by": who.by, "staff_id": who.staff_id, "note": who.note}
        await versions.put(unit, KIND, service.slug or "", True, values)
    await audit("import feed", f"{len(feed.news)} {KIND}")


async def _beside(unit: Unit) -> Beside:
    waiting, away = await versions.unpublished(unit, KIND), await versions.retired(unit, KIND)
    read = {row.slug: _organisation(row) for row in waiting}
    drafts = {slug: one for slug, one in read.items() if one is not None}
    return Beside(drafts, frozenset({*read, *(row.slug for row in away)}))


def _organisation(row: Row) -> Organisation | None:
    try:
        return parse_organisation(row.slug, row.text)
    except UnreadableFile:
        return None


def _services(found: Mapping[str, bytes]) -> tuple[list[tuple[str, Any]], list[Fault], tuple[str, ...]]:
    services, faults, empty = list[tuple[str, Any]](), list[Fault](), list[str]()
    for name, data in found.items():
        try:
            inside = services_in(json.loads(data))
        except (ValueError, RecursionError):
            faults.append(Fault(None, None, "feed-json", {"where": name}))
            continue
        if not inside:
            empty.append(name)
        services += [(f"{name}, {number}", service) for number, service in enumerate(inside, start=1)]
    wheres = {str(service.get("id") or number): where for number, (where, service) in enumerate(services)}
    once = merged([service for _, service in services])
    return list(zip(wheres.values(), once, strict=True)), faults, tuple(empty)


def _free(slug: str, taken: set[str]) -> str:
    """The id, or with the lowest number from 2 on that nobody has."""
    names = (slug, *(f"{slug[: LONGEST_ID - 5]}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
