"""A copy of all that is held about one person, in words that they can read: for their chat, and for the team."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import ColumnElement, select
from sqlmodel import col

from bot.store import chats, handovers, outbox, records
from bot.store.person import Person
from bot.store.person_visits import VisitCopies, seen_by
from bot.store.reach_tables import Campaign, CampaignRecipient, Evidence, FollowUp, Subscription
from bot.store.tables import Chat, DetailReport, Feedback, Handover, HandoverMessage, Outbox, Question
from bot.store.unit import Unit
from handlers.turn import Reply
from knowledge.library import Library
from knowledge.prose import words_of

Copied = dict[str, Any]


async def copy(unit: Unit, person: Person, library: Library, *, for_team: bool) -> Copied:
    """Everything, times by the clocks of the place. Without `for_team` what the team noted for itself is left out:
    who reads along in a chat is not known. Raises KeyMissing."""
    zone = ZoneInfo(library.place.timezone)
    of_chats, of_visits = ChatCopies(unit, zone), VisitCopies(unit, zone, library, for_team)
    found: Copied = {
        "made": local(unit.now, zone),
        "times": library.place.timezone,
        "chats": [await of_chats.one(chat) for chat in person.chats],
        "visits": await of_visits.all_of(person),
    }
    if for_team:
        found["seen_by"] = await seen_by(unit, person, zone)
    return found


def readable(copied: Copied) -> str:
    """A copy as text for people; what is empty is left out."""
    return yaml.safe_dump(_said(copied), allow_unicode=True, sort_keys=False, width=100)


def local(moment: dt.datetime | None, zone: ZoneInfo) -> str | None:
    """A moment by the clocks of the place: "2026-11-25 10:00"."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else None


def _said(part: Any) -> Any:
    if isinstance(part, dict):
        return {name.replace("_", " "): _said(value) for name, value in part.items() if value not in (None, "", [], {})}
    return [_said(each) for each in part] if isinstance(part, list) else part


@dataclass(frozen=True, slots=True)
class ChatCopies:
    """Copies of conversations."""

    unit: Unit
    zone: ZoneInfo

    async def one(self, chat_id: int) -> Copied:
        """All of one conversation."""
        chat = await self.unit.session.get_one(Chat, chat_id, populate_existing=True)
        session = chats.read_session(self.unit, chat.session)
        form = session.visit.model_dump(mode="json", exclude_defaults=True) if session.visit else None
        return {
            "channel": chat.channel,
            "number_there": chat.external_id,
            "since": self._at(chat.created_at),
            "last_message_from_you": self._at(chat.last_turn_at),
            "may_we_write": chat.contact,
            "language": session.language,
            "answers_shown_last": list(session.shown),
            "came_by_leaflet": chat.source,
            "form_not_finished": form,
            "home_check": dict(session.check.answers) if session.check else None,
            "messages_sent_to_you": await self._messages(chat_id),
            "questions": await self._questions(chat_id),
            "did_it_help": await self._feedback(chat_id),
            "what_became_of_it": await self._evidence(chat_id),
            "you_said_we_may_ask_about": await self._follow_ups(chat_id),
            "wrong_details_you_reported": await self._reports(chat_id),
            "requests_for_a_person": await self._tickets(chat_id),
            "topics_you_asked_to_hear_about": await self._topics(chat_id),
            "campaigns_sent_to_you": await self._campaigns(chat_id),
        }

    async def _messages(self, chat_id: int) -> list[Copied]:
        rows = await self._rows(Outbox, col(Outbox.chat_id) == chat_id)
        return [{"at": self._at(row.created_at), "state": row.state, "words": self._words(row)} for row in rows]

    def _words(self, row: Outbox) -> str | None:
        if row.payload is None:
            return None
        return words_of(Reply.model_validate_json(self.unit.vault.open(outbox.COLUMN, row.payload)).blocks)

    async def _questions(self, chat_id: int) -> list[Copied]:
        rows = await self._rows(Question, col(Question.chat_id) == chat_id)
        return [
            {"at": self._at(row.at), "words": row.text, "route": row.route, "shown": row.shown, "helped": row.helped}
            for row in rows
        ]

    async def _feedback(self, chat_id: int) -> list[Copied]:
        rows = await self._rows(Feedback, col(Feedback.chat_id) == chat_id)
        return [{"at": self._at(row.at), "about": row.entry, "helped": row.helped} for row in rows]

    async def _evidence(self, chat_id: int) -> list[Copied]:
        rows = await self._rows(Evidence, col(Evidence.chat_id) == chat_id)
        told = ("entry", "organisation", "went", "helped", "instead", "area")
        return [{"at": self._at(row.at), **{name: getattr(row, name) for name in told}} for row in rows]

    async def _follow_ups(self, chat_id: int) -> list[Copied]:
        rows = await self._rows(FollowUp, col(FollowUp.chat_id) == chat_id)
        told = ("entry", "organisation", "state")
        return [{**{name: getattr(row, name) for name in told}, "asked": self._at(row.sent_at)} for row in rows]

    async def _reports(self, chat_id: int) -> list[Copied]:
        rows = await self._rows(DetailReport, col(DetailReport.chat_id) == chat_id)
        return [
            {"at": self._at(row.at), "about": row.organisation, "words": self._opened(records.WORDS, row.words)}
            for row in rows
        ]

    async def _tickets(self, chat_id: int) -> list[Copied]:
        rows = await self._rows(Handover, col(Handover.chat_id) == chat_id)
        return [
            {
                "number": row.id,
                "asked": self._at(row.opened_at),
                "wish": row.wish,
                "about": row.about,
                "phone": self._opened(handovers.PHONE, row.phone),
                "closed": self._at(row.closed_at),
                "said": await self._said_in(row.id),
            }
            for row in rows
        ]

    async def _topics(self, chat_id: int) -> list[Copied]:
        statement = select(Subscription).where(col(Subscription.chat_id) == chat_id).order_by(col(Subscription.topic))
        rows = (await self.unit.session.execute(statement)).scalars()
        return [{"topic": row.topic, "area": row.area, "since": self._at(row.since)} for row in rows]

    async def _campaigns(self, chat_id: int) -> list[Copied]:
        statement = (
            select(CampaignRecipient, col(Campaign.name))
            .join(Campaign, col(Campaign.id) == col(CampaignRecipient.campaign_id))
            .where(col(CampaignRecipient.chat_id) == chat_id)
            .order_by(col(CampaignRecipient.at))
        )
        return [
            {
                "name": name,
                "at": self._at(row.at),
                "sent": self._at(row.delivered_at),
                "read_on": self._at(row.opened_at),
                "helped": row.helped,
                "stopped": self._at(row.stopped_at),
            }
            for row, name in (await self.unit.session.execute(statement)).all()
        ]

    async def _said_in(self, ticket: int) -> list[Copied]:
        rows = await self._rows(HandoverMessage, col(HandoverMessage.handover_id) == ticket)
        return [
            {"at": self._at(row.at), "by": row.said_by, "words": self._opened(handovers.WORDS, row.text)}
            for row in rows
        ]

    async def _rows(self, table: type[Any], which: ColumnElement[bool]) -> Sequence[Any]:
        return (await self.unit.session.execute(select(table).where(which).order_by(col(table.id)))).scalars().all()

    def _opened(self, column: str, sealed: bytes | None) -> str | None:
        return self.unit.vault.open(column, sealed) if sealed else None

    def _at(self, moment: dt.datetime | None) -> str | None:
        return local(moment, self.zone)
