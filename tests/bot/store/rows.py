"""For each timer a row whose time begins at a moment, with what it needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import SQLModel

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
from bot.store.staff_tables import Notice, StaffPasskey, StaffSession
from bot.store.tables import (
    Chat,
    DetailReport,
    EntryVersion,
    Feedback,
    Handover,
    HandoverMessage,
    Inbox,
    OrganisationVersion,
    Outbox,
    Question,
    RouteCount,
    TurnFailure,
)
from bot.store.timers import Timer
from bot.store.unit import Unit
from bot.store.vault import Vault
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
    WaitingPlace,
)

WORDS = b"sealed"

Rows = Mapping[tuple[str, str], Sequence[SQLModel]]
"""A row whose time begins at a moment, and what it needs, by its table and a part of what its timer says."""


def of_chats(at: dt.datetime, vault: Vault) -> Rows:
    chat = Chat(id=1, channel="telegram", external_id="1", created_at=at, last_turn_at=at)
    bare: dict[str, Any] = {"channel": "telegram", "external_id": "1"}
    session = vault.seal("chat.session", "{}")
    message: dict[str, Any] = {"key": "k", "chat_id": 1, "seq": 1, "payload": WORDS, "created_at": at}
    return {
        ("inbox", "the message's number"): [Inbox(**bare, message_id="7", received_at=at)],
        ("inbox", "the row"): [Inbox(**bare, received_at=at)],
        ("turn_failure", "the row"): [TurnFailure(**bare, bot="", at=at)],
        ("chat", "a form"): [Chat(**bare, session=session, session_version=1, created_at=at, last_turn_at=at)],
        ("chat", "the row"): [chat],
        ("outbox", "words and number"): [chat, Outbox(**message, state="sent", sent_at=at)],
        ("outbox", "it is dropped"): [chat, Outbox(**message, state="waiting")],
        ("outbox", "the row"): [chat, Outbox(**message, state="failed")],
    }


def of_records(at: dt.datetime) -> Rows:
    chat = Chat(id=1, channel="telegram", external_id="1", created_at=at, last_turn_at=at)
    closed = Handover(id=1, chat_id=1, wish="ring", opened_at=at, closed_at=at, state="closed")
    said = HandoverMessage(handover_id=1, said_by="staff", text=WORDS, at=at)
    campaign: dict[str, Any] = {"name": "x", "topic": "fireworks", "text": "", "made_at": at, "changed_at": at}
    ended = Campaign(id=1, state="done", ended_at=at, **campaign)
    version: dict[str, Any] = {"slug": "a/b", "text": "", "state": "draft", "at": at}
    return {
        ("question", "the row"): [Question(text="bins", route="unknown", at=at)],
        ("route_count", "the row"): [RouteCount(day=at.date(), route="crisis", channel="web", turns=2)],
        ("feedback", "whose it was"): [chat, Feedback(chat_id=1, entry="a/b", helped=True, at=at)],
        ("feedback", "the row"): [Feedback(entry="a/b", helped=True, at=at)],
        ("evidence", "whose it was"): [chat, Evidence(chat_id=1, about="answer", entry="a/b", at=at)],
        ("evidence", "the row"): [Evidence(about="answer", entry="a/b", instead="999", at=at)],
        ("follow_up", "the row"): [
            chat,
            FollowUp(chat_id=1, entry="a/b", organisation="x", state="answered", due_at=at),
        ],
        ("detail_report", "put right"): [DetailReport(organisation="x", words=WORDS, at=at, mended_at=at)],
        ("detail_report", "sent"): [DetailReport(organisation="x", words=WORDS, at=at)],
        ("handover", "it is closed"): [chat, Handover(id=1, chat_id=1, wish="ring", opened_at=at)],
        ("handover", "the row"): [chat, closed],
        ("handover_message", "goes with"): [chat, closed, said],
        ("entry_version", "it is put away"): [EntryVersion(**version)],
        ("organisation_version", "it is put away"): [OrganisationVersion(**version)],
        ("check_version", "it is put away"): [CheckVersion(**version)],
        ("demand_count", "the row"): [
            DemandCount(month=at.date(), route="answer", entry="a/b", channel="web", area="", source="", turns=2)
        ],
        ("hour_count", "the row"): [
            HourCount(month=at.date(), weekday=0, hour=9, topic="a", area="", source="", turns=2)
        ],
        ("check_count", "the row"): [CheckCount(month=at.date(), topic="alarms", answer="no-alarm", area="", turns=2)],
        ("subscription", "the row"): [chat, Subscription(chat_id=1, topic="fireworks", since=at)],
        ("campaign_recipient", "the row"): [chat, ended, CampaignRecipient(campaign_id=1, chat_id=1, at=at)],
        ("campaign", "the row"): [ended],
        ("notice", "the row"): [Notice(about="x", kind="organisation", text="closed", until=at, at=at)],
        ("audit_record", "the row"): [],
        ("source_code", "the row"): [SourceCode(code="C7M4Q", label="shop", made_at=at, ended_at=at)],
        ("source_count", "the row"): [SourceCount(day=at.date(), code="C7M4Q", channel="web", opened=2)],
    }


def of_visits(at: dt.datetime) -> Rows:
    def visit(state: str, **values: Any) -> Visit:
        return Visit(id=1, reference="A", uid="a", starts=at, ends=at, state=state, created_at=at, **values)

    done, timed = visit("done"), visit("done", notes=WORDS, resident_id=1, erase_at=at)
    resident = Resident(id=1, name=WORDS, created_at=at)
    officer = StaffMember(id=1, name=WORDS, role="officer", created_at=at)
    return {
        ("resident", "the timer of"): [resident, timed],
        ("resident", "no visit needs it"): [resident],
        ("visit", "it is given back"): [visit("offered", hold_until=at)],
        ("visit", "all personal details"): [resident, timed],
        ("visit", "the row"): [visit("done", notes=WORDS)],
        ("occupied", "the row"): [officer, Occupied(staff_id=1, cell=at)],
        ("visit_task", "the timer of"): [resident, timed, VisitTask(visit_id=1, kind="after", due_at=at)],
        ("visit_task", "due"): [done, VisitTask(visit_id=1, kind="missed", state="ring", due_at=at)],
        ("waiting_place", "the row"): [visit("booked"), WaitingPlace(visit_id=1, since=at)],
        ("visit_feedback", "their own words"): [done, VisitFeedback(visit_id=1, words=WORDS, at=at)],
        ("visit_feedback", "goes with"): [done, VisitFeedback(visit_id=1, came="yes", at=at)],
        ("referral", "the row"): [done, Referral(visit_id=1, organisation="x", at=at)],
    }


def of_staff(at: dt.datetime) -> Rows:
    here = StaffMember(id=1, name=WORDS, role="officer", created_at=at)
    left = StaffMember(id=1, name=WORDS, role="officer", created_at=at, left_at=at)
    pattern: dict[str, Any] = {"staff_id": 1, "weekday": 0, "begins": dt.time(12), "ends": dt.time(13)}
    signed_in = StaffSession(staff_id=1, token="t", how="link", created_at=at, seen_at=at, ends_at=at)
    passkey = StaffPasskey(staff_id=1, credential=b"c", public_key=b"k", created_at=at)
    return {
        ("staff_member", "the name"): [left],
        ("staff_invite", "the row"): [here, StaffInvite(staff_id=1, code="c", created_at=at, expires_at=at)],
        ("rota_pattern", "last day"): [here, RotaPattern(**pattern, last=at.date())],
        ("rota_pattern", "they left"): [left, RotaPattern(**pattern)],
        ("absence", "the row"): [here, Absence(staff_id=1, starts=at, ends=at, why="away")],
        ("closed_day", "the row"): [ClosedDay(day=at.date())],
        ("staff_session", "the row"): [here, signed_in],
        ("staff_passkey", "the row"): [left, passkey],
    }


def rows_of(timer: Timer, unit: Unit) -> Sequence[SQLModel]:
    """What is made for a timer, in order; a timer that nothing is made for, or two things, fails."""
    at = unit.now
    made = {**of_chats(at, unit.vault), **of_records(at), **of_visits(at), **of_staff(at)}
    (found,) = [rows for (table, part), rows in made.items() if table == timer.table and part in timer.said]
    return found
