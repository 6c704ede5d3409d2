"""/start, and whoever comes by the code of a poster or leaflet: where they came from, and the answer it was about."""

from __future__ import annotations

import re

from handlers import advice, menu, visits
from handlers.ports import Ports
from handlers.replies import action, fresh
from handlers.turn import Outcome, Session, SetSource, Turn

SOURCE_CODE = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
"""Telegram's alphabet for a deep link's payload."""


async def start(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """/start, with whatever the link that was followed carries: a visit, or the code of a poster."""
    if turn.argument == "visit":
        return await visits.act(turn, session, ports, "visit.book")
    if visits.is_reference(turn.argument, ports):
        return await visits.find(turn.argument, session, ports)
    code = source_of(turn.argument)
    return came_by(await _greeted(code, session, ports), code)


def source_of(words: str) -> str:
    """A code as it is kept, from what a link carries or somebody typed; empty where it can be none."""
    return words.strip().upper() if SOURCE_CODE.match(words.strip()) else ""


def came_by(done: Outcome, code: str) -> Outcome:
    """The same outcome, and where they came from. After a crisis or abuse message nothing of it is kept."""
    if not code or done.session.quiet:
        return done
    return done.model_copy(update={"effects": (SetSource(code=code), *done.effects)})


async def _greeted(code: str, session: Session, ports: Ports) -> Outcome:
    """The greeting; behind it the answer that the code's campaign is about, while that is live."""
    hello = menu.menu_message(ports, "menu.greet")
    slug = await ports.posters.entry(code) if code and ports.posters is not None else None
    if slug is None or not advice.visible(ports, slug):
        return action(fresh(session), "greet", hello)
    shown = advice.show(session, ports, (slug,))
    return shown.model_copy(update={"replies": (hello, *shown.replies)})
