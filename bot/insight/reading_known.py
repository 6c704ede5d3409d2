"""What is known to have happened in the months that are looked at: content that changed, campaigns that began."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, select
from sqlmodel import col

from bot.insight.reading_months import back, begins
from bot.insight.reading_tables import Press, rows_of
from bot.store import switch
from bot.store.reach_tables import Campaign
from bot.store.staff_tables import AuditRecord
from bot.store.tables import EntryVersion, Setting
from bot.store.unit import Unit

TOLD = ("live", "replaced", "retired")
"""States of a version that residents read, or that took an answer away from them."""
OFF, ON = "switch off", "switch on"
"""What the record of who did what calls it."""
Off = tuple[dt.datetime, dt.datetime | None]
BEGAN = ("sending", "paused", "stopped", "done")


@dataclass(frozen=True, slots=True)
class Known:
    """Facts, none of them about a resident. `off`: when the bot was switched off, and on again if it was."""

    published: Sequence[str]
    retired: Sequence[str]
    campaigns: Sequence[tuple[str, str]]
    """Name, and of which topic the answer is that it leads to; empty where to none."""
    off: Sequence[Off]


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
    return Known(
        published=[slug for slug, retires in versions if not retires],
        retired=[slug for slug, retires in versions if retires],
        campaigns=[(name, entry.partition("/")[0]) for name, entry in await rows_of(unit, campaigns)],
        off=await _off(unit, first, after),
    )


async def _off(unit: Unit, first: dt.datetime, after: dt.datetime) -> list[Off]:
    """When it was off between two moments: from the record of who did what, as long as that is kept."""
    acts = select(col(AuditRecord.at), col(AuditRecord.action)).where(
        col(AuditRecord.action).in_((OFF, ON)), col(AuditRecord.at) < after
    )
    still = select(col(Setting.at)).where(col(Setting.name) == switch.OFF)
    now = (await unit.run(still)).scalar_one_or_none()
    found = list(off_times(await rows_of(unit, acts.order_by(col(AuditRecord.id)))))
    if now is not None and not (found and found[-1][1] is None):
        found.append((now, None))
    return [(begun, ended) for begun, ended in found if begun < after and (ended is None or ended >= first)]


def off_times(acts: Iterable[tuple[Any, ...]]) -> Iterator[Off]:
    """Moments and acts in order in; from each that switched it off to the next that switched it on."""
    since: dt.datetime | None = None
    for at, action in acts:
        if action == OFF and since is None:
            since = at
        elif action == ON and since is not None:
            yield since, at
            since = None
    if since is not None:
        yield since, None


def _versions(first: dt.datetime, after: dt.datetime) -> Executable:
    """Answers of which a version went live, or that were taken away. The first version of all is no change."""
    at = col(EntryVersion.at)
    changed = (at >= first, at < after, col(EntryVersion.state).in_(TOLD), col(EntryVersion.version) > 1)
    return select(col(EntryVersion.slug), col(EntryVersion.retires)).where(*changed).distinct()
