"""A slice of `make chaos`: the same people, the same nemesis and the same judge, for some seconds."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from benchmarks.chaos.checker import KILLS
from benchmarks.chaos.evidence import Rows
from benchmarks.chaos.people import Phone
from benchmarks.chaos.plan import SETTINGS, Plan, Setting
from benchmarks.chaos.run import run
from benchmarks.chaos.sent import read_by, without_cause
from benchmarks.chaos.table import table
from benchmarks.chaos.visits import overbooked
from bot.store.tables import Chat, Outbox
from bot.store.visit_tables import Occupied, Visit
from handlers.turn import Reply
from knowledge.prose import line
from tests.fake_telegram import FakeTelegram

SHORT = Plan(
    seconds=0,
    updates=40,
    kills=2,
    answers=5,
    silent=8,
    askers=8,
    bookers=4,
    leavers=2,
    thinks=0.2,
    pause=0.2,
    stopped=0.5,
    hurried=True,
)
POLLING, _, CLUSTER = SETTINGS
AT = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)


@pytest.mark.parametrize("setting", [POLLING, CLUSTER], ids=["sqlite", "postgres"])
async def test_nothing_is_lost_doubled_mixed_up_or_untrue(setting: Setting) -> None:
    verdict = await run(setting, SHORT)
    assert verdict.findings() == []
    assert verdict.done[KILLS] >= SHORT.kills
    assert verdict.done["updates"] >= SHORT.updates
    assert setting.name in table([verdict], "make chaos")


def row(number: int, words: str) -> tuple[Outbox, Reply]:
    """A message that counts as sent."""
    key = f"telegram:braunstone_bot:{number}:0"
    return Outbox(id=number, key=key, chat_id=1, seq=number, state="sent", created_at=AT), Reply(blocks=(line(words),))


def rows_of(phone: Phone, *given: tuple[Outbox, Reply]) -> Rows:
    """What the database holds for one person."""
    chat = Chat(id=1, channel="telegram", external_id=str(phone.person.id), created_at=AT, last_turn_at=AT)
    empty: dict[str, tuple[()]] = {each.name: () for each in dataclasses.fields(Rows)}
    held = {"chats": (chat,), "outbox": [one for one, _ in given], "replies": {one.id: said for one, said in given}}
    return Rows(**{**empty, **held})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("read", "unread", "disordered", "extra"),
    [
        ("One Two", 0, 0, 0),
        ("One", 1, 0, 0),
        ("Two One", 1, 1, 0),
        ("One One Two", 0, 0, 1),
        ("One Two Two", 0, 0, 1),
        ("One Two One", 0, 1, 0),
        ("One Two Three", 0, 1, 0),
    ],
)
def test_the_judge_sees_what_is_lost_late_and_twice(
    read: str, unread: int, disordered: int, extra: int, tmp_path: Path
) -> None:
    fake = FakeTelegram()
    phone = Phone(fake, fake.person("Ann"), "asker")
    for words in read.split():
        phone.person.chat.add(fake.world.bot, AT, {"text": words})
    found = read_by(phone, rows_of(phone, row(1, "One"), row(2, "Two")))
    assert (len(found.unread), len(found.disordered), found.extra) == (unread, disordered, extra)


@pytest.mark.parametrize(
    ("read", "causes", "alone"),
    [
        ((0,), (), 0),
        ((0, 1), (), 1),
        ((0, 1), (0.5,), 0),
        ((0, 1), (2,), 1),
        ((0, 1, 2), (0.5,), 1),
        ((0, 1, 2), (0.5, 1.5), 0),
        ((0, 6), (), 0),
        ((0, 31), (), 1),
    ],
)
def test_each_copy_needs_a_cause_of_its_own(read: tuple[float, ...], causes: tuple[float, ...], alone: int) -> None:
    moments = [[AT + dt.timedelta(seconds=each) for each in given] for given in (read, causes)]
    assert without_cause(*moments) == alone


@pytest.mark.parametrize(
    ("state", "cells", "wrong"),
    [("booked", 4, 0), ("booked", 3, 1), ("held", 4, 0), ("offered", 4, 0), ("expired", 4, 1), ("cancelled", 1, 1)],
)
def test_the_judge_sees_time_that_is_lacking_or_kept(state: str, cells: int, wrong: int) -> None:
    starts = AT.replace(hour=10, minute=15)
    ends = starts + dt.timedelta(minutes=30)
    visit = Visit(
        id=1, reference="AAA-BBB", uid="1", state=state, starts=starts, ends=ends, visitors_needed=1, created_at=AT
    )
    quarters = [Occupied(staff_id=1, cell=AT + dt.timedelta(minutes=15 * each), visit_id=1) for each in range(cells)]
    empty: dict[str, tuple[()]] = {each.name: () for each in dataclasses.fields(Rows)}
    assert len(overbooked(Rows(**{**empty, "visits": (visit,), "cells": quarters}))) == wrong  # type: ignore[arg-type]
