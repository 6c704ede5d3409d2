"""The off switch: residents read a public message; danger to life, crisis and abuse are answered all the same."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.site import Site
from bot.staff import audit
from bot.store import switch

LONGEST = 500


def routes(site: Site) -> APIRouter:
    """`/switch`."""
    router = APIRouter()

    @router.get("/switch")
    async def show(request: Request) -> Response:
        return await _show(site, request)

    @router.post("/switch")
    async def turn(request: Request) -> Response:
        form, who = await site.form(request), site.staff(request).who
        turn_on = form.get("turn") == "on"
        reason, message = _words(form.get("reason")), _words(form.get("message"))
        if not reason or not (message or turn_on):
            problem = "console.switch.no-message" if reason else "console.switch.no-reason"
            return await _show(site, request, problem, reason, message)
        async with site.unit() as unit:
            await (switch.turn_on(unit) if turn_on else switch.turn_off(unit, message))
            await audit.record(unit, who.id, "switch on" if turn_on else "switch off", reason)
        return site.go(request, "/switch", "console.done.on" if turn_on else "console.done.off")

    return router


async def _show(site: Site, request: Request, problem: str = "", reason: str = "", message: str = "") -> Response:
    async with site.reading() as unit:
        off = await switch.message(unit)
    facts = {"off": off, "problem": problem, "reason": reason, "message": message, "longest": LONGEST}
    return site.page(request, "switch.html", status=422 if problem else 200, **facts)


def _words(said: object) -> str:
    return said.strip()[:LONGEST] if isinstance(said, str) else ""
