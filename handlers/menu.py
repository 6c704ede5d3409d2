"""Hello, help, the menu, thanks and goodbye; and which capability an action belongs to."""

from __future__ import annotations

from handlers import handover, language, privacy, visits
from handlers.buttons import Verb
from handlers.ports import Ports
from handlers.replies import action, button, fresh, rows
from handlers.turn import Button, Outcome, Reply, Session, Turn
from knowledge.languages import Heard
from knowledge.prose import Block


async def act(turn: Turn, session: Session, ports: Ports, name: str) -> Outcome:
    """Do what somebody asked for in their own words. `name` is an action of design's list."""
    match name:
        case "greet" | "menu":
            return action(fresh(session), name, menu_message(ports, "menu.greet" if name == "greet" else "menu.say"))
        case "thanks" | "goodbye":
            return action(fresh(session), name, Reply(blocks=ports.texts.blocks(f"smalltalk.{name}")))
        case "language":
            return language.ask(session, ports)
        case "human" | "complaint":
            return await handover.start(session, ports, name)
        case "unsubscribe" | "privacy.delete" | "privacy.export":
            return await privacy.start(session, ports, name)
        case _:
            return await visits.act(turn, session, ports, name)


def buttons(ports: Ports) -> tuple[tuple[Button, ...], ...]:
    """What the menu offers, as buttons."""
    return rows(
        button(ports, "menu.visit", Verb.VISIT, "start"),
        button(ports, "menu.check", Verb.CHECK, "go") if ports.library.checks else None,
        button(ports, "menu.person", Verb.PERSON),
        button(ports, "menu.language", Verb.LANGUAGE),
        button(ports, "menu.privacy", Verb.PRIVACY, "start"),
        language.back_to_english(ports.texts),
    )


def menu_message(ports: Ports, text_id: str) -> Reply:
    """What this is, what it can do, and 999."""
    place = ports.library.place
    blocks = ports.texts.blocks(text_id, place=place.name, partnership=place.partnership)
    return Reply(blocks=(*blocks, *standing(ports), *language.limits(ports.texts)), buttons=buttons(ports))


def in_their_language(session: Session, ports: Ports, heard: Heard) -> Outcome:
    """The menu in the language somebody wrote in; all languages where it could be one of several."""
    if heard.language is None:
        return language.ask(session, ports)
    name = "menu" if heard.help else "greet" if heard.greeting else "language"
    return action(fresh(session), name, menu_message(ports, "menu.greet" if name == "greet" else "menu.say"))


def made_up(ports: Ports) -> tuple[Block, ...]:
    """That there is no such place, where that is so."""
    place = ports.library.place
    return ports.texts.blocks("menu.made-up", place=place.name) if place.made_up else ()


def standing(ports: Ports) -> tuple[Block, ...]:
    """That this is a demonstration, or that no team answers today, where that is so."""
    place, shown = ports.library.place, (*made_up(ports), *visits.demonstration(ports))
    return shown if place.live else (*shown, *ports.texts.blocks("menu.not-live", partnership=place.partnership))
