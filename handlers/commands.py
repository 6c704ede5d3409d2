"""Commands: what stands in Telegram's menu, and what may be typed anywhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import advice, arriving, home_check, language, menu, privacy, staff, topics, visits
from handlers.ports import Ports, Understood
from handlers.replies import action, fresh
from handlers.turn import Outcome, Session, Turn

Command = Callable[[Turn, Session, Ports], Awaitable[Outcome]]


async def _help(_turn: Turn, session: Session, ports: Ports) -> Outcome:
    return action(fresh(session), "menu", menu.menu_message(ports, "menu.help"))


async def _visit(turn: Turn, session: Session, ports: Ports) -> Outcome:
    return await visits.act(turn, session, ports, "visit.book")


async def _stop(_turn: Turn, session: Session, ports: Ports) -> Outcome:
    return await privacy.start(session, ports)


async def _language(_turn: Turn, session: Session, ports: Ports) -> Outcome:
    return language.ask(session, ports)


async def _staff(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """Whoever is not of the team gets what an unknown command gets: nothing tells that there was more."""
    done = await staff.command(turn, session, ports)
    return done if done is not None else await _help(turn, session, ports)


COMMANDS: dict[str, Command] = {
    "start": arriving.start,
    "help": _help,
    "visit": _visit,
    "check": home_check.start,
    "language": _language,
    "topics": topics.start,
    "stop": _stop,
    "clear": privacy.clear,
}
"""In the order of the menu. Each has a line `command.NAME` in the catalogue."""
UNLISTED: dict[str, Command] = {"staff": _staff}
"""May be typed, and stand in no menu."""


async def run(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Do a command; an unknown one with words is a question, without words it gets the menu."""
    command = {**COMMANDS, **UNLISTED}.get(turn.command or "")
    if command is not None:
        return await command(turn, session, ports)
    if understood.text:
        return await advice.question(turn, understood, session, ports)
    return await _help(turn, session, ports)
