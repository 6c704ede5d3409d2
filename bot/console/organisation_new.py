"""A new organisation: the same form as for one that is there, and its short name, made from its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console import organisation_form as form_of
from bot.console.organisation_form import CHOICES, FIELDS, KIND, LONG, Field
from bot.console.organisation_page import SAVED
from bot.console.site import Site
from bot.staff import versions
from bot.staff.edits import PUBLISHERS
from bot.staff.outcomes import Conflict, Refusal
from bot.store import content
from handlers.office import Colleague
from knowledge.library import Library
from knowledge.sheets import SHAPES, Plan, Row, Table, guarded, plan
from knowledge.sheets.planning import NATIONAL

ALL = ("name", "id", "kind", "area", *FIELDS[1:])
"""What one that is there has, and what is chosen once: its short name, its kind and its area."""
KINDS = ("", "statutory", "charity", "community")
RESERVED = frozenset({"new"})
"""Addresses that are pages already."""
LONGEST = 55
UNNAMED = "unnamed"
"""In place of a short name that cannot be one, so that what is wrong elsewhere is said as well."""
NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed in, by field, and what is wrong with it. `taken` is the organisation that has its short
    name."""

    said: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    taken: str = ""


def routes(site: Site) -> APIRouter:
    """`/organisations/new`."""
    router = APIRouter()

    @router.get("/organisations/new")
    async def ask(request: Request) -> Response:
        return _show(site, request, Typed())

    @router.post("/organisations/new")
    async def begin(request: Request) -> Response:
        """Publish it, or send it to somebody who may. Whatever is wrong, nothing that was typed in is lost."""
        form, who = await site.form(request), site.staff(request).who
        said = {name: str(form.get(name, "")).replace("\r\n", "\n").strip() for name in ALL}
        said["id"] = said["id"] or slug_of(said["name"])
        typed = await _faulty(site, who, said)
        if typed is not None:
            return _show(site, request, typed)
        async with site.reading() as unit:
            revision = await content.revision(unit)
        text = planned(said, site.library()).rows[0].text
        done = await form_of.put_live(site, who, said["id"], text, None, revision)
        if isinstance(done, Refusal | Conflict):
            return _show(site, request, Typed(said, problem=form_of.words_of(site, done)))
        return site.go(request, f"/organisations/{said['id']}", SAVED[done.state])

    return router


def slug_of(name: str) -> str:
    """A short name made of a name: The Brité Centre in, the-brite-centre out; empty where nothing of it can be kept."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return NOT_IN_A_NAME.sub("-", plain.replace("'", "")).strip("-")[:LONGEST].rstrip("-")


def planned(said: Mapping[str, str], library: Library) -> Plan:
    """What was typed in; the file as it would be, or what is wrong with which field, out."""
    slug = said["id"] if can_be(said["id"]) else UNNAMED
    cells = {**{name: guarded(value) for name, value in said.items()}, "id": slug}
    return plan(KIND, Table(tuple(cells), (Row(1, cells),)), {}, library)


def can_be(slug: str) -> bool:
    """Has this the form of a short name?"""
    return bool(SHAPES[KIND].id.fullmatch(slug))


async def _faulty(site: Site, who: Colleague, said: Mapping[str, str]) -> Typed | None:
    """What is wrong with what was typed in; None: nothing."""
    taken = await _taken(site, who, said["id"]) if can_be(said["id"]) else "no-id"
    found = planned(said, site.library()).faults
    faults = {each.column or "": form_of.fault_words(site, each) for each in found}
    if taken:
        faults["id"] = site.texts.say("staff.sheet.whole", why=site.texts.say(f"console.new-organisation.{taken}"))
    if not faults:
        return None
    there = said["id"] if taken not in ("", "no-id") and said["id"] not in RESERVED else ""
    return Typed(said, faults, site.texts.say("console.organisations.faults"), there)


async def _taken(site: Site, who: Colleague, slug: str) -> str:
    """Why an organisation may not have this short name: one has it, one had it, a colleague suggests it. Empty where
    it may."""
    async with site.reading() as unit:
        before = await versions.stands(unit, KIND, slug)
        others = [row for row in await versions.unpublished(unit, KIND) if (row.slug, row.staff_id) != (slug, who.id)]
    if before is not None or slug in site.library().organisations or slug in RESERVED:
        return "retired" if before is not None and before.retires else "taken"
    return "suggested" if slug in {row.slug for row in others} else ""


def _show(site: Site, request: Request, typed: Typed) -> Response:
    areas = tuple(area.name for area in site.library().place.areas)
    facts: dict[str, Any] = {
        "fields": [Field(name, typed.said.get(name, ""), typed.faults.get(name, "")) for name in ALL],
        "problem": typed.problem, "whole": typed.faults.get("", ""), "taken": typed.taken, "long": LONG,
        "choices": {**CHOICES, "kind": KINDS, "area": ("", NATIONAL, *areas)},
        "publishes": site.staff(request).who.role in PUBLISHERS,
    }  # fmt: skip
    return site.page(request, "new_organisation.html", status=422 if typed.problem else 200, **facts)
