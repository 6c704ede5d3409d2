"""The codes of posters as a turn meets them: what a code greets with, and one more opening."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Executable, bindparam, literal_column, or_, select

from bot.store.inbox import Insert, insert_of
from bot.store.reach_tables import Campaign, SourceCode, SourceCount
from bot.store.tables import table_of
from bot.store.unit import Unit

CODES, COUNTS, CAMPAIGNS = table_of(SourceCode), table_of(SourceCount), table_of(Campaign)
LIVE = ("planned", "sending")
"""The states in which a campaign is as its team wants it; one that is paused or over greets nobody."""
NOW = bindparam("now", type_=CAMPAIGNS.c.made_at.type)
ENTRY = select(CAMPAIGNS.c.entry).where(
    CODES.c.code == bindparam("code"),
    CODES.c.ended_at.is_(None),
    CODES.c.campaign_id == CAMPAIGNS.c.id,
    CAMPAIGNS.c.state.in_(LIVE),
    or_(CAMPAIGNS.c.starts.is_(None), CAMPAIGNS.c.starts <= NOW),
    or_(CAMPAIGNS.c.ends.is_(None), CAMPAIGNS.c.ends > NOW),
)
OPENED = select(
    bindparam("day", type_=COUNTS.c.day.type),
    CODES.c.code,
    bindparam("channel", type_=COUNTS.c.channel.type),
    literal_column("1"),
).where(CODES.c.code == bindparam("code"), CODES.c.ended_at.is_(None))


@cache
def _count(insert: Insert) -> Executable:
    columns = ["day", "code", "channel"]
    one_more = insert(COUNTS).from_select([*columns, "opened"], OPENED)
    counted: Executable = one_more.on_conflict_do_update(
        index_elements=columns, set_={"opened": COUNTS.c.opened + 1}
    ).returning(COUNTS.c.code)
    return counted


async def count(unit: Unit, channel: str, code: str) -> bool:
    """One more opening of a code today; False for one that nobody made, or that was ended: nothing is counted then."""
    values = {"day": unit.now.date(), "code": code, "channel": channel}
    return (await unit.run(_count(insert_of(unit)), values)).scalar_one_or_none() is not None


class Advertised:
    """What stands behind the codes of posters, read within one turn."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def entry(self, code: str) -> str | None:
        """The answer of the campaign that a code belongs to, while the campaign is live; else None."""
        found = await self._unit.run(ENTRY, {"code": code, "now": self._unit.now})
        return found.scalar_one_or_none() or None
