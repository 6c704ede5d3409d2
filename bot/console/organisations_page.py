"""Organisations: which there are, which wait to be, and which were retired."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.organisation_form import KIND
from bot.console.site import Site
from bot.staff import notices, versions
from bot.store import records
from knowledge.entry import Organisation

STATES = ("reports", "notices", "suggestions")


@dataclass(frozen=True, slots=True)
class Line:
    """An organisation as the list shows it, with how many reports, notices and suggestions there are."""

    organisation: Organisation
    reports: int
    notices: int
    suggestions: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list shall hold; empty for all."""

    words: str = ""
    area: str = ""
    state: str = ""

    def wants(self, line: Line) -> bool:
        """Is this one of them?"""
        one = line.organisation
        words = " ".join((one.id, one.name, *one.aliases, one.what_for)).casefold()
        in_state = self.state not in STATES or bool(getattr(line, self.state))
        return self.words.casefold() in words and self.area in ("", one.area) and in_state


def routes(site: Site) -> APIRouter:
    """`/organisations`."""
    router = APIRouter()

    @router.get("/organisations")
    async def show(request: Request, q: str = "", area: str = "", state: str = "") -> Response:
        asked, known = Asked(q.strip(), area, state), site.library().organisations
        async with site.reading() as unit:
            reports = Counter(one.organisation for one in await records.open_reports(unit))
            standing = Counter(one.about for one in await notices.current(unit) if one.kind == KIND)
            waiting = Counter(row.slug for row in await versions.unpublished(unit, KIND))
            retired = {row.slug for row in await versions.retired(unit, KIND)}
        lines = [
            Line(one, reports[slug], standing[slug], waiting[slug])
            for slug, one in sorted(known.items())
            if slug not in retired
        ]
        facts: dict[str, Any] = {
            "lines": [line for line in lines if asked.wants(line)],
            "asked": asked,
            "areas": sorted({one.area for one in known.values()}),
            "states": STATES,
            "unborn": sorted(set(waiting) - set(known) - retired),
            "retired": sorted(retired),
        }
        return site.page(request, "organisations.html", **facts)

    return router
