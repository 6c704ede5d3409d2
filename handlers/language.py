"""Another language, for the 999 message and the menu; English stays the language of the answers."""

from __future__ import annotations

from handlers import buttons
from handlers.buttons import Verb
from handlers.catalogue import ENGLISH, Texts, languages, small
from handlers.ports import Decision, Ports, Understood
from handlers.replies import action, fresh
from handlers.turn import Button, Outcome, Reply, Session
from knowledge.prose import Block

SURE = 0.5
"""The search reads English: what it makes of another language is chance, unless it is this sure of it."""
COURTESIES, SHORT = ("thanks", "goodbye"), 3
"""Small talk counts where it is a few words: thanks it knows in many languages."""
MENUS = (None, "greet", "menu", "language")
"""What their menu answers as well."""


def ask(session: Session, ports: Ports) -> Outcome:
    """Offer the languages, each in its own words."""
    offered = tuple(_button(name) for name in languages())
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


def unanswered(understood: Understood, decision: Decision) -> bool:
    """Is a message in another language, and does the search not know for sure what to say or do?"""
    if not understood.heard.languages:
        return False
    if decision.score < SURE:
        return True
    courteous = decision.action in COURTESIES and len(understood.text.split()) <= SHORT
    return not (courteous or decision.answered or decision.action not in MENUS)


def limits(texts: Texts) -> tuple[Block, ...]:
    """Under a menu in another language: that answers are in English, and that nobody has checked the words."""
    if texts.language == ENGLISH:
        return ()
    return (*texts.blocks("language.answers"), *small(texts.blocks("language.unchecked")))


def back_to_english(texts: Texts) -> Button | None:
    """The way back, named in English; None where English is spoken."""
    return None if texts.language == ENGLISH else _button(ENGLISH)
