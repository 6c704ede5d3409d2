"""Who goes to a visit: the fairest visitors who are all still free for its time."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

from bot.store.unit import Unit
from bot.visits import cells
from bot.visits.cells import Cells, Look, NotFree

MOST_TRIES = 12
"""Teams that are tried for one time: after a look, one fails only where somebody else was quicker."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The same cells of so many visitors, out of all who could come; for good, or until a moment."""

    cells: Cells
    visitors: int
    until: dt.datetime | None = None

    def teams(self, seen: Look, visit_id: int | None = None) -> itertools.combinations[tuple[int, ...]]:
        """All who could go by what was seen, the fairest first."""
        return itertools.combinations(seen.able(self.cells.visitors, visit_id), self.visitors)


async def claim(unit: Unit, visit_id: int, wish: Wish, seen: Look, *, is_new: bool = False) -> bool:
    """Give the visit the first team that it can get, and take from it what it had. Where none is left, it keeps that.

    Who loses a race looks again: waiting for the winner has shown who is left.
    """
    tried = set[tuple[int, ...]]()
    while len(tried) < MOST_TRIES:
        team = next((team for team in wish.teams(seen, visit_id) if team not in tried), None)
        if team is None:
            return False
        if await _take(unit, visit_id, Cells(team, wish.cells.starts), wish.until, is_new):
            return True
        tried.add(team)
        seen = await cells.look(unit, wish.cells)
    return False


async def _take(unit: Unit, visit_id: int, team: Cells, until: dt.datetime | None, is_new: bool) -> bool:
    if is_new and cells.only_writer(unit):
        await cells.take(unit, team, visit_id, until)
        return True
    try:
        async with cells.savepoint(unit):
            if not is_new:
                await cells.free(unit, visit_id)
            await cells.take(unit, team, visit_id, until)
    except NotFree:
        return False
    return True
