"""How long everything is kept: every table, every state that it can end in, and what becomes of the row then.

docs/privacy.md shows the same to people; a test holds the two together, and finds a table that is not here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import col

from bot.staff import audit_chain, sessions
from bot.store import chats, evidence, inbox, outbox
from bot.store.reach_tables import (
    Campaign,
    CampaignRecipient,
    CheckCount,
    CheckVersion,
    DemandCount,
    Evidence,
    FollowUp,
    HourCount,
    SourceCode,
    SourceCount,
    Subscription,
)
from bot.store.staff_tables import Notice, StaffPasskey
from bot.store.tables import (
    Chat,
    DetailReport,
    EntryVersion,
    Feedback,
    Handover,
    HandoverMessage,
    OrganisationVersion,
    Outbox,
    Question,
    RouteCount,
)
from bot.store.timers import AT_ONCE, GOES, Due, Forget, Timer, becomes, goes
from bot.store.unit import Store, Unit
from bot.store.visit_tables import (
    Absence,
    ClosedDay,
    Occupied,
    Referral,
    Resident,
    RotaPattern,
    StaffInvite,
    StaffMember,
    Visit,
    VisitFeedback,
    VisitTask,
)
from bot.visits import erasing, waiting

YEAR = 365


def _none(*tables: type[Chat | Handover | Visit | Resident | StaffMember]) -> ColumnElement[bool]:
    """Nobody but the chat itself needs its row."""
    return and_(*(~exists().where(col(table.chat_id) == col(Chat.id)) for table in tables))  # type: ignore[union-attr]


def _of_who_left(table: type[StaffPasskey | RotaPattern]) -> Due:
    def due(then: dt.datetime) -> ColumnElement[bool]:
        return col(table.staff_id).in_(select(col(StaffMember.id)).where(col(StaffMember.left_at) < then))

    return due


def _last_words(then: dt.datetime) -> ColumnElement[bool]:
    """An open ticket in which nobody has written since."""
    since = exists().where(col(HandoverMessage.handover_id) == col(Handover.id), col(HandoverMessage.at) >= then)
    return and_(col(Handover.state) == "open", col(Handover.opened_at) < then, ~since)


def _unpublished(table: type[EntryVersion | OrganisationVersion | CheckVersion]) -> Timer:
    def due(then: dt.datetime) -> ColumnElement[bool]:
        return and_(col(table.state).in_(("draft", "waiting")), col(table.at) < then)

    return becomes(table, "a draft was last changed", YEAR, due, {"state": "withdrawn"}, "it is put away")


async def _close(unit: Unit) -> int | None:
    closed = {"state": "closed", "closed_at": unit.now}
    return await becomes(Handover, "its last words", 90, _last_words, closed, "it is closed").forget(unit)


async def _sign_ins(unit: Unit) -> None:
    await sessions.forget_old(unit)


CLOSED = goes(Handover, "it was closed", 90, lambda then: col(Handover.closed_at) < then)
VISITS = goes(Visit, "its time", 3 * YEAR, lambda then: col(Visit.ends) < then)

TIMERS: tuple[Timer, ...] = (
    Timer("chat", "their last message", 30, "a form they were in is emptied, their language stays", chats.forget_old),
    goes(
        Chat, "their last message", 2 * YEAR,
        lambda then: and_(col(Chat.last_turn_at) < then, _none(Handover, Visit, Resident, StaffMember)),
    ),
    Timer("inbox", "it came", 2, "the message's number is emptied", inbox.tidy),
    Timer("inbox", "it came", 7, GOES, inbox.tidy),
    Timer("turn_failure", "it failed last", 7, GOES, inbox.tidy),
    Timer("outbox", "it was sent or given up", 2, "words and number are emptied", outbox.tidy),
    becomes(
        Outbox, "it was queued and could not be sent", 7,
        lambda then: and_(col(Outbox.state) == "waiting", col(Outbox.created_at) < then),
        {"state": "dropped", "payload": None}, "it is dropped, words and all",
    ),
    goes(Outbox, "it was queued", 30, lambda then: and_(col(Outbox.state) != "waiting", col(Outbox.created_at) < then)),
    goes(Question, "it was asked", YEAR, lambda then: col(Question.at) < then),
    goes(RouteCount, "the day", 2 * YEAR, lambda then: col(RouteCount.day) < then.date()),
    goes(CheckCount, "the month", 5 * YEAR, lambda then: col(CheckCount.month) < then.date()),
    goes(DemandCount, "the month", 5 * YEAR, lambda then: col(DemandCount.month) < then.date()),
    goes(HourCount, "the month", 5 * YEAR, lambda then: col(HourCount.month) < then.date()),
    becomes(
        Feedback, "it was given", 30, lambda then: and_(col(Feedback.at) < then, col(Feedback.chat_id).is_not(None)),
        {"chat_id": None}, "whose it was is forgotten",
    ),
    goes(Feedback, "it was given", YEAR, lambda then: col(Feedback.at) < then),
    becomes(
        Evidence, "it was said", 30, lambda then: and_(col(Evidence.at) < then, col(Evidence.chat_id).is_not(None)),
        {"chat_id": None}, "whose it was is forgotten",
    ),
    goes(Evidence, "it was said", 3 * YEAR, lambda then: col(Evidence.at) < then),
    goes(
        FollowUp, "it was answered or dropped", 30,
        lambda then: and_(col(FollowUp.state).in_((evidence.ANSWERED, evidence.DROPPED)), col(FollowUp.due_at) < then),
    ),
    goes(DetailReport, "it was put right", 90, lambda then: col(DetailReport.mended_at) < then),
    goes(DetailReport, "it was sent", YEAR, lambda then: col(DetailReport.at) < then),
    Timer("handover", "the last words, if nobody closed it", 90, "it is closed", _close),
    CLOSED,
    Timer("handover_message", "its ticket was closed", 90, "goes with its ticket", CLOSED.forget),
    _unpublished(EntryVersion),
    _unpublished(OrganisationVersion),
    _unpublished(CheckVersion),
    becomes(
        StaffMember, "they left", 2 * YEAR,
        lambda then: and_(col(StaffMember.left_at) < then, col(StaffMember.name).is_not(None)),
        {"name": None}, "the name is emptied; their number stays beside what they did",
    ),
    goes(StaffInvite, "it ran out", 30, lambda then: col(StaffInvite.expires_at) < then),
    goes(RotaPattern, "its last day", YEAR, lambda then: col(RotaPattern.last) < then.date()),
    goes(RotaPattern, "they left", 30, _of_who_left(RotaPattern)),
    goes(Absence, "its end", 90, lambda then: col(Absence.ends) < then),
    goes(ClosedDay, "the day", YEAR, lambda then: col(ClosedDay.day) < then.date()),
    Timer("resident", "the timer of their last visit", None, GOES, erasing.erase_due),
    goes(
        Resident, "it was written, where no visit needs it", 7,
        lambda then: and_(
            col(Resident.created_at) < then, ~exists().where(col(Visit.resident_id) == col(Resident.id))
        ),
    ),
    becomes(
        Visit, "a hold or an offer ran out", 1,
        lambda then: and_(col(Visit.state).in_(erasing.KEPT_FOR_SOMEBODY), col(Visit.hold_until) < then),
        {"state": "expired", "hold_until": None}, "it is given back",
    ),
    Timer("visit", "it ended, as many days as the place says for that end", None, "all personal details are emptied",
          erasing.erase_due),
    VISITS,
    goes(Occupied, "that quarter of an hour", YEAR, lambda then: col(Occupied.cell) < then),
    Timer("visit_task", "the timer of its visit", None, GOES, erasing.erase_due),
    goes(VisitTask, "it was due", 90, lambda then: col(VisitTask.due_at) < then),
    Timer("waiting_place", "its visit begins or is cancelled", None, GOES, waiting.lapse),
    becomes(
        VisitFeedback, "it was said, or with the timer of its visit", 180,
        lambda then: and_(col(VisitFeedback.at) < then, col(VisitFeedback.words).is_not(None)),
        {"words": None}, "their own words are emptied",
    ),
    Timer("visit_feedback", "its visit's time", 3 * YEAR, "goes with its visit", VISITS.forget),
    goes(Referral, "it was made", 3 * YEAR, lambda then: col(Referral.at) < then),
    Timer("staff_session", "it ended", 30, GOES, _sign_ins),
    goes(StaffPasskey, "they left", 30, _of_who_left(StaffPasskey)),
    goes(Notice, "it came down", YEAR, lambda then: or_(col(Notice.until) < then, col(Notice.ended_at) < then)),
    goes(
        Subscription, "their last message", 2 * YEAR,
        lambda then: exists().where(col(Chat.id) == col(Subscription.chat_id), col(Chat.last_turn_at) < then),
    ),
    goes(
        CampaignRecipient, "its campaign ended", 90,
        lambda then: exists().where(
            col(Campaign.id) == col(CampaignRecipient.campaign_id), col(Campaign.ended_at) < then
        ),
    ),
    goes(Campaign, "it ended, or was last changed", 3 * YEAR,
         lambda then: func.coalesce(col(Campaign.ended_at), col(Campaign.changed_at)) < then),
    goes(SourceCode, "it was ended", 2 * YEAR, lambda then: col(SourceCode.ended_at) < then),
    goes(SourceCount, "the day", 5 * YEAR, lambda then: col(SourceCount.day) < then.date()),
    Timer("audit_record", "it was made", 730, GOES, audit_chain.forget_old),
)  # fmt: skip

KEPT = {
    "entry_version": "what residents were told, and when",
    "organisation_version": "what residents were told, and when",
    "check_version": "what residents were told, and when",
    "setting": "how the bot is set; no person",
    "source_code": "where a poster hangs; no person",
    "review_owner": "who keeps an answer true: a colleague's number",
}
"""Tables of which some rows have no timer, and why. None holds anything about a resident."""


def steps(store: Store) -> Iterator[Callable[[], Awaitable[None]]]:
    """What forgets all that is past its time: a step for each timer, in short transactions. A step raises
    StoreUnavailable."""
    for forget in dict.fromkeys(timer.forget for timer in TIMERS):
        yield partial(_all_of_it, store, forget)


async def _all_of_it(store: Store, forget: Forget) -> None:
    left = True
    while left:
        async with store.write() as unit:
            left = (await forget(unit) or 0) >= AT_ONCE


def tables() -> set[str]:
    """Every table that has a timer or a reason to have none."""
    return {timer.table for timer in TIMERS} | set(KEPT)


def said(table: str) -> str:
    """How long a table is kept, as docs/privacy.md tells it."""
    parts = [timer.said for timer in TIMERS if timer.table == table]
    return "; ".join([*parts, f"the rest stays: {KEPT[table]}"] if table in KEPT else parts)
