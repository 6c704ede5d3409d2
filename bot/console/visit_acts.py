"""What the forms on a visit's page do. Each is one transaction: it is done and recorded, or nothing is changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from bot.console import visit_page, visiting
from bot.console.site import Number, Site
from bot.console.visiting import NoVisit
from bot.staff import audit
from bot.store.unit import Unit
from bot.visits import acts, crew, setting_out, team
from handlers.office import Colleague, Ended, StaffVisit

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Act:
    """A form about one visit, in an open transaction."""

    unit: Unit
    site: Site
    who: Colleague
    visit: StaffVisit
    form: FormData


@dataclass(frozen=True, slots=True)
class Done:
    """What the next page says, and what the audit keeps."""

    text_id: str
    action: str
    facts: dict[str, object] = field(default_factory=dict)


class NotDone(Exception):
    """It cannot be done; `words` say why, and nothing of it stays."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


Doing = Callable[[Act], Awaitable[Done]]


def routes(site: Site) -> APIRouter:
    """One address for each form."""
    router = APIRouter()
    for name, doing in FORMS.items():
        _form(router, site, name, doing)
    return router


def _form(router: APIRouter, site: Site, name: str, doing: Doing) -> None:
    @router.post(f"/visits/{{number}}/{name}")
    async def done(request: Request, number: Number) -> Response:
        return await do(site, request, number, doing)


async def do(site: Site, request: Request, number: int, doing: Doing) -> Response:
    """Do something to a visit that whoever asks may open; then its page, which says what was done or why not."""
    form, who = await site.form(request), site.staff(request).who
    try:
        async with site.unit() as unit:
            visit = await visiting.find(unit, site, request, number)
            done = await doing(Act(unit, site, who, visit, form))
            await audit.record(unit, who.id, done.action, visit.reference)
    except NoVisit:
        return await visit_page.none(site, request)
    except NotDone as why:
        return await visit_page.show(site, request, number, why.words, _note(form))
    return site.go(request, f"/visits/{number}", done.text_id, reference=visit.reference, **done.facts)


def refuse(act: Act, text_id: str, **facts: object) -> NotDone:
    """Why something cannot be done to a visit."""
    return NotDone(act.site.texts.say(text_id, reference=act.visit.reference, **facts))


async def _on_our_way(act: Act) -> Done:
    texts = visiting.told_texts(act.site)
    came = await setting_out.on_the_way(act.unit, act.visit.id, texts, act.site.zone)
    if came not in setting_out.STATES:
        raise refuse(act, f"staff.way.{came or 'not-today'}")
    return Done(f"staff.way.{came}", "on our way")


async def _outcome(act: Act) -> Done:
    ended = visiting.words(act.form, "outcome")
    if ended not in acts.ENDED:
        raise refuse(act, "console.visit.no-outcome")
    visits = visiting.visits_of(act.site)
    same = ended == act.visit.state  # a second tap says what is recorded
    if not same and not await acts.end(act.unit, act.visit.id, cast(Ended, ended), visits):
        raise refuse(act, "staff.end.nothing")
    if act.form.get("follow-up"):
        await acts.follow_up(act.unit, act.visit.id, True)
    return Done(f"staff.end.{ended}", f"visit {ended.replace('_', ' ')}")


async def _follow_up(act: Act) -> Done:
    wanted = act.form.get("wanted") == "yes"
    if not await acts.follow_up(act.unit, act.visit.id, wanted):
        raise refuse(act, "console.visit.erased")
    return Done(f"staff.follow.{'yes' if wanted else 'no'}", f"follow-up {'wanted' if wanted else 'not wanted'}")


async def _note_down(act: Act) -> Done:
    if not await acts.note(act.unit, act.visit.id, _note(act.form), act.who.name, act.site.zone):
        raise refuse(act, "console.visit.note-not-kept" if _note(act.form) else "console.visit.note-empty")
    return Done("staff.note.kept", "note on visit")


async def _safeguarding(act: Act) -> Done:
    up = act.form.get("flag") == "up"
    if not await acts.safeguard(act.unit, act.visit.id, up):
        raise refuse(act, "console.visit.erased")
    return Done(f"staff.flag.{'yes' if up else 'no'}", f"safeguarding flag {'up' if up else 'down'}")


async def _refer(act: Act) -> Done:
    partner = visit_page.partners(act.site).get(visiting.words(act.form, "organisation"))
    if partner is None:
        raise refuse(act, "console.visit.no-partner")
    if not await acts.refer(act.unit, act.visit.id, partner.id, act.who.id):
        agreed = "partners" in act.visit.consents
        raise refuse(act, "console.visit.erased" if agreed else "staff.refer.no-consent")
    return Done("staff.refer.done", "refer", {"name": partner.name})


async def _swap(act: Act) -> Done:
    out, in_ = visiting.number(act.form, "out"), visiting.number(act.form, "in")
    fresh = (await team.visitors(act.unit)).get(in_)
    if fresh is None or out not in dict(act.visit.visitors):
        raise refuse(act, "console.visit.no-swap")
    if not await crew.swap(act.unit, act.visit.id, out, in_):
        raise refuse(act, "staff.swap.not-done", name=fresh.name)
    return Done("staff.swap.done", "swap visitors", {"name": fresh.name, "out": dict(act.visit.visitors)[out]})


async def _assign(act: Act) -> Done:
    if not await crew.assign(act.unit, act.visit.id, visiting.numbers(act.form, "staff")):
        raise refuse(act, "console.visit.not-assigned", number=visiting.visits_of(act.site).visitors)
    return Done("console.done.assigned", "assign visitors")


FORMS: dict[str, Doing] = {
    "on-our-way": _on_our_way, "outcome": _outcome, "follow-up": _follow_up, "note": _note_down,
    "safeguarding": _safeguarding, "refer": _refer, "swap": _swap, "assign": _assign,
}  # fmt: skip


def _note(form: FormData) -> str:
    said = form.get("note")
    return said.strip()[:LONGEST_NOTE] if isinstance(said, str) else ""
