"""One chat of the team at the desk of knowledge, in one transaction: who it belongs to, and whether their role may."""

from __future__ import annotations

import datetime as dt
from functools import partial

from bot.staff import audit, versions
from bot.staff.ahead import Tried
from bot.staff.edits import Editing
from bot.store.unit import Unit
from bot.visits import team
from handlers.catalogue import Texts
from handlers.keeping import MAY
from handlers.office import Colleague
from knowledge import hours
from knowledge.library import Library
from knowledge.search import Index


class Seat:
    """What every part of the desk is built on. `tried` is the change that this turn is about, tried out before its
    transaction."""

    def __init__(
        self, unit: Unit, chat_id: int, library: Library, texts: Texts, index: Index | None = None, tried: Tried = None
    ) -> None:
        self._unit = unit
        self._chat = chat_id
        self._library = library
        self._texts = texts
        self._index = index
        self._tried = tried

    @property
    def _today(self) -> dt.date:
        return hours.in_london(self._unit.now).date()

    async def _may(self, what: str) -> Colleague | None:
        who = await team.of_chat(self._unit, self._chat)
        return who if who is not None and who.role in MAY[what] else None

    def _audit(self, who: Colleague) -> versions.Audit:
        return partial(audit.record, self._unit, who.id)

    def _editing(self, who: Colleague) -> Editing:
        return Editing(self._unit, self._library, who, self._audit(who))
