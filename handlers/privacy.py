"""Stop messages, delete my data, what is held, and /clear: separate choices, each with an honest receipt."""

from __future__ import annotations

from handlers.buttons import Verb
from handlers.ports import Held, Ports
from handlers.replies import action, button, fresh, rows, say
from handlers.turn import (
    Effect,
    ForgetConversation,
    ForgetPerson,
    Outcome,
    Reply,
    Session,
    SetContact,
    Turn,
)

DELETE_AT_ONCE = 100
"""Bot API, deleteMessages: 1 to 100 message ids."""


async def start(session: Session, ports: Ports, name: str = "unsubscribe") -> Outcome:
    """Offer the two choices apart; what is held comes with them."""
    held = await ports.person.held()
    intro = {"privacy.delete": "privacy.delete-ask", "privacy.export": "privacy.held"}.get(name, "privacy.start")
    stop = button(ports, "button.stop", Verb.PRIVACY, "stop")
    delete = button(ports, "button.delete", Verb.PRIVACY, "delete")
    keep = button(ports, "button.never-mind", Verb.MENU)
    return action(fresh(session), name, say(ports, intro, rows(stop, delete, keep), **_counts(ports, held)))


def _counts(ports: Ports, held: Held) -> dict[str, object]:
    return {
        "questions": held.questions,
        "messages": held.messages,
        "tickets": held.tickets,
        "reports": held.reports,
        "visits": held.visits,
        "partnership": ports.library.place.partnership,
    }


async def tapped(turn: Turn, session: Session, ports: Ports, choice: str) -> Outcome:
    """One of the choices."""
    match choice:
        case "stop":
            again = rows(button(ports, "button.start-again", Verb.PRIVACY, "back-on"))
            reply = say(ports, "stop.done", again)
            return action(fresh(session), "unsubscribe", reply, effects=[SetContact(contact="reply_only")])
        case "back-on":
            reply = say(ports, "stop.back-on")
            return action(fresh(session), "unsubscribe", reply, effects=[SetContact(contact="ok")])
        case "delete":
            sure = rows(
                button(ports, "button.delete-sure", Verb.PRIVACY, "delete-sure"),
                button(ports, "button.never-mind", Verb.MENU),
            )
            held = await ports.person.held()
            return action(fresh(session), "privacy.delete", say(ports, "privacy.sure", sure, **_counts(ports, held)))
        case "delete-sure":
            return await _delete(session, ports)
        case _:
            return await start(session, ports)


async def _delete(session: Session, ports: Ports) -> Outcome:
    held = await ports.person.held()
    receipt = say(ports, "privacy.deleted", **_counts(ports, held))
    empty = Session(language=session.language)
    return action(empty, "privacy.delete", receipt, effects=[SetContact(contact="reply_only"), ForgetPerson()])


async def clear(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """Delete what Telegram still lets a bot delete, forget the words, and say what is left for them to do."""
    ids, lost = await ports.person.deletable_messages()
    every = [*dict.fromkeys([*ids, *([turn.message_id] if turn.message_id else [])])]
    deletions = tuple(
        Reply(forget_messages=tuple(every[at : at + DELETE_AT_ONCE])) for at in range(0, len(every), DELETE_AT_ONCE)
    )
    effects: list[Effect] = [ForgetConversation()]
    kept = Session(language=session.language)
    if turn.channel != "telegram":
        return action(kept, "privacy.delete", say(ports, "clear.web"), effects=effects)
    receipt = ports.texts.blocks("clear.done", count=len(every))
    if lost:
        receipt = (*receipt, *ports.texts.blocks("clear.lost", count=lost))
    receipt = (*receipt, *ports.texts.blocks("clear.yourself"))
    return action(kept, "privacy.delete", *deletions, Reply(blocks=receipt), effects=effects)
