"""A visit as its resident's and its visitors' calendars see it, and the secret addresses of those calendars.

Others in the house read calendars too, so nothing here says who is visited, exactly where, or why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from bot.store.vault import Vault
from bot.store.visit_tables import StaffMember, Visit
from bot.visits.booking import CANCELLED
from handlers.catalogue import Texts
from knowledge.place import Place
from knowledge.visits.calendar import Event, calendar_file, feed

ALARM_MINUTES = (24 * 60, 60)
"""A day before, and an hour before."""
TOKEN_LENGTH = 32
"""Hexadecimal digits of an address that nobody can guess."""


def visit_token(vault: Vault, uid: str) -> str:
    """What opens the calendar of the visit with this uid. Nothing is stored: the same uid gives the same."""
    return vault.index("visit.calendar", uid)[:TOKEN_LENGTH]


def staff_token(vault: Vault, staff_id: int) -> str:
    """What opens the calendar of this person of the team."""
    return vault.index("staff_member.calendar", str(staff_id))[:TOKEN_LENGTH]


def calendar_path(vault: Vault, visit: Visit) -> str:
    """Where a resident's calendar finds the visit, below our own address; the same for all of its life."""
    return f"/calendar/{visit.reference}/{visit_token(vault, visit.uid)}.ics"


def staff_feed_path(vault: Vault, staff: StaffMember) -> str:
    """Where the calendar of somebody of the team finds their visits, below our own address."""
    return f"/calendar/team/{staff.id}/{staff_token(vault, staff.id)}.ics"


def calendar_file_of(visit: Visit, texts: Texts, place: Place, now: dt.datetime) -> str:
    """The visit as a resident keeps it: published with two alarms, or withdrawn once it is cancelled."""
    if visit.state == CANCELLED:
        summary = texts.say("visit.calendar.cancelled-summary", reference=visit.reference)
        description = texts.say("visit.calendar.cancelled", partnership=place.partnership)
    else:
        summary = texts.say("visit.calendar.summary", reference=visit.reference)
        description = texts.say("visit.calendar.description", partnership=place.partnership)
    return calendar_file(_event(visit, place, now, summary, description, alarms=ALARM_MINUTES))


def staff_feed(visits: Iterable[tuple[Visit, str]], texts: Texts, place: Place, now: dt.datetime) -> str:
    """Visits, each with its outward postcode, as a calendar for one of the team; cancelled ones say so."""
    name = texts.say("staff.calendar.name", partnership=place.partnership)
    return feed([_call(visit, outward, texts, place, now) for visit, outward in visits], name)


def _call(visit: Visit, outward: str, texts: Texts, place: Place, now: dt.datetime) -> Event:
    label = "staff.calendar.cancelled" if visit.state == CANCELLED else "staff.calendar.visit"
    summary = texts.say(label, reference=visit.reference, outward=outward).strip()
    return _event(visit, place, now, summary, location=outward)


def _event(
    visit: Visit,
    place: Place,
    now: dt.datetime,
    summary: str,
    description: str = "",
    location: str = "",
    alarms: tuple[int, ...] = (),
) -> Event:
    return Event(
        uid=visit.uid,
        sequence=visit.sequence,
        starts=visit.starts,
        ends=visit.ends,
        zone=place.timezone,
        summary=summary,
        description=description,
        location=location,
        alarm_minutes=alarms,
        cancelled=visit.state == CANCELLED,
        stamped=now,
    )
