"""Another language, for the 999 message and the menu; English stays the language of the answers."""

from __future__ import annotations

from handlers import buttons
from handlers.buttons import Verb
from handlers.catalogue import ENGLISH, Texts, languages
from handlers.ports import Ports
from handlers.replies import action, fresh
from handlers.turn import Button, Outcome, Reply, Session


def ask(session: Session, ports: Ports) -> Outcome:
    """Offer the languages, each in its own words."""
    offered = tuple(
        Button(label=Texts(name).say("language.name"), token=buttons.encode(Verb.LANGUAGE, name))
        for name in languages()
    )
    pairs = tuple(offered[at : at + 2] for at in range(0, len(offered), 2))
    return action(fresh(session), "language", Reply(blocks=ports.texts.blocks("language.ask"), buttons=pairs))


def _button(name: str) -> Button:
    return Button(label=Texts(name).say("language.name"), token=buttons.encode(Verb.LANGUAGE, name))


def chosen(session: Session, ports: Ports, name: str) -> Outcome:
    """Speak it from now on, and say honestly who has checked it."""
    if name not in languages():
        return ask(session, ports)
    texts = Texts(name)
    said = texts.blocks("language.chosen")
    checked = () if name == ENGLISH else texts.blocks("language.unchecked")
    return action(fresh(session, language=name), "language", Reply(blocks=(*said, *checked)))
