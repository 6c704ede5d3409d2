"""Near me: an outward postcode or a location puts one's own area first. It is looked up and forgotten; what the session
keeps is the name of the area."""

from __future__ import annotations

import math
import re

from handlers.answer import more_message
from handlers.contacts import full_contact, nearest_first
from handlers.ports import Ports
from handlers.replies import fresh, outcome, say
from handlers.turn import Outcome, Reply, Session, Turn, Waiting
from knowledge.place import Place

FORM = "near"
OUTWARD = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)(?:\s*\d[A-Z]{2})?\b", re.IGNORECASE)
EARTH_KM = 6371.0


def area_in(text: str, place: Place) -> str | None:
    """The area of the first postcode in a text, if it is one of the place's."""
    for found in OUTWARD.finditer(text):
        outward = found[1].upper()
        for area in place.areas:
            if outward in area.outward_postcodes:
                return area.name
    return None


def area_at(location: tuple[float, float], place: Place) -> str | None:
    """The smallest area of the place that a location lies in."""
    for area in place.areas:
        if area.latitude is None or area.longitude is None or area.radius_km is None:
            continue
        if kilometres(location, (area.latitude, area.longitude)) <= area.radius_km:
            return area.name
    return None


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance between two (latitude, longitude) points along the ground (haversine)."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def ask(session: Session, ports: Ports, slug: str) -> Outcome:
    """Ask where they are."""
    return outcome(fresh(session, waiting=Waiting(form=FORM, data={"entry": slug})), say(ports, "near.ask"))


async def answered(turn: Turn, session: Session, ports: Ports, waiting: Waiting) -> Outcome | None:
    """Their postcode or location; None when the words are something else, a new question perhaps."""
    place = ports.library.place
    area = area_at(turn.location, place) if turn.location else area_in(turn.text, place)
    if area is None and not turn.location and not OUTWARD.search(turn.text):
        return None
    return _sorted(fresh(session), ports, waiting.data["entry"], area)


async def located(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """A location without a question: sorts the last answer's organisations, or asks what is needed."""
    if turn.location is None or not session.shown:
        return outcome(session, say(ports, "attachment.location"))
    return _sorted(session, ports, session.shown[0], area_at(turn.location, ports.library.place))


def _sorted(session: Session, ports: Ports, slug: str, area: str | None) -> Outcome:
    entry = ports.library.entries.get(slug)
    if entry is None:
        return outcome(session, say(ports, "error.gone"))
    if area is None:
        rest = more_message(ports, entry)
        return outcome(session, rest.model_copy(update={"blocks": (*ports.texts.blocks("near.unknown"), *rest.blocks)}))
    session = session.model_copy(update={"area": area})
    helpers = nearest_first(ports.library.helpers(entry), ports.library.place, area)
    listed = tuple(block for organisation in helpers for block in full_contact(ports, organisation))
    return outcome(session, Reply(blocks=(*ports.texts.blocks("near.sorted", area=area), *listed)))
