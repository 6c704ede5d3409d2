"""Everything that is not words: pictures, voice notes, stickers, groups, a bot that is switched off."""

from __future__ import annotations

from handlers.contacts import fallback_numbers
from handlers.ports import Ports, Understood
from handlers.replies import outcome, say
from handlers.turn import Outcome, Reply, Session, SetContact, Turn


async def attachment(turn: Turn, _understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Say kindly what it is that we cannot look at, and what to do instead."""
    return outcome(session, say(ports, f"attachment.{turn.attachment or 'other'}"))


async def group(_turn: Turn, _understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Others read along in a group: ask them to write in private."""
    return outcome(session, say(ports, "group.private-please"))


async def switched_off(_turn: Turn, _understood: Understood, session: Session, ports: Ports) -> Outcome:
    """The off switch: its public message, and the numbers that still answer."""
    said = ports.texts.blocks("off.say", message=ports.switched_off)
    return outcome(session, Reply(blocks=(*said, *fallback_numbers(ports))))


async def came_or_went(turn: Turn, _understood: Understood, session: Session, _ports: Ports) -> Outcome:
    """They blocked us, or let us in again: nothing to say."""
    if turn.kind == "blocked":
        return outcome(session, effects=[SetContact(contact="reply_only")])
    return outcome(session)


async def nothing_said(_turn: Turn, _understood: Understood, session: Session, ports: Ports) -> Outcome:
    """A message without words."""
    return outcome(session, say(ports, "error.empty"))
