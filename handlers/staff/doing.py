"""What somebody of the team does about a visit: each asks nothing twice, and says in one line what is so now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from handlers import buttons
from handlers.buttons import Verb
from handlers.office import Ended, StaffVisit
from handlers.replies import numbered, rows
from handlers.staff import one_visit
from handlers.staff.work import Work, done, link, parts, told
from handlers.turn import Button, Outcome
from knowledge.entry import Organisation

ENDS: Mapping[str, Ended] = {end: end for end in get_args(Ended)}
YES_NO = {"yes": True, "no": False}


async def on_our_way(work: Work, visit: StaffVisit) -> Outcome:
    """Tell the resident, or say how else they hear of it, and why not."""
    came = await work.office.on_the_way(visit.id)
    return await one_visit.after(work, visit, f"staff.way.{came or 'not-today'}")


def ask_end(work: Work, visit: StaffVisit, ended: str) -> Outcome | None:
    """One question before what came of a visit is recorded, because the resident may hear of it."""
    if ended not in ENDS:
        return None
    yes = link(work, "staff.button.yes", "end", visit.id, ended)
    back = link(work, "staff.button.back", "visit", visit.id)
    return told(work, f"staff.end.ask-{ended}", yes, back, reference=visit.reference)


async def end(work: Work, visit: StaffVisit, ended: str) -> Outcome | None:
    """Record what came of a visit. A second tap says what is recorded."""
    if ended not in ENDS:
        return None
    recorded = visit.state == ended or await work.office.outcome(visit.id, ENDS[ended])
    return await one_visit.after(work, visit, f"staff.end.{ended}" if recorded else "staff.end.nothing")


async def follow_up(work: Work, visit: StaffVisit, answer: str) -> Outcome | None:
    """Somebody should come or call again, or need not."""
    if answer not in YES_NO:
        return None
    kept = await work.office.follow_up(visit.id, YES_NO[answer])
    return await one_visit.after(work, visit, f"staff.follow.{answer}" if kept else "staff.nothing-done")


async def safeguarding(work: Work, visit: StaffVisit, answer: str) -> Outcome | None:
    """Raise or lower the flag. Nobody is told by it, and the words say so."""
    if answer not in YES_NO:
        return None
    kept = await work.office.safeguarding(visit.id, YES_NO[answer])
    return await one_visit.after(work, visit, f"staff.flag.{answer}" if kept else "staff.nothing-done")


def ask_refer(work: Work, visit: StaffVisit) -> Outcome:
    """To whom? Only where the resident has agreed."""
    if "partners" not in visit.consents:
        return told(work, "staff.refer.no-consent", _back(work, visit), reference=visit.reference)
    choices = [
        (partner.name, buttons.encode(Verb.STAFF, parts("refer", visit.id, agency)))
        for agency, partner in partners(work).items()
    ]
    if not choices:
        return told(work, "staff.refer.nobody", _back(work, visit))
    intro = work.ports.texts.blocks("staff.refer.ask", reference=visit.reference)
    reply, tokens = numbered(work.ports, intro, choices)
    reply = reply.model_copy(update={"buttons": (*reply.buttons, *rows(_back(work, visit)))})
    return done(work, reply, choices=tokens)


async def refer(work: Work, visit: StaffVisit, agency: str) -> Outcome | None:
    """Note a referral. Nothing is sent by it, and the words say so."""
    partner = partners(work).get(agency)
    if partner is None:
        return None
    if "partners" not in visit.consents:
        return ask_refer(work, visit)
    text_id = "staff.refer.done" if await work.office.refer(visit.id, partner.id) else "staff.nothing-done"
    return await one_visit.after(work, visit, text_id, name=partner.name)


def partners(work: Work) -> dict[str, Organisation]:
    """The organisations of the place's agencies, each once, by the agency that a button can carry."""
    library, found = work.ports.library, dict[str, Organisation]()
    for agency, id_ in library.place.agencies.items():
        known = library.organisations.get(id_)
        if known is not None and known not in found.values():
            found[agency] = known
    return found


def _back(work: Work, visit: StaffVisit) -> Button:
    return link(work, "staff.button.back", "visit", visit.id)
