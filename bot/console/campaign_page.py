"""One campaign: written, seen as residents will, agreed to by a second person, paused, stopped, and what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.campaign_form import entries_for, look_at, on_the_wall, written_in
from bot.console.campaigns_page import campaigning_of
from bot.console.site import Number, Site
from bot.staff import campaigns
from bot.staff.campaigns import GONE, Campaigning
from bot.staff.campaigns_audience import audience
from bot.staff.campaigns_rules import LONGEST_NAME, MOVES, Written, print_of, suppressed
from bot.staff.edits import APPROVERS
from bot.staff.findings import who as name_of
from bot.staff.outcomes import Refusal
from bot.store.reach_tables import Campaign
from handlers.office import Colleague
from knowledge.small_numbers import in_fives

Do = Callable[[Campaigning], Awaitable[str | Refusal]]
LONGEST_WHY = 300


def routes(site: Site) -> APIRouter:
    """`/campaigns/{number}` and what is done with it."""
    router = APIRouter()

    @router.get("/campaigns/{number}")
    async def show(request: Request, number: Number) -> Response:
        return await _show(site, request, number)

    @router.post("/campaigns/{number}")
    async def write(request: Request, number: Number) -> Response:
        """Save; or only look: then nothing is kept."""
        form = await site.form(request)
        written = written_in(form, site.zone)
        if form.get("act") != "save":
            return await _show(site, request, number, written)
        return await _act(site, request, number, lambda does: _saved(does, written, number))

    _acts(router, site)
    return router


def _acts(router: APIRouter, site: Site) -> None:
    @router.post("/campaigns/{number}/submit")
    async def submit(request: Request, number: Number) -> Response:
        return await _act(site, request, number, lambda does: does.submit(number))

    @router.post("/campaigns/{number}/approve")
    async def approve(request: Request, number: Number) -> Response:
        seen = str((await site.form(request)).get("seen", ""))
        return await _act(site, request, number, lambda does: does.approve(number, seen))

    @router.post("/campaigns/{number}/sending-back")
    async def send_back(request: Request, number: Number) -> Response:
        why = str((await site.form(request)).get("why", "")).replace("\0", "").strip()[:LONGEST_WHY]
        return await _act(site, request, number, lambda does: does.send_back(number, why))

    @router.post("/campaigns/{number}/pause")
    async def pause(request: Request, number: Number) -> Response:
        return await _act(site, request, number, lambda does: campaigns.pause(does.unit, number, does.audit))

    @router.post("/campaigns/{number}/going-on")
    async def go_on(request: Request, number: Number) -> Response:
        return await _act(site, request, number, lambda does: does.go_on(number))

    @router.post("/campaigns/{number}/stop")
    async def stop(request: Request, number: Number) -> Response:
        return await _act(site, request, number, lambda does: campaigns.stop(does.unit, number, does.audit))


async def _saved(does: Campaigning, written: Written, number: int) -> str | Refusal:
    done = await does.write(written, number)
    return done if isinstance(done, Refusal) else "saved"


async def _act(site: Site, request: Request, number: int, do: Do) -> Response:
    async with site.unit() as unit:
        done = await do(campaigning_of(site, unit, site.staff(request).who))
    if isinstance(done, Refusal):
        return await _show(site, request, number, refused=done)
    return site.go(request, f"/campaigns/{number}", f"console.done.campaign-{done}")


async def _show(
    site: Site, request: Request, number: int, written: Written | None = None, refused: Refusal | None = None
) -> Response:
    who, library = site.staff(request).who, site.library()
    async with site.reading() as unit:
        row = await campaigns.one(unit, number)
        if row is None:
            return await site.problem(request, 404, GONE.text_id)
        shown = written if written is not None and row.state == "draft" else campaigns.written_of(row)
        facts: dict[str, Any] = {
            "audience": suppressed(in_fives(await audience(unit, shown.topic, shown.areas))),
            "figures": await campaigns.figures(unit, row), "author": await name_of(unit, row.staff_id),
            "second": await name_of(unit, row.approved_by),
        }  # fmt: skip
    facts |= {
        "row": row, "written": shown, "seen": look_at(site, shown), "may": _may(who, row), "topics": library.topics,
        "label": {topic.id: topic.label for topic in library.topics}, "suppressed": suppressed,
        "areas": [area.name for area in library.place.areas], "longest_name": LONGEST_NAME, "longest_why": LONGEST_WHY,
        "entries": entries_for(library), "print": print_of(shown),
        "wall": partial(on_the_wall, zone=site.zone),
        "problem": site.texts.say(refused.text_id, **refused.facts) if refused else "",
    }  # fmt: skip
    return site.page(request, "campaign.html", status=422 if refused else 200, **facts)


def _may(who: Colleague, row: Campaign) -> frozenset[str]:
    """What a person may do with a campaign as it stands; the service asks again."""
    approver, own = who.role in APPROVERS, row.staff_id == who.id
    able = {"send-back": approver, "approve": approver and not own, "go-on": approver}
    return frozenset(act for act, move in MOVES.items() if row.state in move.before and able.get(act, True))
