"""Stop messages, delete my data, what is held, and /clear: separate choices, each with an honest receipt."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.buttons import Verb
from handlers.ports import Held, Ports
from handlers.replies import action, button, fresh, rows, say
from handlers.turn import (
    Effect,
    File,
    ForgetConversation,
    ForgetPerson,
    Outcome,
    Reply,
    Session,
    SetContact,
    Turn,
    Unsubscribe,
)
from knowledge.prose import Block, line

DELETE_AT_ONCE = 100
"""Bot API, deleteMessages: 1 to 100 message ids."""


async def start(session: Session, ports: Ports, name: str = "unsubscribe") -> Outcome:
    """Offer the two choices apart; what is held comes with them."""
    held = await ports.person.held()
    intro = {"privacy.delete": "privacy.delete-ask", "privacy.export": "privacy.held"}.get(name, "privacy.start")
    stop = button(ports, "button.stop", Verb.PRIVACY, "stop")
    delete = button(ports, "button.delete", Verb.PRIVACY, "delete")
    copy = button(ports, "button.copy", Verb.PRIVACY, "copy")
    topics = button(ports, "topics.menu", Verb.TOPIC, "list") if ports.library.topics else None
    keep = button(ports, "button.never-mind", Verb.MENU)
    choices = rows(stop, delete, copy, topics, keep)
    return action(fresh(session), name, say(ports, intro, choices, **_counts(ports, held)))


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
            nothing: list[Effect] = [SetContact(contact="reply_only"), Unsubscribe()]
            return action(fresh(session), "unsubscribe", reply, effects=nothing)
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
            return await _delete(turn, session, ports)
        case "copy":
            return await _copy(turn, session, ports)
        case _:
            return await start(session, ports)


async def _delete(turn: Turn, session: Session, ports: Ports) -> Outcome:
    held = await ports.person.held()
    receipt = say(ports, "privacy.deleted", **_counts(ports, held))
    taken_back: tuple[Reply, ...] = ()
    if turn.channel == "telegram":
        taken_back, more = await _taken_back(turn, ports)
        receipt = receipt.model_copy(update={"blocks": (*receipt.blocks, *more)})
    empty = Session(language=session.language)
    effects: list[Effect] = [SetContact(contact="reply_only"), ForgetPerson()]
    return action(empty, "privacy.delete", *taken_back, receipt, effects=effects)


async def _copy(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """All that is held, as a file where the channel can send one, else as a message."""
    text = await ports.person.copy(ports.library)
    if turn.channel == "telegram":
        file = File(name=ports.texts.say("privacy.copy-file"), media_type="text/plain", text=text)
        reply = say(ports, "privacy.copy").model_copy(update={"file": file})
    else:
        rows_of_it = tuple(line(row) for row in text.splitlines() if row.strip())
        reply = Reply(blocks=(*ports.texts.blocks("privacy.copy"), *rows_of_it))
    return action(fresh(session), "privacy.export", reply)


async def clear(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """Delete what Telegram still lets a bot delete, forget the words, and say what is left for them to do."""
    effects: list[Effect] = [ForgetConversation()]
    kept = session.bare()
    if turn.channel != "telegram":
        return action(kept, "privacy.delete", say(ports, "clear.web"), effects=effects)
    taken_back, receipt = await _taken_back(turn, ports)
    return action(kept, "privacy.delete", *taken_back, Reply(blocks=receipt), effects=effects)


def deletions(ids: Sequence[str]) -> tuple[Reply, ...]:
    """Numbers of messages in, what asks Telegram to delete them out."""
    return tuple(
        Reply(forget_messages=tuple(ids[at : at + DELETE_AT_ONCE])) for at in range(0, len(ids), DELETE_AT_ONCE)
    )


async def _taken_back(turn: Turn, ports: Ports) -> tuple[tuple[Reply, ...], tuple[Block, ...]]:
    """What asks Telegram to delete both sides' messages, and what this person is told about it."""
    ids, lost = await ports.person.deletable_messages()
    every = [*dict.fromkeys([*ids, *([turn.message_id] if turn.message_id else [])])]
    receipt = ports.texts.blocks("clear.done", count=len(every))
    if lost:
        receipt = (*receipt, *ports.texts.blocks("clear.lost", count=lost))
    return deletions(every), (*receipt, *ports.texts.blocks("clear.yourself"))
