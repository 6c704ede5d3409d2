"""What is known to have happened in the months that are looked at: content that changed, campaigns that began."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Executable, select
from sqlmodel import col

from bot.insight.reading_months import back, begins
from bot.insight.reading_tables import Press, rows_of
from bot.store import switch
from bot.store.reach_tables import Campaign
from bot.store.tables import EntryVersion, Setting
from bot.store.unit import Unit

TOLD = ("live", "replaced", "retired")
"""States of a version that residents read, or that took an answer away from them."""
BEGAN = ("sending", "paused", "stopped", "done")


@dataclass(frozen=True, slots=True)
class Known:
    """Facts, none of them about a resident. `off_since`: the bot is switched off, since when."""

    published: Sequence[str]
    retired: Sequence[str]
    campaigns: Sequence[tuple[str, str]]
    """Name, and of which topic the answer is that it leads to; empty where to none."""
    off_since: dt.datetime | None


async def read_known(unit: Unit, press: Press) -> Known:
    """What happened in the months of the filter."""
    first, after = begins(press.span.now[0].first, press.span.zone), begins(
        back(press.span.now[-1].first, -1), press.span.zone
    )  # fmt: skip
    versions = await rows_of(unit, _versions(first, after))
    starts = col(Campaign.starts)
    campaigns = select(col(Campaign.name), col(Campaign.entry)).where(
        starts >= first, starts < after, col(Campaign.state).in_(BEGAN)
    )
    off = select(col(Setting.at)).where(col(Setting.name) == switch.OFF)
    return Known(
        published=[slug for slug, retires in versions if not retires],
        retired=[slug for slug, retires in versions if retires],
        campaigns=[(name, entry.partition("/")[0]) for name, entry in await rows_of(unit, campaigns)],
        off_since=(await unit.run(off)).scalar_one_or_none(),
    )


def _versions(first: dt.datetime, after: dt.datetime) -> Executable:
    """Answers of which a version went live, or that were taken away. The first version of all is no change."""
    at = col(EntryVersion.at)
    changed = (at >= first, at < after, col(EntryVersion.state).in_(TOLD), col(EntryVersion.version) > 1)
    return select(col(EntryVersion.slug), col(EntryVersion.retires)).where(*changed).distinct()
