"""What the bot would say if a draft were live: a whole turn out of an index that holds the draft. Nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.console.site import Site
from bot.knowing import Snapshot
from handlers.ports import Nobody, Ports, Understood
from handlers.router import handle
from handlers.turn import Outcome, Session, Turn
from handlers.understanding import understand
from knowledge.check_one import with_one
from knowledge.library import Library
from knowledge.prose import Block
from knowledge.search import Index, index_of
from knowledge.search.revised import Kit, revised

LONGEST = 500
"""Characters of a question."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a question: the route, the titles of what was answered and offered, the words of each message."""

    route: str
    answered: tuple[str, ...]
    offered: tuple[str, ...]
    messages: tuple[tuple[Block, ...], ...]


def ports_with(site: Site, library: Library) -> Ports:
    """What handlers ask, with another library."""
    known = site.console.knowing.ports(Nobody(), site.console.clock.now(), "en", None)
    return replace(known, library=library)


class Tryout:
    """Answers out of the latest draft that was asked about; its index is kept for the next question."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kit: Kit | None = None
        self._last: tuple[tuple[str, str, Snapshot], Snapshot] | None = None

    async def ask(self, slug: str, text: str, question: str) -> Said | None:
        """A question in, what a resident would meet out; None where this process has no index. Raises UnreadableFile
        where the draft cannot be read."""
        current = self._site.console.knowing.current
        if not isinstance(current, Snapshot):
            return None
        turn = Turn(
            channel="web", key="tryout", chat="tryout", at=self._site.console.clock.now(), text=question[:LONGEST]
        )
        snapshot, understood = await asyncio.to_thread(self._read, current, slug, text, turn)
        ports = replace(ports_with(self._site, snapshot.holding), search=snapshot)
        return _said(await handle(turn, understood, Session(), ports), snapshot.holding)

    def _read(self, current: Snapshot, slug: str, text: str, turn: Turn) -> tuple[Snapshot, Understood]:
        snapshot = self._with(current, slug, text)
        return snapshot, understand(turn, snapshot)

    def _with(self, current: Snapshot, slug: str, text: str) -> Snapshot:
        last = self._last
        if last is not None and last[0][:2] == (slug, text) and last[0][2] is current:
            return last[1]
        after = with_one(current.holding, "entry", slug, text)
        made = Snapshot(after, self._index(current, after))
        self._last = ((slug, text, current), made)
        return made

    def _index(self, current: Snapshot, after: Library) -> Index:
        if self._kit is None:
            self._kit = Kit.opened(current.index.encoder, current.index.lexicon)
        return revised(current.index, current.holding, after, self._kit) or index_of(after, current.index.encoder)


def _said(done: Outcome, library: Library) -> Said:
    trace = done.trace
    route = f"{trace.route} {trace.tier}" if trace.tier else trace.route
    return Said(
        route, titles(library, trace.answered), titles(library, trace.offered), tuple(r.blocks for r in done.replies)
    )


def titles(library: Library, slugs: Sequence[str]) -> tuple[str, ...]:
    """The titles of entries; of what is no entry, what it is called inside."""
    return tuple(library.entries[slug].title if slug in library.entries else slug for slug in slugs)
