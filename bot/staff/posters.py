"""Codes on posters and leaflets: made, ended, and listed with how often each was opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.channels.cleaning import clean
from bot.staff.outcomes import Refusal
from bot.store.reach_tables import Campaign, SourceCode, SourceCount
from bot.store.unit import Unit
from knowledge.visits.names import ALPHABET, RandomBytes

LENGTH = 5
"""One shorter than the reference of a visit, so that neither is ever taken for the other."""
LONGEST = 80
FEWEST = 5
"""Fewer openings than this are published as "fewer than 5"."""
OPEN_CAMPAIGNS = ("draft", "waiting", "planned", "sending", "paused")


@dataclass(frozen=True, slots=True)
class Poster:
    """One code, where it hangs, and its openings: None is fewer than five."""

    code: str
    label: str
    area: str
    campaign: str
    made_at: dt.datetime
    ended_at: dt.datetime | None
    telegram: int | None
    web: int | None
    opened: int | None


def new_code(random_bytes: RandomBytes) -> str:
    """Five characters that cannot be mistaken for one another, nor spell a word; one of 1.4 million."""
    drawn, code = int.from_bytes(random_bytes(16), "big"), ""
    for _ in range(LENGTH):
        drawn, place = divmod(drawn, len(ALPHABET))
        code += ALPHABET[place]
    return code


async def make(
    unit: Unit, label: str, area: str, campaign: int | None, random_bytes: RandomBytes
) -> SourceCode | Refusal:
    """A new code for a place where it will hang; a refusal without a label, or for a campaign that is none."""
    label = " ".join(clean(label).split())[:LONGEST]
    if not label:
        return Refusal("posters.problem.label")
    if campaign is not None and await unit.session.get(Campaign, campaign) is None:
        return Refusal("posters.problem.campaign")
    code = new_code(random_bytes)
    while await unit.session.get(SourceCode, code) is not None:
        code = new_code(random_bytes)
    made = SourceCode(code=code, label=label, area=area, campaign_id=campaign, made_at=unit.now)
    unit.session.add(made)
    await unit.session.flush()
    return made


async def end(unit: Unit, code: str) -> str | None:
    """Count it no more: whoever still follows it is greeted as anybody. Its label; None where there is none to end."""
    statement = (
        update(SourceCode)
        .where(col(SourceCode.code) == code, col(SourceCode.ended_at).is_(None))
        .values(ended_at=unit.now)
        .returning(col(SourceCode.label))
    )
    ended: str | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return ended


async def find(unit: Unit, code: str) -> SourceCode | None:
    """A code that still counts."""
    found = await unit.session.get(SourceCode, code)
    return found if found is not None and found.ended_at is None else None


async def about(unit: Unit, code: SourceCode) -> str:
    """The answer of a code's campaign, whatever state that is in; empty where it has none."""
    campaign = await unit.session.get(Campaign, code.campaign_id) if code.campaign_id else None
    return campaign.entry if campaign else ""


async def listed(unit: Unit) -> Sequence[Poster]:
    """Every code, the newest first, those that were ended last."""
    counted = await _counts(unit)
    statement = select(SourceCode, col(Campaign.name)).outerjoin(
        Campaign, col(Campaign.id) == col(SourceCode.campaign_id)
    )
    newest = statement.order_by(
        col(SourceCode.ended_at).is_not(None), col(SourceCode.made_at).desc(), col(SourceCode.code)
    )
    return [_poster(code, name, counted.get(code.code, {})) for code, name in await unit.session.execute(newest)]


async def campaigns(unit: Unit) -> Sequence[tuple[int, str]]:
    """The campaigns that a code may be made for, by number and name."""
    statement = select(col(Campaign.id), col(Campaign.name)).where(col(Campaign.state).in_(OPEN_CAMPAIGNS))
    return [(number, name) for number, name in await unit.session.execute(statement.order_by(col(Campaign.id).desc()))]


async def _counts(unit: Unit) -> dict[str, dict[str, int]]:
    opened = func.sum(col(SourceCount.opened))
    statement = select(col(SourceCount.code), col(SourceCount.channel), opened).group_by(
        col(SourceCount.code), col(SourceCount.channel)
    )
    found: dict[str, dict[str, int]] = {}
    for code, channel, count in await unit.session.execute(statement):
        found.setdefault(code, {})[channel] = int(count)
    return found


def _poster(code: SourceCode, campaign: str | None, counts: dict[str, int]) -> Poster:
    """With its counts as they may be shown. Where one channel is hidden so is the other, or the sum would tell it."""
    telegram, web, opened = counts.get("telegram", 0), counts.get("web", 0), sum(counts.values())
    whole = min(telegram, web, opened) >= FEWEST
    shown = {
        "telegram": telegram if whole else None,
        "web": web if whole else None,
        "opened": opened if opened >= FEWEST else None,
    }
    return Poster(code.code, code.label, code.area, campaign or "", code.made_at, code.ended_at, **shown)
