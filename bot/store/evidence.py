"""What people say about help: kept as rows that soon forget whose they are; and who is to be asked later.

`FollowUp.due_at` is when the state it is in began to matter: to be asked from then on while it waits, over since then
once it was answered or dropped.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from bot.store.inbox import upsert
from bot.store.reach_tables import Evidence, FollowUp
from bot.store.unit import Unit
from handlers.evidence import (
    AskedInstead,
    Evident,
    FollowUpSaid,
    FollowUpStopped,
    SaidInstead,
    WillAsk,
    WillNotAsk,
)

ANSWER, SIGNPOST = "answer", "signpost"
WAITING, SENT, ANSWERED, DROPPED = "waiting", "sent", "answered", "dropped"


async def keep(unit: Unit, chat_id: int, channel: str, effect: Evident) -> None:
    """Carry out one of these effects of a turn of a chat."""
    match effect:
        case AskedInstead():
            _add(unit, chat_id, channel, about=ANSWER, entry=effect.entry, helped="yes", area=effect.area)
        case SaidInstead():
            await _said_instead(unit, chat_id, effect)
        case WillAsk():
            await _will_ask(unit, chat_id, effect)
        case WillNotAsk():
            theirs = (col(FollowUp.chat_id) == chat_id, col(FollowUp.organisation) == effect.organisation)
            await _drop(unit, *theirs, col(FollowUp.state) == WAITING)
        case FollowUpStopped():
            await _drop(unit, col(FollowUp.chat_id) == chat_id, col(FollowUp.state).in_((WAITING, SENT)))
        case FollowUpSaid():
            await _followed(unit, chat_id, channel, effect)


async def ask_nothing(unit: Unit, chat_id: int) -> None:
    """Forget all that a chat is to be asked about later, or was."""
    await _run(unit, delete(FollowUp).where(col(FollowUp.chat_id) == chat_id))


def _add(unit: Unit, chat_id: int, channel: str, **values: Any) -> None:
    unit.session.add(Evidence(chat_id=chat_id, channel=channel, at=unit.now, **values))


async def _said_instead(unit: Unit, chat_id: int, effect: SaidInstead) -> None:
    """Beside the answer that they were asked about last, once."""
    last = select(func.max(col(Evidence.id))).where(col(Evidence.chat_id) == chat_id, col(Evidence.about) == ANSWER)
    statement = update(Evidence).where(col(Evidence.id) == last.scalar_subquery(), col(Evidence.instead).is_(None))
    await _run(unit, statement.values(instead=effect.instead))


async def _will_ask(unit: Unit, chat_id: int, effect: WillAsk) -> None:
    """One open at a time for each organisation: agreeing twice changes nothing, agreeing anew begins anew."""
    asked = {"entry": effect.entry, "due_at": effect.due_at, "state": WAITING, "sent_at": None}
    fresh = upsert(unit, FollowUp).values(chat_id=chat_id, organisation=effect.organisation, **asked)
    over = col(FollowUp.state).in_((ANSWERED, DROPPED))
    again = fresh.on_conflict_do_update(index_elements=["chat_id", "organisation"], set_=asked, where=over)
    await unit.session.execute(again)


async def _drop(unit: Unit, *which: Any) -> None:
    await _run(unit, update(FollowUp).where(*which).values(state=DROPPED, due_at=unit.now))


async def _followed(unit: Unit, chat_id: int, channel: str, effect: FollowUpSaid) -> None:
    """One answer about a signpost that this chat was asked about: the first makes the row, the last one counts."""
    theirs = (col(FollowUp.id) == effect.follow_up, col(FollowUp.chat_id) == chat_id)
    done = update(FollowUp).where(*theirs, col(FollowUp.sent_at).is_not(None))
    done = done.values(state=ANSWERED, due_at=unit.now)
    shelf = (col(FollowUp.entry), col(FollowUp.organisation), col(FollowUp.sent_at))
    asked = (await _run(unit, done.returning(*shelf))).one_or_none()
    if asked is None:
        return
    said: dict[str, Any] = {effect.question: effect.answer}
    row = (col(Evidence.chat_id) == chat_id, col(Evidence.about) == SIGNPOST, col(Evidence.at) >= asked.sent_at)
    same = update(Evidence).where(*row, col(Evidence.organisation) == asked.organisation).values(said)
    if (await _run(unit, same.returning(col(Evidence.id)))).first() is None:
        about = {"about": SIGNPOST, "entry": asked.entry, "organisation": asked.organisation, "area": effect.area}
        _add(unit, chat_id, channel, **about, **said)


async def _run(unit: Unit, statement: Any) -> Any:
    return await unit.session.execute(statement.execution_options(synchronize_session=False))
