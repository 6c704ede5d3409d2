"""One visitor of a visit for a colleague: who cannot go, who goes instead."""

from __future__ import annotations

from handlers import buttons
from handlers.buttons import Verb
from handlers.office import VISITORS, Colleague, StaffVisit
from handlers.replies import numbered, rows
from handlers.staff import one_visit
from handlers.staff.work import Work, done, link, page_of, parts, told
from handlers.turn import Outcome

A_PAGE = 20
"""Colleagues in one message."""


def who(work: Work, visit: StaffVisit) -> Outcome:
    """Whom to replace?"""
    if not work.may("swap"):
        return told(work, "staff.swap.not-yours", reference=visit.reference)
    choices = [(name, _token("with", visit, staff_id, 0)) for staff_id, name in visit.visitors]
    if visit.state != "booked" or not choices:
        return told(work, "staff.swap.nobody-goes", reference=visit.reference)
    return _asked(work, visit, "staff.swap.who", choices)


async def instead(work: Work, visit: StaffVisit, out: int, page: int) -> Outcome:
    """Who goes instead? Those of the same agency come first."""
    if not work.may("swap") or out not in dict(visit.visitors):
        return who(work, visit)
    found = await _could_go(work, visit, out)
    if not found:
        return told(work, "staff.swap.nobody-else", link(work, "staff.button.back", "visit", visit.id))
    shown, following = page_of(found, page, A_PAGE)
    choices = [(one.name, _token("swap", visit, out, one.id)) for one in shown]
    onward = ("with", visit.id, out, following) if following else ()
    return _asked(work, visit, "staff.swap.instead", choices, onward, name=dict(visit.visitors)[out])


async def swap(work: Work, visit: StaffVisit, out: int, in_: int) -> Outcome:
    """Do it, or say that nothing was changed."""
    names = {one.id: one.name for one in await work.office.colleagues()}
    if await work.office.swap(visit.id, out, in_):
        facts = {"name": names.get(in_, ""), "out": dict(visit.visitors).get(out, "")}
        return await one_visit.after(work, visit, "staff.swap.done", **facts)
    return await one_visit.after(work, visit, "staff.swap.not-done", name=names.get(in_, ""))


async def _could_go(work: Work, visit: StaffVisit, out: int) -> list[Colleague]:
    everybody = await work.office.colleagues()
    agency = next((one.agency for one in everybody if one.id == out), "")
    going = dict(visit.visitors)
    found = [one for one in everybody if one.role in VISITORS and one.id not in going]
    return sorted(found, key=lambda one: one.agency != agency)


def _asked(
    work: Work, visit: StaffVisit, text_id: str, choices: list[tuple[str, str]], onward: tuple[object, ...] = (),
    **facts: object,
) -> Outcome:  # fmt: skip
    intro = work.ports.texts.blocks(text_id, reference=visit.reference, **facts)
    reply, tokens = numbered(work.ports, intro, choices)
    more = link(work, "staff.button.more", *onward) if onward else None
    ways = rows(more, link(work, "staff.button.back", "visit", visit.id))
    return done(work, reply.model_copy(update={"buttons": (*reply.buttons, *ways)}), choices=tokens)


def _token(what: str, visit: StaffVisit, *rest: int) -> str:
    return buttons.encode(Verb.STAFF, parts(what, visit.id, *rest))
