"""People waiting, as the team has them in their chats. Whoever opens a ticket or writes to it is in the record."""

from __future__ import annotations

from collections.abc import Sequence

from bot.staff import audit
from bot.staff.seat import Seat
from bot.store import handovers
from handlers.kept import Replied, Ticket
from handlers.turn import Reply


class Tickets(Seat):
    """The part of the desk that is about people who asked for a person."""

    async def waiting(self) -> Sequence[Ticket]:
        """Who waits for a person."""
        found = await handovers.open_tickets(self._unit) if await self._may("waiting") else ()
        return [_ticket(each).model_copy(update={"phone": ""}) for each in found]

    async def ticket(self, number: int) -> Ticket | None:
        """One who waits; that it was read is recorded."""
        who, found = await self._may("ticket"), await self._open(number)
        if who is None or found is None:
            return None
        await self._audit(who)("read ticket", f"ticket {number}")
        names = await audit.names(self._unit, [found.held_by])
        return _ticket(found, names.get(found.held_by or 0, ""))

    async def take(self, number: int) -> bool:
        """Take a ticket on, also from a colleague."""
        who = await self._may("take")
        if who is None or not await handovers.take(self._unit, number, who.id):
            return False
        await self._audit(who)("take ticket", f"ticket {number}")
        return True

    async def reply(self, number: int, text: str) -> Replied:
        """Words for the chat of one ticket, and no other. Whoever answers first has taken it on."""
        who = await self._may("reply")
        if who is None or await self._open(number) is None:
            return "gone"
        message = Reply(blocks=self._texts.blocks("handover.from-team", text=text))
        sent = await handovers.reply(self._unit, number, text, message)
        await handovers.take(self._unit, number, who.id, free=True)
        await self._audit(who)("reply to ticket", f"ticket {number}")
        return "sent" if sent else "kept"

    async def close(self, number: int) -> bool:
        """Close a ticket."""
        who = await self._may("close")
        if who is None or not await handovers.close(self._unit, number):
            return False
        await self._audit(who)("close ticket", f"ticket {number}")
        return True

    async def _open(self, number: int) -> handovers.Ticket | None:
        found = await handovers.find(self._unit, number)
        return found if found is not None and found.state == "open" else None


def _ticket(found: handovers.Ticket, holder: str = "") -> Ticket:
    said = tuple((each.by, each.text) for each in found.said)
    return Ticket(
        id=found.id, wish=found.wish, since=found.opened_at, channel=found.channel,
        about=found.about or "", phone=found.phone or "", holder=holder, said=said,
    )  # fmt: skip
