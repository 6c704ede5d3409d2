"""Danger to life, crisis and abuse: the first rule of the router, from any state.

Nothing here needs the database, the search or the off switch. The 999 line is always the first line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from handlers import language
from handlers.answer import first_message
from handlers.buttons import Verb
from handlers.catalogue import ENGLISH, Texts, small
from handlers.contacts import tel
from handlers.ports import Decision, Ports, Understood
from handlers.replies import button, entry_buttons, outcome, rows
from handlers.turn import Button, CountRoute, Effect, Outcome, Reply, Route, Session, SetContact, Trace, Turn, Waiting
from knowledge.languages import answer
from knowledge.library import Library
from knowledge.prose import Block, Paragraph, Span
from knowledge.safety import Verdict

FORM = "danger"
SAFE_FORM = "safe-to-message"
MOST_INSTEAD = 3
"""Entries on buttons beside "is anyone in danger?"."""
LIKELY = 0.5
"""Below this chance of danger, an answer that we are sure of is given as well, under the question."""
YES = re.compile(r"^\W*(y|ye|yes|yeah|yep|yh|aye|please|help|now)\b", re.IGNORECASE)
NO = re.compile(r"^\W*(n|no|nah|nope|not?|its fine|it's fine|im fine|i'm fine|false alarm)\b", re.IGNORECASE)


TEXT_OF = {
    "cannot-speak": "cannot-speak-now",
    "poisoning": "poison",
    "adult": "adult-at-risk",
    "slavery": "modern-slavery",
}
MEDICAL = frozenset({"allergy", "fit", "heart", "stroke", "birth", "fall"})


def message_id(texts: Texts, verdict: Verdict) -> str:
    """The text for a verdict: of its kind where there is one, else the general one of its route."""
    kind = "medical" if verdict.kind in MEDICAL else TEXT_OF.get(verdict.kind or "", verdict.kind)
    special = f"{verdict.route}.{kind}"
    return special if texts.has_english(special) else f"{verdict.route}.general"


LOCAL_HELP: dict[str, tuple[str, ...]] = {
    "abuse.general": ("domestic-abuse",),
    "abuse.sexual": ("sexual-assault-centre",),
    "abuse.adult-at-risk": ("council-adult-care",),
}
"""Roles of the place whose numbers follow a text that has only the nation's."""


def blocks(texts: Texts, verdict: Verdict, library: Library) -> tuple[Block, ...]:
    """What is shown at once for a verdict; its first line holds 999 or a helpline.

    English comes first in every language, because the numbers answer in English; the translation stands below.
    """
    text_id = message_id(texts, verdict)
    ids = [text_id]
    if verdict.route == "emergency":
        first = ["emergency.line"] if verdict.tier == "maybe" else []
        ids = [*first, text_id, "emergency.cannot-speak"]
    english = tuple(block for id_ in ids for block in Texts().blocks(id_))
    return (*english, *_local_help(library, text_id), *_translated(texts, ids))


def _translated(texts: Texts, ids: list[str]) -> tuple[Block, ...]:
    if texts.language == ENGLISH:
        return ()
    known = dict.fromkeys(_nearest(texts, id_) for id_ in ids)
    said = tuple(block for id_ in known for block in texts.blocks(id_))
    return (*said, *small(texts.blocks("language.unchecked")))


def _nearest(texts: Texts, text_id: str) -> str:
    """The text itself, else the general one of its route, else the 999 line: the first that is translated."""
    general = f"{text_id.partition('.')[0]}.general"
    return next((id_ for id_ in (text_id, general) if texts.has(id_)), "emergency.line")


def _local_help(library: Library, text_id: str) -> Iterator[Block]:
    for role in LOCAL_HELP.get(text_id, ()):
        organisation = library.organisations.get(library.place.roles.get(role, ""))
        if organisation is not None and organisation.phone:
            number = Span(text=organisation.phone, href=tel(organisation.phone))
            spoken = f". {organisation.hours.words}." if organisation.hours.words else "."
            yield Paragraph(
                spans=(Span(text=organisation.name, strong=True), Span(text=": "), number, Span(text=spoken))
            )


def without_database(understood: Understood, library: Library, texts: Texts, *, group: bool = False) -> Reply | None:
    """The message to send when nothing can be stored: urgent for danger, crisis and abuse; else None."""
    verdict = understood.verdict
    if verdict.route is None or (group and verdict.route != "emergency"):
        return None
    spoken = Texts(understood.heard.language) if understood.heard.language else texts
    return Reply(blocks=blocks(spoken, verdict, library), urgent=True)


def sorry(texts: Texts) -> Reply:
    """The one kind answer to a message that broke everything three times. It opens with the 999 line."""
    return Reply(blocks=(*texts.blocks("emergency.line"), *texts.blocks("error.gave-up")), urgent=True)


async def danger(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Answer a message that was judged dangerous."""
    verdict = understood.verdict
    route: Route = verdict.route or "emergency"
    trace = Trace(route=route, tier=verdict.tier, reasons=verdict.reasons)
    if turn.group:
        said = (
            blocks(ports.texts, verdict, ports.library)
            if route == "emergency"
            else ports.texts.blocks("group.private-please")
        )
        return outcome(session, Reply(blocks=said, urgent=True), trace=trace)
    effects: list[Effect] = [CountRoute(route=route)]
    if route == "emergency":
        return _emergency(understood, session, ports, trace, effects)
    if verdict.tier == "certain":
        effects.append(SetContact(contact="reply_only"))
    return _helplines(understood, session, ports, trace, effects)


def _emergency(understood: Understood, session: Session, ports: Ports, trace: Trace, effects: list[Effect]) -> Outcome:
    verdict, guess = understood.verdict, _guess(understood, session, ports)
    said = blocks(ports.texts, verdict, ports.library)
    if verdict.tier == "maybe":
        said, trace = (*said, *ports.texts.blocks("emergency.ask")), _beside(trace, verdict, guess)
        buttons = (
            *yes_no(ports, "button.danger-yes", "button.danger-no"),
            *entry_buttons(ports, trace.offered, Verb.INSTEAD),
        )
    else:
        buttons = rows(button(ports, "button.not-emergency", Verb.DANGER, "no"))
    reply, answers = Reply(blocks=said, buttons=buttons, urgent=True), _answers(ports, trace.answered)
    after = _ask(session, understood, guess, trace.answered)  # "no" goes back to how it was before this
    after = _not_asked(after, ports) if verdict.tier != "maybe" else after.model_copy(update={"alarmed": ports.now})
    return outcome(after, reply, *answers, effects=effects, trace=trace)


def _helplines(understood: Understood, session: Session, ports: Ports, trace: Trace, effects: list[Effect]) -> Outcome:
    verdict = understood.verdict
    said = blocks(ports.texts, verdict, ports.library)
    if verdict.tier == "maybe":
        ask, guess = ports.texts.blocks(f"{verdict.route}.ask"), _guess(understood, session, ports)
        trace = _beside(trace, verdict, guess)
        yes, no = f"button.{verdict.route}-yes", f"button.{verdict.route}-no"
        buttons = (*yes_no(ports, yes, no), *entry_buttons(ports, trace.offered, Verb.INSTEAD))
        session = _ask(session, understood, guess, trace.answered)
    else:
        ask = ports.texts.blocks("safe-to-message.ask")
        buttons = safe_buttons(ports)
        session = _pause(session, Waiting(form=SAFE_FORM))
    reply, answers = Reply(blocks=(*said, *ask), buttons=buttons, urgent=True), _answers(ports, trace.answered)
    return outcome(session.model_copy(update={"quiet": True}), reply, *answers, effects=effects, trace=trace)


def yes_no(ports: Ports, yes: str, no: str) -> tuple[tuple[Button, ...], ...]:
    """The two answers to "is anybody in danger?"."""
    return rows(button(ports, yes, Verb.DANGER, "yes"), button(ports, no, Verb.DANGER, "no"))


def safe_buttons(ports: Ports) -> tuple[tuple[Button, ...], ...]:
    """The answers to "is it safe to message here?"."""
    return rows(
        button(ports, "button.safe-yes", Verb.SAFE, "yes"),
        button(ports, "button.safe-no", Verb.SAFE, "no"),
        button(ports, "button.clear", Verb.CLEAR),
    )


def _guess(understood: Understood, session: Session, ports: Ports) -> Decision:
    """What the message would have been met with, were it no danger."""
    guess = ports.search.decide(understood, session.shown)
    return Decision(route="action", action="menu") if language.unanswered(understood, guess) else guess


def _beside(trace: Trace, verdict: Verdict, guess: Decision) -> Trace:
    """With what stands under the question, for it may have been no danger at all: where that is likelier, the answer;
    else entries on buttons."""
    if verdict.chance is not None and verdict.chance < LIKELY and guess.route == "answer":
        return trace.model_copy(update={"answered": guess.answered})
    return trace.model_copy(update={"offered": (*guess.answered, *guess.offered)[:MOST_INSTEAD]})


def _answers(ports: Ports, answered: tuple[str, ...]) -> tuple[Reply, ...]:
    return tuple(first_message(ports, entry) for entry in ports.library.known(answered))


def _ask(session: Session, understood: Understood, guess: Decision, answered: tuple[str, ...] = ()) -> Session:
    """Remember where they were and what their message would have been answered with; ids only, no words."""
    verdict = understood.verdict
    return _pause(
        session.model_copy(update={"shown": answered or session.shown}),
        Waiting(
            form=FORM,
            step=verdict.route or "emergency",
            data={
                "kind": verdict.kind or "general",
                "answered": " ".join(guess.answered),
                "offered": " ".join(guess.offered),
                "action": guess.action or "",
                "route": guess.route,
                "quiet": "yes" if session.quiet else "",
                "alarmed": session.alarmed.isoformat() if session.alarmed else "",
                "told": "yes" if answered else "",
            },
        ),
    )


def _not_asked(session: Session, ports: Ports) -> Session:
    """Whoever was in danger is not asked soon what they would have done without an answer, nor written to first."""
    return session.model_copy(update={"asked": ports.now, "alarmed": ports.now})


def _pause(session: Session, waiting: Waiting) -> Session:
    interrupted = session.waiting
    if interrupted is not None and interrupted.form in (FORM, SAFE_FORM):
        interrupted = session.paused  # a second alarm: what the first one interrupted still waits
    return session.model_copy(update={"waiting": waiting, "paused": interrupted})


def resume(session: Session) -> Session:
    """Back to exactly where they were before the question."""
    return session.model_copy(update={"waiting": session.paused, "paused": None})


def guessed(waiting: Waiting) -> Decision:
    """What the interrupted message would have been answered with."""
    held = waiting.data
    return Decision.model_validate(
        {
            "route": held["route"],
            "answered": held["answered"].split(),
            "offered": held["offered"].split(),
            "action": held["action"] or None,
        }
    )


def confirmed(session: Session, ports: Ports, waiting: Waiting) -> Outcome:
    """'Yes': the certain message of that kind; where they were stays remembered."""
    verdict = Verdict.model_validate({"route": waiting.step, "tier": "certain", "kind": waiting.data["kind"]})
    route: Route = verdict.route or "emergency"
    trace = Trace(route=route, tier="certain")
    reply = Reply(blocks=blocks(ports.texts, verdict, ports.library), urgent=True)
    if route == "emergency":
        return outcome(_not_asked(resume(session), ports), reply, trace=trace)
    reply = reply.model_copy(
        update={
            "blocks": (*reply.blocks, *ports.texts.blocks("safe-to-message.ask")),
            "buttons": safe_buttons(ports),
        }
    )
    after = session.model_copy(update={"waiting": Waiting(form=SAFE_FORM)})
    return outcome(after, reply, effects=[SetContact(contact="reply_only")], trace=trace)


def denied(session: Session, asked: Waiting) -> Session:
    """'No': back to where they were, and as quiet as it was: what an earlier crisis made quiet stays so, and what an
    earlier emergency put off."""
    earlier = asked.data.get("alarmed")
    alarmed = dt.datetime.fromisoformat(earlier) if earlier else None
    return resume(session).model_copy(update={"quiet": bool(asked.data["quiet"]), "alarmed": alarmed})


async def safe_to_message(session: Session, ports: Ports, answer: str) -> Outcome:
    """Is it safe to message here? 'No' ends with neutral words; nothing will be sent that they did not ask for."""
    if answer == "yes":
        reply = Reply(
            blocks=ports.texts.blocks("safe-to-message.yes"),
            buttons=rows(button(ports, "button.person", Verb.PERSON), button(ports, "button.clear", Verb.CLEAR)),
        )
        return outcome(resume(session), reply)
    reply = Reply(
        blocks=ports.texts.blocks("safe-to-message.no"),
        buttons=rows(button(ports, "button.clear", Verb.CLEAR)),
    )
    return outcome(resume(session), reply, effects=[SetContact(contact="never")])


def answer_of(text: str, spoken: str) -> str | None:
    """'yes', 'no', or None for anything else, in the chat's language or in English."""
    said = answer(text, spoken)
    if said is not None:
        return "yes" if said else "no"
    if NO.match(text):
        return "no"
    return "yes" if YES.match(text) else None
