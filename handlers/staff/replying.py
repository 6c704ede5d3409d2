"""People waiting: who asked for a person, what they said, and a reply that goes to that person and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from handlers import buttons
from handlers.buttons import Verb
from handlers.contacts import tel
from handlers.keeping import Keeping
from handlers.kept import Ticket
from handlers.replies import numbered, rows
from handlers.staff.asking import ask
from handlers.staff.work import Work, done, link, page_of, parts, told
from handlers.turn import Outcome, Reply, Turn, Waiting
from handlers.visits.saying import slot_words
from knowledge.prose import Block, line

A_PAGE = 8
REPLY = "reply"
"""The step of the form that awaits a reply."""
LONGEST = 1500
"""Characters of a reply, as at the console."""


async def people(work: Work, desk: Keeping, page: int = 0) -> Outcome:
    """The longest waiting first; numbers and times only."""
    found = await desk.waiting()
    if not found:
        return told(work, "staff.keep.people.none")
    shown, following = page_of(found, page, A_PAGE)
    choices = [(_label(work, each), buttons.encode(Verb.STAFF, parts("ticket", each.id))) for each in shown]
    reply, tokens = numbered(work.ports, work.ports.texts.blocks("staff.keep.people", count=len(found)), choices)
    onward = link(work, "staff.button.more", "people", following) if following else None
    ways = rows(onward, link(work, "staff.button.menu", "menu"))
    return done(work, reply.model_copy(update={"buttons": (*reply.buttons, *ways)}), choices=tokens)


async def show(work: Work, desk: Keeping, number: int) -> Outcome:
    """One ticket with all that was said."""
    found = await desk.ticket(number)
    if found is None:
        return told(work, "staff.keep.ticket.none", link(work, "staff.button.people", "people", 0))
    ways = rows(
        link(work, "staff.button.reply", "answer", number),
        link(work, "staff.button.take", "take", number) if found.holder != work.me.name else None,
        link(work, "staff.button.close", "close", number),
        link(work, "staff.button.people", "people", 0),
        link(work, "staff.button.menu", "menu"),
    )
    return done(work, Reply(blocks=tuple(_blocks(work, found)), buttons=ways))


async def ask_reply(work: Work, desk: Keeping, number: int) -> Outcome:
    """Ask for the words of a reply."""
    if number not in {each.id for each in await desk.waiting()}:
        return told(work, "staff.keep.ticket.none")
    leave = link(work, "staff.button.leave-it", "ticket", number)
    return ask(work, REPLY, {"ticket": str(number)}, leave, number=number)


async def replied(turn: Turn, work: Work, desk: Keeping, waiting: Waiting) -> Outcome:
    """Their words go to that one chat; too long, and nothing goes."""
    number, words = int(waiting.data["ticket"]), turn.text.strip()
    back = link(work, "staff.button.ticket", "ticket", number, number=number)
    if len(words) > LONGEST:
        return told(work, "staff.keep.reply.long", back, most=LONGEST)
    return told(work, f"staff.keep.reply.{await desk.reply(number, words)}", back, number=number)


async def take(work: Work, desk: Keeping, number: int) -> Outcome:
    """A ticket is this person's from now on."""
    taken = await desk.take(number)
    back = link(work, "staff.button.ticket", "ticket", number, number=number) if taken else None
    return told(work, "staff.keep.ticket.taken" if taken else "staff.keep.ticket.none", back, number=number)


async def close(work: Work, desk: Keeping, number: int) -> Outcome:
    """A ticket is ended."""
    closed = await desk.close(number)
    again = link(work, "staff.button.people", "people", 0)
    return told(work, "staff.keep.ticket.closed" if closed else "staff.keep.ticket.none", again, number=number)


def _label(work: Work, each: Ticket) -> str:
    wish = work.ports.texts.say(f"staff.keep.wish-{each.wish}")
    return work.ports.texts.say(
        "staff.keep.people.row", number=each.id, wish=wish, when=slot_words(work.ports, each.since)
    )


def _blocks(work: Work, found: Ticket) -> Iterator[Block]:
    texts = work.ports.texts
    yield from texts.blocks("staff.keep.ticket", number=found.id, when=slot_words(work.ports, found.since))
    yield from texts.blocks(f"staff.keep.ticket.wish-{found.wish}")
    if found.holder:
        yield from texts.blocks("staff.keep.ticket.holder", name=found.holder)
    if found.phone:
        yield from texts.blocks("staff.keep.ticket.phone", phone=found.phone, tel=tel(found.phone))
    entry = work.ports.library.entries.get(found.about)
    if entry is not None:
        yield from texts.blocks("staff.keep.ticket.about", title=entry.title)
    for by, words in found.said:
        yield line(f"{texts.say(f'staff.keep.said-{by}')} {words}")
