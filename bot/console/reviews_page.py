"""Reviews: what is due, the longest first; read an answer, say that it is still correct, and who keeps it true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.site import Site
from bot.staff import audit, reviews
from bot.staff.counts import Count
from bot.staff.outcomes import Refusal
from bot.staff.reviews import Review
from bot.store.unit import Unit
from bot.visits import team
from handlers.answer import WITHHELD_AFTER
from handlers.office import Colleague
from knowledge import hours
from knowledge.entry import Entry
from knowledge.library import Library
from knowledge.prose import Block, Paragraph, line

EVERYBODYS, OWN, NOBODYS = "", "own", "nobody"


@dataclass(frozen=True, slots=True)
class Line:
    """A review as the list shows it; `owner` and `deputy` are names, empty for nobody."""

    review: Review
    state: str
    owner: str
    deputy: str


def routes(site: Site) -> APIRouter:
    """`/reviews`, and one answer below it."""
    router = APIRouter()
    _list(router, site)
    _one(router, site)
    return router


async def count(library: Callable[[], Library], unit: Unit, who: Colleague) -> Count:
    """For Today: what is due and theirs in the content in use; since the day on which the first of it was due."""
    today = hours.in_london(unit.now).date()
    found = await reviews.due(unit, library(), today, who)
    first = next((each.due for each in found if each.due is not None), None)
    return Count(len(found), hours.instant(first, dt.time()) if first else None)


def _list(router: APIRouter, site: Site) -> None:
    @router.get("/reviews")
    async def show(request: Request, whose: str = EVERYBODYS) -> Response:
        who, library, today = site.staff(request).who, site.library(), _today(site)
        async with site.reading() as unit:
            found = await reviews.due(unit, library, today, who if whose == OWN else None)
            everybody = await team.everybody(unit)
        names = {one.id: one.name for one in everybody}
        lines = [_line(each, names, library, today) for each in found if _wanted(each, whose)]
        share = round(100 * reviews.share_in_date(library, today))
        return site.page(request, "reviews.html", lines=lines, everybody=everybody, whose=whose, share=share)


def _one(router: APIRouter, site: Site) -> None:
    @router.get("/reviews/{topic}/{name}")
    async def read(request: Request, topic: str, name: str) -> Response:
        return await _read(site, request, f"{topic}/{name}")

    @router.post("/reviews/{topic}/{name}")
    async def still_correct(request: Request, topic: str, name: str) -> Response:
        """One tap: nothing changes but who confirmed what was read, and when."""
        who, slug, seen = site.staff(request).who, f"{topic}/{name}", str((await site.form(request)).get("seen", ""))
        async with site.unit() as unit:
            written = partial(audit.record, unit, who.id)
            done = await reviews.still_correct(unit, slug, seen, who, _today(site), written)
        if isinstance(done, Refusal):
            return await _read(site, request, slug, done.text_id)
        return site.go(request, "/reviews", "console.done.still-correct", title=_title(site.library(), slug))

    @router.post("/reviews/{topic}/{name}/keepers")
    async def keepers(request: Request, topic: str, name: str) -> Response:
        """Who keeps it true, and who stands in."""
        who, slug, form = site.staff(request).who, f"{topic}/{name}", await site.form(request)
        async with site.unit() as unit:
            here = {str(one.id): one.id for one in await team.everybody(unit)}
            owner, deputy = (here.get(str(form.get(name, ""))) for name in ("owner", "deputy"))
            problem = _wrong(site.library(), slug, owner, deputy)
            if not problem:
                await reviews.assign(unit, slug, owner, deputy, partial(audit.record, unit, who.id))
        if problem:
            return await _read(site, request, slug, problem)
        return site.go(request, f"/reviews/{slug}", "console.done.keepers")


async def _read(site: Site, request: Request, slug: str, problem: str = "") -> Response:
    """An answer with all that it says, as it is live at this moment."""
    library, today = site.library(), _today(site)
    async with site.reading() as unit:
        everybody, kept = await team.everybody(unit), (await reviews.owners(unit)).get(slug)
        found = await reviews.reading(unit, slug)
    if found is None:
        return await site.problem(request, 404, "staff.review.gone")
    entry = found.entry
    facts: dict[str, object] = {
        "entry": entry,
        "seen": found.mark,
        "blocks": _blocks(entry),
        "state": _state(entry.review_due() if entry.signed_off else None, library, today),
        "everybody": everybody,
        "owner": kept.owner_id if kept else None,
        "deputy": kept.deputy_id if kept else None,
        "may_assign": site.staff(request).who.role != "officer",
        "problem": problem,
    }
    return site.page(request, "review.html", status=422 if problem else 200, **facts)


def _wrong(library: Library, slug: str, owner: int | None, deputy: int | None) -> str:
    if slug not in library.entries:
        return "staff.review.gone"
    return "console.reviews.same-person" if owner is not None and owner == deputy else ""


def _blocks(entry: Entry) -> Sequence[Block]:
    emergency = (line(entry.emergency),) if entry.emergency else ()
    return (*emergency, Paragraph(spans=entry.lead), *entry.first, *entry.more)


def _line(review: Review, names: Mapping[int, str], library: Library, today: dt.date) -> Line:
    owner, deputy = (names.get(one, "") if one is not None else "" for one in (review.owner, review.deputy))
    return Line(review, _state(review.due, library, today), owner, deputy)


def _state(due: dt.date | None, library: Library, today: dt.date) -> str:
    """How a review stands: `never` confirmed, `in-date`, `due`, `overdue`, or `withheld` from residents."""
    too_old = due is None or today > due + WITHHELD_AFTER
    if library.place.live and too_old:
        return "withheld"
    if due is None:
        return "never"
    return "in-date" if today < due else "due" if today == due else "overdue"


def _wanted(review: Review, whose: str) -> bool:
    if whose in (EVERYBODYS, OWN):
        return True
    if whose == NOBODYS:
        return review.owner is None
    return whose in (str(review.owner), str(review.deputy))


def _title(library: Library, slug: str) -> str:
    return library.entries[slug].title if slug in library.entries else slug


def _today(site: Site) -> dt.date:
    return hours.in_london(site.console.clock.now()).date()
