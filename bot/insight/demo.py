"""A quarter of questions that nobody asked, for `bot demo`: so that whoever looks at it sees every chart.

Written straight into the tables, unlike the visits of the last weeks, and summed by the same code as real ones. The
same date, with the same chance, gives the same quarter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlmodel import SQLModel, col

from bot.insight import demo_cast as much
from bot.insight.demo_cast import Cast
from bot.insight.demo_visits import past_visits
from bot.insight.summing import AT_ONCE, sum_once
from bot.store.reach_tables import Campaign, CheckCount, Evidence, SourceCode, SourceCount, Subscription
from bot.store.records import CHOSEN
from bot.store.tables import Chat, Feedback, Question, RouteCount
from bot.store.unit import Store, Unit
from knowledge.entry import Entry
from knowledge.library import Library
from knowledge.visits.slots import instant

Rows = list[dict[str, Any]]
Thing = TypeVar("Thing")
PEOPLE, FIRST = 640, -5001
"""Chats, and the number of the first: no account has one below nought, and no group in which we are a small one."""
SAYS, ALSO_ASKED, ALSO_SAYS, ASKED_LATER, NAMES_AREA, BY_CODE = 0.3, 0.75, 0.7, 0.06, 0.6, 0.4
"""How likely somebody says whether an answer helped; is then asked what they would have done; says it; is asked
later about an organisation; has named their area; came by a poster."""
HELPS, LEFT = 0.84, 0.06
NOT_OURS = "not-ours"
CHECKS = {"begun": 1.0, "finished": 0.72, "visit": 0.2}


@dataclass
class Quarter:
    """The play: what has been asked and said so far."""

    library: Library
    cast: Cast
    chance: Random
    now: dt.datetime
    chats: Sequence[int] = ()
    areas: dict[int, str] = field(default_factory=dict)
    questions: Rows = field(default_factory=list)
    feedback: Rows = field(default_factory=list)
    evidence: Rows = field(default_factory=list)
    routes: Rows = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        """The place's."""
        return ZoneInfo(self.library.place.timezone)

    def ask(self) -> None:
        """Every day's questions up to yesterday, and what was said of the answers."""
        today = self.now.astimezone(self.zone).date()
        for ago in range(much.DAYS, 0, -1):
            day = today - dt.timedelta(days=ago)
            most = much.A_DAY[day.weekday()] * (1 - ago / much.DAYS / 3)
            for _ in range(round(self.chance.uniform(0.7, 1.1) * most)):
                self._one(day)
            self.routes += [self._quietly(day, route) for route in much.QUIET_ROUTES if self.chance.random() < 0.3]

    def pick(self, weights: Mapping[Thing, int]) -> Thing:
        """One of them, as likely as its weight says."""
        return self.chance.choices([*weights], [*weights.values()])[0]

    def where(self) -> str:
        """An area of the place; the nearest more often."""
        names = [area.name for area in self.library.place.areas]
        return self.pick({name: 2 ** (len(names) - place) for place, name in enumerate(names)})

    def _one(self, day: dt.date) -> None:
        chat, route = self.chance.choice(self.chats), self.pick(much.ROUTES)
        at = instant(day, dt.time(self.pick(dict(enumerate(much.HOURS))), self.chance.randrange(60)), self.zone)
        entry = self._entry() if route in ("answer", "choose") else None
        text = self.chance.choice(entry.phrasings) if entry else self.chance.choice(self.cast.unknown)
        self.questions.append(
            {
                "chat_id": chat, "text": text, "route": route, "shown": entry.id if entry else "", "verdict": "",
                "score": self.chance.uniform(0.3, 0.99), "at": at, "state": self._state(route),
                "area": self.areas[chat], "summed": False,
            }
        )  # fmt: skip
        if entry and route == "answer" and self.chance.random() < SAYS:
            self._said_of(entry, chat, at)

    def _state(self, route: str) -> str:
        """Nearly all that nobody could answer has been looked at by the team."""
        if route == "choose":
            return CHOSEN
        return "open" if route != "unknown" or self.chance.random() < LEFT else NOT_OURS

    def _entry(self) -> Entry:
        topics: dict[str, list[Entry]] = {}
        for entry in self.library.entries.values():
            topics.setdefault(entry.category, []).append(entry)
        topic = self.pick({name: much.TOPICS.get(name, much.OTHERS) for name in sorted(topics)})
        held = sorted(topics[topic], key=lambda entry: entry.id)
        return held[min(int(self.chance.expovariate(4 / len(held))), len(held) - 1)]  # the first few are asked most

    def _said_of(self, entry: Entry, chat: int, at: dt.datetime) -> None:
        helped = self.chance.random() < HELPS
        self.feedback.append({"chat_id": chat, "entry": entry.id, "helped": helped, "at": at})
        about = {"chat_id": None, "entry": entry.id, "channel": "telegram", "area": self.areas[chat], "at": at}
        if not helped or entry.tier == "sensitive":
            return
        if self.chance.random() < ALSO_ASKED:
            said = {"about": "answer", "organisation": "", "went": None, "helped": None}
            answered = self.chance.random() < ALSO_SAYS
            self.evidence.append({**about, **said, "instead": self.pick(much.INSTEAD) if answered else None})
        if (helpers := self.library.helpers(entry)) and self.chance.random() < ASKED_LATER:
            self.evidence.append({**about, **self._later(helpers[0].id)})

    def _later(self, organisation: str) -> dict[str, Any]:
        went = self.pick({"yes": 7, "not-yet": 2, "no": 1})
        helped = self.pick({"yes": 6, "bit": 3, "no": 1}) if went == "yes" else None
        instead = self.pick(much.INSTEAD) if helped in ("yes", "bit") else None
        return {"about": "signpost", "organisation": organisation, "went": went, "helped": helped, "instead": instead}

    def _quietly(self, day: dt.date, route: str) -> dict[str, Any]:
        return {"day": day, "route": route, "channel": "telegram", "turns": self.chance.randint(1, 3)}


async def fill(store: Store, library: Library, cast: Cast, chance: Random) -> None:
    """A store in which nobody has asked anything in; a quarter and the one before in it out, up to yesterday."""
    async with store.write() as unit:
        quarter = Quarter(library, cast, chance, unit.now)
        await _posters(unit, quarter)
        await _people(unit, quarter)
        quarter.ask()
        for table, rows in (
            (Question, quarter.questions), (Feedback, quarter.feedback), (Evidence, quarter.evidence),
            (RouteCount, quarter.routes), (CheckCount, checks(quarter)), (Campaign, campaigns(quarter)),
        ):  # fmt: skip
            await _insert(unit, table, rows)
        await past_visits(unit, library, chance, quarter.where)
    many = AT_ONCE
    while many == AT_ONCE:
        async with store.write() as unit:
            many = await sum_once(unit, library)


async def _insert(unit: Unit, table: type[SQLModel], rows: Rows) -> None:
    if rows:
        await unit.session.execute(insert(table), rows)


async def _people(unit: Unit, quarter: Quarter) -> None:
    """Chats of nobody, some of whom came by a poster; they say which area is theirs, and ask to hear of things."""
    codes = {poster.code: poster.share for poster in quarter.cast.posters}
    rows = [
        {
            "channel": quarter.pick({"telegram": 6, "web": 4}), "bot": "", "external_id": str(FIRST - number),
            "session_version": 0, "contact": "ok", "next_seq": 1, "created_at": quarter.now,
            "last_turn_at": quarter.now,
            "source": quarter.pick(codes) if quarter.chance.random() < BY_CODE else None,
        }
        for number in range(PEOPLE)
    ]  # fmt: skip
    await _insert(unit, Chat, rows)
    names = [row["external_id"] for row in rows]
    found = select(col(Chat.id)).where(col(Chat.external_id).in_(names)).order_by(col(Chat.id))
    quarter.chats = (await unit.session.execute(found)).scalars().all()
    quarter.areas = {chat: quarter.where() if quarter.chance.random() < NAMES_AREA else "" for chat in quarter.chats}
    asked = [chat for chat, row in zip(quarter.chats, rows, strict=True) if row["channel"] == "telegram"]
    topics = sorted({campaign.topic for campaign in quarter.cast.campaigns})
    await _insert(unit, Subscription, [
        {"chat_id": chat, "topic": topic, "area": quarter.areas[chat], "since": quarter.now}
        for chat in asked for topic in topics if quarter.chance.random() < NAMES_AREA
    ])  # fmt: skip


async def _posters(unit: Unit, quarter: Quarter) -> None:
    """Codes that hang somewhere, and how often each was opened in the last quarter."""
    made = {"area": quarter.library.place.areas[0].name if quarter.library.place.areas else "", "made_at": quarter.now}
    await _insert(unit, SourceCode, [
        {"code": one.code, "label": one.label, "campaign_id": None, "ended_at": None, **made}
        for one in quarter.cast.posters
    ])  # fmt: skip
    days = [quarter.now.date() - dt.timedelta(days=ago) for ago in range(1, much.DAYS)]
    await _insert(unit, SourceCount, [
        {"day": day, "code": one.code, "channel": channel, "opened": opened}
        for day in days for one in quarter.cast.posters for channel in ("telegram", "web")
        if (opened := quarter.chance.randint(0, one.share) // 2)
    ])  # fmt: skip


def checks(quarter: Quarter) -> Rows:
    """How often the home check was begun and finished in each month, and what was answered."""
    return [row for month in _months(quarter) for row in _checked(quarter, month)]


def _months(quarter: Quarter) -> Iterator[dt.date]:
    first = quarter.now.date().replace(day=1)
    for _ in range(much.DAYS // 30):
        yield first
        first = (first - dt.timedelta(days=1)).replace(day=1)


def _checked(quarter: Quarter, month: dt.date) -> Iterator[dict[str, Any]]:
    begun, area = quarter.chance.randint(45, 75), quarter.where()
    for step, share in CHECKS.items():
        yield {"month": month, "topic": "", "answer": step, "area": area, "turns": round(begun * share)}
    for topic in quarter.library.check_topics:
        left = begun
        for answer in topic.answers:
            given = round(left * (0.55 if answer.good else 0.3))
            left -= given
            if given:
                yield {"month": month, "topic": topic.id, "answer": answer.id, "area": area, "turns": given}


def campaigns(quarter: Quarter) -> Rows:
    """What was sent, and what waits for a second person."""
    return [_campaign(quarter, one) for one in quarter.cast.campaigns]


def _campaign(quarter: Quarter, one: much.Campaigned) -> dict[str, Any]:
    starts = quarter.now + dt.timedelta(days=one.begins)
    ends = starts + dt.timedelta(days=one.lasts)
    nothing = dict.fromkeys(("queued", "delivered", "opened", "helped", "unhelpful", "stopped"), 0)
    return {
        "name": one.name, "topic": one.topic, "areas": "", "text": one.text, "entry": one.entry, "state": one.state,
        "starts": starts, "ends": ends, "made_at": starts - dt.timedelta(days=7), "changed_at": starts, "why": "",
        "ended_at": ends if one.state == "done" else None, **nothing, **one.counts,
    }  # fmt: skip
