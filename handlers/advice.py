"""A question, and what the search makes of it: an answer, two answers, a choice, or an honest "I don't know"."""

from __future__ import annotations

from handlers import language, menu, nearby
from handlers.answer import first_message, may_show, show_token
from handlers.buttons import Verb
from handlers.contacts import fallback_numbers
from handlers.ports import Decision, Ports, Understood
from handlers.replies import button, entry_buttons, fresh, numbered, outcome, rows
from handlers.turn import Chose, Effect, KeepQuestion, Outcome, Reply, Session, Trace, Turn
from knowledge.prose import Block
from knowledge.redact import redact

MOST_CHOICES = 4
SURE, BESIDE = 0.85, 3
"""The chance below which the next best entries stand on buttons beside an answer, and how many."""
SMALLTALK = frozenset({"greet", "thanks", "goodbye"})


async def question(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Any words that nothing else took."""
    return await decided(turn, understood, session, ports, ports.search.decide(understood, session.shown))


async def decided(turn: Turn, understood: Understood, session: Session, ports: Ports, decision: Decision) -> Outcome:
    """The same, where the search was asked already."""
    if language.unanswered(understood, decision):
        return _in_their_language(understood, session, ports, decision)
    area = nearby.area_in(understood.text, ports.library.place)
    kept = _kept(ports, understood.text, decision, area or session.area)
    keep = () if session.quiet or decision.route == "smalltalk" else (kept,)
    return await go_on(turn, session, ports, decision, effects=keep, area=area)


def _in_their_language(understood: Understood, session: Session, ports: Ports, decision: Decision) -> Outcome:
    done = menu.in_their_language(session, ports, understood.heard)
    asks = done.trace.action == "language" and not session.quiet
    return done.model_copy(update={"effects": (_kept(ports, understood.text, decision, session.area),) if asks else ()})


def _kept(ports: Ports, text: str, decision: Decision, area: str) -> KeepQuestion:
    return KeepQuestion(
        text=redact(text, ports.library.place.area_names),
        route=decision.route,
        shown=decision.answered or decision.offered,
        score=decision.score,
        area=area,
    )


async def go_on(
    turn: Turn,
    session: Session,
    ports: Ports,
    decision: Decision,
    effects: tuple[Effect, ...] = (),
    area: str | None = None,
) -> Outcome:
    """Carry out a decision: an action first, then its answers; else a choice; else that we don't know."""
    if decision.action:
        done = await _act(turn, session, ports, decision)
    elif decision.answered:
        done = _beside(show(session, ports, decision.answered, decision.offered, area), ports, decision)
    elif decision.offered:
        done = choose(session, ports, decision.offered)
    else:
        done = unknown(session, ports)
    trace = Trace(
        route=decision.route,
        answered=decision.answered,
        offered=_offered(decision),
        action=decision.action,
        score=decision.score,
    )
    return done.model_copy(update={"effects": (*effects, *done.effects), "trace": trace})


def _offered(decision: Decision) -> tuple[str, ...]:
    """What stands on buttons: all choices; beside an answer that we are not sure of, the next best."""
    if decision.route == "choose":
        return decision.offered[:MOST_CHOICES]
    unsure = decision.route == "answer" and decision.score < SURE
    return decision.offered[:BESIDE] if unsure else ()


def _beside(answered: Outcome, ports: Ports, decision: Decision) -> Outcome:
    """The answers, and under the last of them the next best, where we are not sure."""
    shown = entry_buttons(ports, _offered(decision), Verb.SHOW)
    if not shown or not answered.replies:
        return answered
    *first, last = answered.replies
    last = last.model_copy(update={"buttons": (*last.buttons, *shown)})
    return answered.model_copy(update={"replies": (*first, last)})


async def _act(turn: Turn, session: Session, ports: Ports, decision: Decision) -> Outcome:
    acted = await menu.act(turn, session, ports, decision.action or "menu")
    if not decision.answered:
        return acted
    answered = show(acted.session, ports, decision.answered, decision.offered)
    session = acted.session.model_copy(update={"shown": answered.session.shown})
    return acted.model_copy(update={"replies": (*answered.replies, *acted.replies), "session": session})


def show(
    session: Session, ports: Ports, answered: tuple[str, ...], others: tuple[str, ...] = (), area: str | None = None
) -> Outcome:
    """One message for each entry, the most urgent first."""
    entries = ports.library.known(answered)
    replies = tuple(first_message(ports, entry, area) for entry in entries)
    rest = tuple(slug for slug in others if slug not in answered)
    after = fresh(session, shown=tuple(e.id for e in entries), others=rest, misses=0)
    return outcome(after, *replies, trace=Trace(route="answer", answered=after.shown))


def choose(session: Session, ports: Ports, offered: tuple[str, ...], intro: str = "choose.which") -> Outcome:
    """Two to four entries to choose from, and the way out."""
    slugs = [slug for slug in offered if slug in ports.library.entries][:MOST_CHOICES]
    choices = [(ports.library.entries[slug].title, show_token(slug)) for slug in slugs]
    none = button(ports, "button.none-of-these", Verb.NONE_OF_THESE)
    reply, tokens = numbered(ports, ports.texts.blocks(intro), [*choices, (none.label, none.token or "")])
    after = fresh(session, choices=tokens, misses=session.misses + 1)
    return outcome(after, reply, trace=Trace(route="choose", offered=tuple(slugs)))


def unknown(session: Session, ports: Ports, text_id: str = "unknown.say") -> Outcome:
    """We don't know, and say so; a person or a number instead."""
    blocks: tuple[Block, ...] = (*ports.texts.blocks(text_id), *fallback_numbers(ports))
    reply = Reply(
        blocks=blocks,
        buttons=rows(button(ports, "button.person", Verb.PERSON), button(ports, "button.menu", Verb.MENU)),
    )
    return outcome(fresh(session, misses=0, others=()), reply, trace=Trace(route="unknown"))


def not_meant(session: Session, ports: Ports, slug: str) -> Outcome:
    """'Not what I meant': the next best once; after that a person or a number, never a loop."""
    others = tuple(other for other in session.others if other != slug)
    if session.misses or len(others) < 1:
        return unknown(session, ports, "unknown.after-choice")
    return choose(session, ports, others[: MOST_CHOICES - 1], "choose.then-which")


def tapped(session: Session, ports: Ports, slug: str) -> Outcome:
    """A choice was tapped or its number typed."""
    if slug not in ports.library.entries:
        return unknown(session, ports, "error.gone")
    chose = () if session.quiet else (Chose(entry=slug),)
    return show(session, ports, (slug,)).model_copy(update={"effects": chose})


def visible(ports: Ports, slug: str) -> bool:
    """Is there such an entry, and may it be shown?"""
    return slug in ports.library.entries and may_show(ports, ports.library.entries[slug])
