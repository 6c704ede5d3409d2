"""Somebody asks to hear about fireworks, is written to behind a reply, reads on, says that it helped, and stops it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import event, select
from sqlmodel import SQLModel, col
from typer.testing import CliRunner

from bot.cli.campaigns import app
from bot.clock import FixedClock
from bot.errors import CommandFault
from bot.staff import campaigns
from bot.staff.campaigns import Campaigning
from bot.staff.campaigns_rules import Written, print_of
from bot.store import outbox
from bot.store import person as persons
from bot.store.reach_tables import Campaign, CampaignRecipient, Subscription
from bot.store.tables import Chat
from bot.store.visit_tables import StaffMember
from bot.sweeps import send_campaigns
from bot.visits.sweep import plainly
from bot.wiring import House
from handlers.buttons import Verb, encode
from handlers.marks import mark_of
from handlers.office import Colleague, Role
from handlers.ports import Decision
from handlers.turn import Reply, Turn
from knowledge.prose import line
from tests.bot.staff.crew import Heard
from tests.databases import SqliteFiles
from tests.house import Scripted, house
from tests.stories.player import OnTelegram, on_telegram, on_the_web

ENTRY = "fire-safety/bonfires-and-fireworks"
SEARCH = {"tell me about fireworks": Decision(route="answer", answered=(ENTRY,), score=0.9)}
MESSAGE = "Keep pets in on bonfire night."
MADE = "2026-11-25 10:00:00"


@dataclass
class Evening:
    """Ann on Telegram, and a team of two."""

    built: House
    ann: OnTelegram

    async def campaign(self) -> int:
        """One writes, another agrees."""
        store, library = self.built.store, self.built.knowing.library()
        async with store.write() as unit:
            team = [StaffMember(role=role, created_at=unit.now) for role in ("editor", "coordinator")]
            unit.session.add_all(team)
            await unit.session.flush()
            writer, second = (
                Campaigning(unit, library, Colleague(id=one.id, name="", role=cast(Role, one.role), agency=""), Heard())
                for one in team
            )
            ends = unit.now + dt.timedelta(days=3)
            number = await writer.write(Written("Bonfire night", "fireworks", (), MESSAGE, ENTRY, None, ends))
            assert isinstance(number, int)
            assert await writer.submit(number) == "waiting"
            row = await campaigns.one(unit, number)
            assert row is not None
            assert await second.approve(number, print_of(campaigns.written_of(row))) == "planned"
            return number

    async def sweep(self) -> None:
        await send_campaigns(self.built, lambda step: plainly(step))

    async def rows(self, table: type[SQLModel]) -> list[SQLModel]:
        async with self.built.store.read() as unit:
            return list((await unit.session.execute(select(table))).scalars())


@asynccontextmanager
async def evening_of(url: str, clock: FixedClock) -> AsyncIterator[Evening]:
    async with house(url, clock, Scripted(SEARCH)) as built, on_telegram(built) as ann:
        yield Evening(built, ann)


@pytest.fixture
async def evening(database_url: str, clock: FixedClock) -> AsyncIterator[Evening]:
    async with evening_of(database_url, clock) as made:
        yield made


@pytest.fixture
async def small(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Evening]:
    async with evening_of(sqlite_files.fresh(), clock) as made:
        yield made


async def test_from_asking_to_stopping(evening: Evening, clock: FixedClock) -> None:
    ann = evening.ann
    screen = await ann.say("/topics")
    assert "What would you like to hear about?" in screen
    assert "Fireworks and bonfires" in screen.buttons
    assert "✓ Fireworks and bonfires" in (await ann.tap("Fireworks and bonfires")).buttons
    assert "Which area do you live in?" in await ann.tap("Done")
    assert "I will also send you news for Braunstone" in await ann.tap("Braunstone")
    number = await evening.campaign()
    await evening.sweep()
    async with evening.built.store.write() as unit:
        chat = (await unit.session.execute(select(col(Chat.id)))).scalar_one()
        await outbox.queue_for(unit, chat, Reply(blocks=(line("A reply from the team."),)), "ticket:1")
    clock.move(seconds=1)
    assert (await ann.look()).texts == ("A reply from the team.",), "the campaign waits behind it"
    clock.move(seconds=2)
    screen = await ann.look()
    assert MESSAGE in screen
    assert "You asked to hear about this: Fireworks and bonfires." in screen
    title = evening.built.knowing.library().entry(ENTRY).title
    assert screen.buttons == (title, "Stop these messages")

    await ann.tap(title)
    await ann.tap("That helped")
    assert "Stopped." in await ann.tap("Stop these messages")
    assert await evening.rows(Subscription) == []
    await evening.sweep()
    (row,) = await evening.rows(Campaign)
    assert isinstance(row, Campaign)
    assert (row.id, row.state) == (number, "sending")
    assert (row.queued, row.delivered, row.opened, row.helped, row.unhelpful, row.stopped) == (1, 1, 1, 1, 0, 1)


async def test_what_somebody_taps_costs_few_statements(small: Evening, clock: FixedClock) -> None:
    """In the turn's own transaction; what sends the answer is not counted."""
    await small.ann.say("/topics")
    await small.ann.tap("Fireworks and bonfires")
    number = await small.campaign()
    await small.sweep()
    clock.move(seconds=1)
    await small.ann.look()
    spoken: list[str] = []
    engine = small.built.store.writing.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cur, said, _p, _ctx, _many: spoken.append(said))
    for key, token in enumerate(
        (
            encode(Verb.TOPIC, "on.heaters"),
            encode(Verb.CAMPAIGN, f"o.{number}.{mark_of(ENTRY)}"),
            encode(Verb.HELPED, ENTRY),
            encode(Verb.CAMPAIGN, f"s.{number}.fireworks"),
        )
    ):
        spoken.clear()
        chat = str(small.ann.person.chat.id)
        turn = Turn(
            channel="telegram", bot="braunstone_bot", key=f"tap-{key}", chat=chat, at=clock.now(), kind="tap", tap=token
        )
        await small.built.conversation.take(turn)
        assert len(spoken) <= 8, "\n".join(spoken)
    await small.sweep()
    (row,) = await small.rows(Campaign)
    assert isinstance(row, Campaign)
    assert (row.opened, row.helped, row.stopped) == (1, 1, 1), "they were the taps of somebody who was sent it"


async def test_to_ask_about_something_is_not_to_subscribe(small: Evening) -> None:
    screen = await small.ann.say("tell me about fireworks")
    assert "I write to you only about what you choose" not in screen
    assert "I write to you only about what you choose" in await small.ann.say("please send me safety tips")
    assert await small.rows(Subscription) == []


async def test_stop_means_all_of_it(small: Evening) -> None:
    ann = small.ann
    await ann.say("/topics")
    await ann.tap("Dark nights")
    await ann.tap("Open water")
    await ann.tap("✓ Dark nights")
    assert [row.model_dump()["topic"] for row in await small.rows(Subscription)] == ["open-water"]
    await ann.say("/stop")
    await ann.tap("Stop messages")
    assert await small.rows(Subscription) == []
    assert "You asked me to send you nothing." in await ann.say("/topics")


async def test_who_keeps_something_quiet_is_never_asked(small: Evening) -> None:
    await small.ann.say("/topics")
    await small.ann.say("my husband hits me")
    assert "I only write here when you write to me." in await small.ann.say("/topics")
    await small.ann.tap("Fireworks and bonfires")
    assert await small.rows(Subscription) == []


async def test_the_web_page_says_kindly_why_not(small: Evening) -> None:
    async with on_the_web(small.built) as person:
        assert "I cannot write to you later on this page." in await person.say("/topics")
    assert await small.rows(Subscription) == []


async def test_a_copy_tells_of_it_and_deleting_takes_it_along(small: Evening, clock: FixedClock) -> None:
    ann = small.ann
    await ann.say("/topics")
    await ann.tap("Fireworks and bonfires")
    await small.campaign()
    await small.sweep()
    clock.move(seconds=1)
    await ann.look()
    await ann.say("/stop")
    await ann.tap("Send me a copy")
    (file,) = [message.file for message in ann.person.chat.from_bot() if message.file]
    copied = file.content.decode()
    assert "topic: fireworks" in copied
    assert "name: Bonfire night" in copied
    await ann.say("/stop")
    await ann.tap("Delete my data")
    await ann.tap("Yes, delete it")
    assert (await small.rows(Subscription), await small.rows(CampaignRecipient)) == ([], [])
    async with small.built.store.read() as unit:
        whole = await persons.by_account(unit, "telegram", str(ann.person.chat.id))
        counted = await persons.counted(unit, whole)
    assert counted["subscription"] == counted["campaign_recipient"] == 0


@pytest.fixture
def kept(sqlite_files: SqliteFiles, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The database that the commands find."""
    url = sqlite_files.fresh()
    monkeypatch.setenv("BOT_DATABASE_URL", url)
    monkeypatch.setenv("BOT_KEYS_FILE", str(tmp_path / "bot.keys"))
    return url


def test_the_commands_list_show_pause_and_stop(kept: str) -> None:
    with closing(sqlite3.connect(kept.removeprefix("sqlite:///"))) as database:
        database.execute(
            "INSERT INTO campaign (id, name, topic, areas, text, entry, why, state, ends, made_at, changed_at, queued,"
            " delivered, opened, helped, unhelpful, stopped) VALUES (1, 'Bonfire night', 'fireworks', 'Leicester', ?,"
            " '', '', 'sending', '2026-12-01 18:00:00', ?, ?, 200, 9, 4, 0, 0, 0)",
            (MESSAGE, MADE, MADE),
        )
        database.commit()
    run = CliRunner()
    assert "1  sending  Bonfire night  (fireworks)  at once until 2026-12-01 18:00" in run.invoke(app, ["list"]).output
    shown = run.invoke(app, ["show", "1"]).output
    assert f"To: Leicester\n  Answer: none\n\n{MESSAGE}" in shown
    assert "delivered: 9\n  opened: fewer than 5" in shown
    assert "is paused" in run.invoke(app, ["pause", "1"]).output
    assert "is stopped for good" in run.invoke(app, ["stop", "1"]).output
    again = run.invoke(app, ["stop", "1"])
    assert isinstance(again.exception, CommandFault)
    assert isinstance(run.invoke(app, ["show", "2"]).exception, CommandFault)
