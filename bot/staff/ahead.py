"""What a tap on the phone needs before its transaction: a change is tried out, which takes up to seconds."""

from __future__ import annotations

import asyncio

from bot.knowing import Knowing
from bot.staff import versions
from bot.staff.edits import NEED_A_SECOND, waits_for
from bot.staff.findings import tier_of
from bot.staff.outcomes import Refusal, Rehearsal
from bot.staff.phrasings import text_with
from bot.staff.replay import Rehearsals
from bot.store import chats
from bot.store.tables import Question
from bot.store.unit import Store, Unit
from bot.visits import team
from handlers.keeping import MAY
from handlers.marks import Wanted, marked, wanted
from handlers.office import Colleague
from handlers.turn import Turn

PATIENCE = 20.0
"""Seconds. The first time of all, known messages have to be read, which takes minutes; later it takes a moment."""
Tried = Rehearsal | Refusal | None
"""None: nothing is to be tried out, or it takes too long."""


class Ahead:
    """Tries out what a tap of somebody who may publish is about. For anybody else's turn it does nothing."""

    def __init__(self, store: Store, knowing: Knowing, rehearsals: Rehearsals, patience: float = PATIENCE) -> None:
        self._store = store
        self._knowing = knowing
        self._rehearsals = rehearsals
        self.patience = patience
        self._running: set[asyncio.Task[Rehearsal | Refusal]] = set()

    async def tried(self, turn: Turn) -> Tried:
        """Before the transaction of a turn. Raises StoreUnavailable."""
        what = wanted(turn)
        if what is None:
            return None
        async with self._store.read() as unit:
            change = await self._change(unit, turn, what)
        return await self._rehearsed(*change) if change is not None else None

    async def _rehearsed(self, slug: str, text: str) -> Tried:
        """What takes too long goes on, so that the next try finds it done."""
        task = asyncio.ensure_future(self._rehearsals.rehearse("entry", slug, text))
        self._running.add(task)
        task.add_done_callback(self._over)
        done, _ = await asyncio.wait({task}, timeout=self.patience)
        return task.result() if done else None

    def _over(self, task: asyncio.Task[Rehearsal | Refusal]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen here, where nobody waits for it any more

    async def _change(self, unit: Unit, turn: Turn, what: Wanted) -> tuple[str, str] | None:
        chat = await chats.find(unit, turn.channel, turn.chat, turn.bot)
        who = await team.of_chat(unit, chat) if chat is not None else None
        if who is None or who.role not in MAY["publish"]:
            return None
        if what.draft is None and what.others is None:
            return await self._of_phrasing(unit, what)
        return await self._of_version(unit, who, what)

    async def _of_version(self, unit: Unit, who: Colleague, what: Wanted) -> tuple[str, str] | None:
        """One's own, or somebody else's that one may agree to."""
        row = await versions.one(unit, "entry", what.draft or what.others or 0)
        if row is None:
            return None
        meant = row.staff_id == who.id if what.draft is not None else waits_for(who, row)
        return (row.slug, row.text) if meant else None

    async def _of_phrasing(self, unit: Unit, what: Wanted) -> tuple[str, str] | None:
        slug = marked(what.mark, self._knowing.library().entries)
        live = await versions.live(unit, "entry", slug) if slug else None
        question = await unit.session.get(Question, what.group)
        if live is None or question is None or tier_of("entry", live) in NEED_A_SECOND:
            return None
        text = await text_with(unit, live.slug, question.text)
        return (live.slug, text) if text is not None else None
