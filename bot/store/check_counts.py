"""How often answers of the home check were given, by month and area: counted as it goes, and of nobody."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Executable

from bot.store.inbox import Insert, insert_of
from bot.store.reach_tables import CheckCount
from bot.store.tables import table_of
from bot.store.unit import Unit
from handlers.turn import CountCheck

COUNTS = table_of(CheckCount)
KEY = ["month", "topic", "answer", "area"]


@cache
def _count(insert: Insert) -> Executable:
    one_more = {"turns": COUNTS.c.turns + 1}
    statement: Executable = insert(COUNTS).on_conflict_do_update(index_elements=KEY, set_=one_more)
    return statement


async def count(unit: Unit, effect: CountCheck) -> None:
    """One more answer this month; with an empty topic one more check that was begun, finished, or led to a visit."""
    values = {
        "month": unit.now.date().replace(day=1),
        "topic": effect.topic,
        "answer": effect.answer,
        "area": effect.area,
        "turns": 1,
    }
    await unit.run(_count(insert_of(unit)), values)
