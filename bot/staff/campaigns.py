"""Campaigns as the team keeps them: written, agreed to by a second person, paused, stopped, counted.

Whoever writes does not decide alone, and whoever sees a mistake stops it at once: any editor may pause and stop, while
only a second person who may approve lets it out, and lets it go on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import col

from bot.staff.campaigns_rules import BETWEEN, MOVES, Act, State, Written, areas_of, cleaned, faults, print_of
from bot.staff.edits import APPROVERS
from bot.staff.outcomes import Refusal
from bot.staff.versions import Audit
from bot.store.reach_tables import Campaign, CampaignRecipient
from bot.store.tables import Outbox
from bot.store.unit import Unit, alone
from handlers.office import Colleague
from knowledge.library import Library

SOURCE = "campaign"
"""What the keys of its messages in the outbox begin with: `campaign:3:CHAT:0`."""
SENDING = 0x626F7437
"""By which all that queues, pauses and stops campaigns on one PostgreSQL know each other."""
GONE, CHANGED = Refusal("staff.campaign.gone"), Refusal("staff.campaign.changed")


@dataclass(frozen=True, slots=True)
class Figures:
    """How many got a campaign, and what they did with it."""

    queued: int = 0
    delivered: int = 0
    opened: int = 0
    helped: int = 0
    unhelpful: int = 0
    stopped: int = 0


@dataclass(frozen=True, slots=True)
class Campaigning:
    """What one person of the team does to campaigns in one transaction."""

    unit: Unit
    library: Library
    staff: Colleague
    audit: Audit

    async def write(self, written: Written, number: int | None = None) -> int | Refusal:
        """Keep what stands in the form, whatever is wrong with it: a new campaign, or a draft that is changed. Its
        number. Whoever writes last counts as its author."""
        values = {**_columns(cleaned(written)), "staff_id": self.staff.id, "changed_at": self.unit.now}
        if number is None:
            made = insert(Campaign).values(made_at=self.unit.now, state="draft", why="", **values, **_nothing())
            number = (await self.unit.session.execute(made.returning(col(Campaign.id)))).scalar_one()
        elif not await _change(self.unit, number, ("draft",), **values):
            return GONE
        await self.audit("campaign written", f"{SOURCE} {number}")
        return int(number)

    async def submit(self, number: int) -> State | Refusal:
        """Send a draft to a second person. Refused with the first thing that is wrong with it."""
        row = await one(self.unit, number)
        if row is None or row.state != "draft":
            return GONE
        wrong = faults(written_of(row), self.library, self.unit.now)
        return wrong[0] if wrong else await self._move("submit", number, why="")

    async def approve(self, number: int, seen: str) -> State | Refusal:
        """Agree to what somebody else wrote: it is sent from its time on. `seen` is the print of what they read; where
        it was changed since then, nothing is done."""
        row = await one(self.unit, number)
        if row is None or row.state != "waiting":
            return GONE
        if self.staff.role not in APPROVERS or row.staff_id in (None, self.staff.id):
            return Refusal("staff.edit.not-by-yourself")
        written = written_of(row)
        if seen != print_of(written):
            return CHANGED
        wrong = faults(written, self.library, self.unit.now)
        return wrong[0] if wrong else await self._move("approve", number, row.changed_at, approved_by=self.staff.id)

    async def send_back(self, number: int, why: str) -> State | Refusal:
        """What waits is a draft again, with a note that says why."""
        return await self._move("send-back", number, why=why)

    async def go_on(self, number: int) -> State | Refusal:
        """What was paused is sent again; for those who may approve."""
        if self.staff.role not in APPROVERS:
            return Refusal("staff.edit.not-yours")
        return await self._move("go-on", number)

    async def _move(self, act: Act, number: int, as_of: dt.datetime | None = None, **values: Any) -> State | Refusal:
        return await _moved(self.unit, act, number, self.audit, as_of, **values)


async def pause(unit: Unit, number: int, audit: Audit) -> State | Refusal:
    """Send nothing more until somebody says so. Who it was queued for and not sent gets it then."""
    await alone(unit, SENDING)
    done = await _moved(unit, "pause", number, audit)
    if not isinstance(done, Refusal):
        await take_back(unit, number)
    return done


async def stop(unit: Unit, number: int, audit: Audit) -> State | Refusal:
    """Send nothing more, ever. What is queued is dropped."""
    await alone(unit, SENDING)
    done = await _moved(unit, "stop", number, audit, ended_at=unit.now)
    if not isinstance(done, Refusal):
        await take_back(unit, number)
    return done


async def take_back(unit: Unit, number: int) -> int:
    """Take what waits out of the outbox, as if it had never been queued; how many messages. One that is being sent at
    this moment is not among them."""
    theirs = (col(Outbox.state) == "waiting", col(Outbox.key).like(f"{SOURCE}:{number}:%"), ~col(Outbox.maybe_sent))
    gone = await unit.session.execute(_plainly(delete(Outbox).where(*theirs).returning(col(Outbox.chat_id))))
    chats = list(gone.scalars())
    if chats:
        got = (col(CampaignRecipient.campaign_id) == number, col(CampaignRecipient.chat_id).in_(chats))
        await unit.session.execute(_plainly(delete(CampaignRecipient).where(*got)))
    return len(chats)


async def one(unit: Unit, number: int) -> Campaign | None:
    """A campaign as the database holds it now."""
    return await unit.session.get(Campaign, number, populate_existing=True)


async def every(unit: Unit) -> Sequence[Campaign]:
    """All campaigns, the newest first."""
    return (await unit.session.execute(select(Campaign).order_by(col(Campaign.id).desc()))).scalars().all()


def written_of(row: Campaign) -> Written:
    """A campaign as its form shows it."""
    return Written(row.name, row.topic, areas_of(row.areas), row.text, row.entry, row.starts, row.ends)


async def figures(unit: Unit, row: Campaign) -> Figures:
    """What came of a campaign. Who got it is forgotten after a while, or when they ask for it; the counts stay."""
    got = CampaignRecipient
    counted = select(
        func.count(), func.count(col(got.delivered_at)), func.count(col(got.opened_at)),
        func.count().filter(col(got.helped).is_(True)), func.count().filter(col(got.helped).is_(False)),
        func.count(col(got.stopped_at)),
    ).where(col(got.campaign_id) == row.id)  # fmt: skip
    now = (await unit.session.execute(counted)).one()
    kept = [getattr(row, field.name) for field in fields(Figures)]
    return Figures(*(max(count, before) for count, before in zip(now, kept, strict=True)))


async def keep_figures(unit: Unit, number: int, counted: Figures) -> None:
    """Write the figures beside the campaign, where they outlive who it was sent to."""
    values = {field.name: getattr(counted, field.name) for field in fields(Figures)}
    await unit.session.execute(_plainly(update(Campaign).where(col(Campaign.id) == number).values(values)))


async def _moved(
    unit: Unit, act: Act, number: int, audit: Audit, as_of: dt.datetime | None = None, **values: Any
) -> State | Refusal:
    before, after = MOVES[act]
    if not await _change(unit, number, before, as_of, state=after, changed_at=unit.now, **values):
        return GONE
    await audit(f"campaign {act}", f"{SOURCE} {number}")
    return after


async def _change(
    unit: Unit, number: int, before: Sequence[State], as_of: dt.datetime | None = None, **values: Any
) -> bool:
    """Change a campaign that is in one of these states, and was last changed `as_of`; False where it is not so."""
    same = (col(Campaign.changed_at) == as_of,) if as_of else ()
    changed = update(Campaign).where(col(Campaign.id) == number, col(Campaign.state).in_(before), *same)
    done = await unit.session.execute(_plainly(changed.values(values).returning(col(Campaign.id))))
    return done.scalar_one_or_none() is not None


def _columns(written: Written) -> dict[str, Any]:
    known = {field.name: getattr(written, field.name) for field in fields(Written)}
    return {**known, "areas": BETWEEN.join(written.areas)}


def _nothing() -> dict[str, int]:
    return {field.name: 0 for field in fields(Figures)}


def _plainly(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
