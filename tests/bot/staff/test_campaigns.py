"""Campaigns: who agrees, who gets them, when, how fast, and what pausing and stopping does, on both databases."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlmodel import col

from bot.clock import FixedClock
from bot.delivery.deliver import Delivery
from bot.errors import Blocked
from bot.staff import campaigns, campaigns_going, campaigns_sending
from bot.staff.campaigns import Campaigning, Figures
from bot.staff.campaigns_audience import audience
from bot.staff.campaigns_rules import Written, cleaned, evening, faults, in_hours, next_morning, print_of, suppressed
from bot.staff.campaigns_sending import AHEAD, GAP, PRIORITY, Post, queue_all, send_due
from bot.staff.outcomes import Refusal
from bot.store import outbox
from bot.store.reach_tables import Campaign, CampaignRecipient, Subscription
from bot.store.switch import turn_off, turn_on
from bot.store.tables import Chat, Outbox
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import StaffMember
from bot.visits.sweep import plainly
from handlers.campaigns import Letter, letter
from handlers.catalogue import Texts
from handlers.office import Colleague
from handlers.turn import Reply, Session, Waiting
from knowledge.prose import line
from tests.bot.staff.crew import Heard, braunstone_alone
from tests.databases import SqliteFiles

ENTRY = "fire-safety/bonfires-and-fireworks"
TEXT = "**Bonfire night is near.** Keep pets in. Keep a bucket of water close by."
SENSITIVE = "health-and-wellbeing/drugs"
ASHA = Colleague(id=1, name="Asha", role="editor", agency="fire")
CARA = Colleague(id=2, name="Cara", role="coordinator", agency="")
BO = Colleague(id=3, name="Bo", role="admin", agency="")
WEDNESDAY = FixedClock().at
"""10:00 in London, in winter: the same in UTC."""


def written(**changes: object) -> Written:
    values: dict[str, object] = {
        "name": "Bonfire night", "topic": "fireworks", "text": TEXT, "entry": ENTRY,
        "ends": WEDNESDAY + dt.timedelta(days=5), **changes,
    }  # fmt: skip
    return Written(**values)  # type: ignore[arg-type]


@dataclass
class Phones:
    """Takes what is sent, in order; a number in `gone` has blocked us."""

    sent: list[tuple[str, Reply]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    async def send(self, chat: str, reply: Reply) -> str | None:
        if chat in self.gone:
            raise Blocked(reason="blocked")
        self.sent.append((chat, reply))
        return str(len(self.sent))


@dataclass
class Town:
    """One store, people who asked to hear of fireworks, and their phones."""

    store: Store
    clock: FixedClock
    phones: Phones = field(default_factory=Phones)
    heard: Heard = field(default_factory=Heard)

    async def people(self, count: int, topic: str = "fireworks", area: str = "", **values: object) -> list[int]:
        """So many chats that want a topic; `values` are columns of theirs."""
        async with self.store.write() as unit:
            first = len((await unit.session.execute(select(col(Chat.id)))).all())
            common = {"channel": "telegram", "created_at": unit.now, "last_turn_at": unit.now, **values}
            rows = [{"external_id": str(first + n), **common} for n in range(count)]
            made = await unit.session.execute(insert(Chat).returning(col(Chat.id), sort_by_parameter_order=True), rows)
            ids = list(made.scalars())
            wants = [{"chat_id": chat, "topic": topic, "area": area, "since": unit.now} for chat in ids]
            await unit.session.execute(insert(Subscription), wants)
        return ids

    async def act(self, who: Colleague, what: str, *values: object) -> object:
        async with self.store.write() as unit:
            return await getattr(Campaigning(unit, braunstone_alone(), who, self.heard), what)(*values)

    async def approves(self, who: Colleague, number: int) -> object:
        """Agree to it as it is at this moment."""
        return await self.act(who, "approve", number, print_of(campaigns.written_of(await self.row(number))))

    async def stops(self, what: str, number: int) -> object:
        """`pause` or `stop`."""
        async with self.store.write() as unit:
            return await getattr(campaigns, what)(unit, number, self.heard)

    async def planned(self, **changes: object) -> int:
        """A campaign that Asha wrote and Cara agreed to; its number."""
        number = await self.act(ASHA, "write", written(**changes))
        assert isinstance(number, int)
        assert await self.act(ASHA, "submit", number) == "waiting"
        assert await self.approves(CARA, number) == "planned"
        return number

    async def sweep(self) -> None:
        await send_due(self.post(), plainly)

    def post(self) -> Post:
        return Post(self.store, braunstone_alone(), Texts)

    async def deliver(self) -> list[str]:
        """Send what is due; to whom, in order."""
        before = len(self.phones.sent)
        await Delivery(self.store, self.phones).deliver_due()
        return [chat for chat, _ in self.phones.sent[before:]]

    async def rows(self, table: type[Outbox | CampaignRecipient | Campaign]) -> list[object]:
        async with self.store.read() as unit:
            return list((await unit.session.execute(select(table))).scalars())

    async def waiting(self) -> list[Outbox]:
        return [row for row in await self.rows(Outbox) if isinstance(row, Outbox) and row.state == "waiting"]

    async def row(self, number: int) -> Campaign:
        async with self.store.read() as unit:
            return await unit.session.get_one(Campaign, number)

    async def change(self, chat: int, **values: object) -> None:
        async with self.store.write() as unit:
            await unit.session.execute(update(Chat).where(col(Chat.id) == chat).values(**values))

    async def quiet(self, chat: int) -> None:
        """They wrote of a crisis."""
        await self.remembers(chat, quiet=True)

    async def remembers(self, chat: int, **session: object) -> None:
        """What stands in the session of a chat."""
        sealed = self.store.vault.seal("chat.session", Session.model_validate(session).model_dump_json())
        await self.change(chat, session=sealed, session_version=1)

    async def leave(self, chat: int) -> None:
        async with self.store.write() as unit:
            row = await unit.session.get_one(Subscription, (chat, "fireworks"))
            await unit.session.delete(row)


async def town_of(url: str, clock: FixedClock) -> AsyncIterator[Town]:
    store = Store(url, throwaway_vault(), clock)
    async with store.write() as unit:
        unit.session.add_all(StaffMember(role=one.role, created_at=clock.now()) for one in (ASHA, CARA, BO))
    yield Town(store, clock)
    await store.close()


@pytest.fixture
async def town(database_url: str, clock: FixedClock) -> AsyncIterator[Town]:
    async for made in town_of(database_url, clock):
        yield made


@pytest.fixture
async def small(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Town]:
    """On SQLite alone, where a test is about a decision and not about SQL."""
    async for made in town_of(sqlite_files.fresh(), clock):
        yield made


async def test_it_goes_to_those_who_asked_behind_a_waiting_reply_and_is_counted(town: Town) -> None:
    ann, bob, stopped, gone, fearful = await town.people(5)
    await town.people(1, topic="heaters")
    (web,) = await town.people(1, channel="web")
    await town.change(stopped, contact="reply_only")
    await town.change(gone, blocked_at=WEDNESDAY)
    await town.quiet(fearful)
    number = await town.planned()
    await town.sweep()
    queued = await town.waiting()
    assert [(row.chat_id, row.priority, row.key) for row in queued] == [
        (ann, PRIORITY, f"campaign:{number}:{ann}:0"),
        (bob, PRIORITY, f"campaign:{number}:{bob}:0"),
    ]
    assert web not in {row.chat_id for row in queued}

    async with town.store.write() as unit:
        await outbox.queue_for(unit, bob, Reply(blocks=(line("Your answer."),)), "ticket:1")
    town.clock.move(seconds=1)
    first = await town.deliver()
    assert first == ["1", "0"], "the reply before any campaign; a second between two messages to one chat"
    town.clock.move(seconds=2)
    assert await town.deliver() == ["1"]
    words = [reply.blocks[0] for _, reply in town.phones.sent]
    assert words[0] == line("Your answer.")
    assert words[1] == words[2] != words[0]
    await town.sweep()
    row = await town.row(number)
    assert (row.state, row.queued, row.delivered) == ("sending", 2, 2)
    assert [act for act, _ in town.heard] == ["campaign written", "campaign submit", "campaign approve"]


async def test_whoever_stops_between_queueing_and_sending_gets_nothing(town: Town) -> None:
    left, silent, hurt, _stays = await town.people(4)
    await town.planned()
    await town.sweep()
    assert len(await town.waiting()) == 4
    await town.leave(left)
    await town.change(silent, contact="reply_only")
    await town.quiet(hurt)
    town.clock.move(seconds=1)
    assert await town.deliver() == ["3"]
    assert await town.waiting() == []


async def test_nobody_in_danger_is_sent_one_until_days_later(town: Town) -> None:
    """Neither queued nor, where it was queued a moment before, sent; and nobody else has to wait for them."""
    open_question = {"waiting": Waiting(form="danger", step="emergency")}
    before, since, asked, well = await town.people(4)
    await town.remembers(before, alarmed=WEDNESDAY - dt.timedelta(minutes=3))
    await town.planned()
    await town.sweep()
    assert [row.chat_id for row in await town.waiting()] == [since, asked, well]
    await town.remembers(since, alarmed=town.clock.now())
    await town.remembers(asked, **open_question)
    town.clock.move(seconds=1)
    async with town.store.write() as unit:
        await outbox.queue_for(unit, since, Reply(blocks=(line("Your visit is tomorrow."),)), "visit:1")
    assert sorted(await town.deliver()) == ["1", "3"], "a reminder goes all the same"
    assert town.phones.sent[0][1].blocks == (line("Your visit is tomorrow."),)
    assert await town.waiting() == []
    late = (await town.people(1))[0]
    await town.sweep()
    assert [row.chat_id for row in await town.waiting()] == [late]

    town.clock.move(days=2, hours=23)
    await town.sweep()
    assert await town.deliver() == ["4"], "three days are not over, and a question is open"
    await town.remembers(asked)
    town.clock.move(hours=2)
    await town.sweep()
    town.clock.move(seconds=1)
    assert sorted(await town.deliver()) == ["0", "1", "2"]


async def test_what_is_taken_back_in_the_sender_s_hands_is_not_sent(small: Town) -> None:
    """Between reading a message and marking it as tried, it was paused."""
    await small.people(1)
    number = await small.planned()
    await small.sweep()
    small.clock.move(seconds=1)
    async with small.store.write() as unit:
        queued = await outbox.next_for(unit, 1)
        assert queued is not None
        await unit.session.execute(update(Campaign).values(state="paused"))
        await campaigns.take_back(unit, number)
        assert await campaigns_going.let_go(unit, queued) is False
        assert not await outbox.tried(unit, queued.id)


async def test_one_that_began_at_once_says_when(small: Town) -> None:
    number = await small.planned()
    assert (await small.row(number)).starts is None
    await small.sweep()
    began = small.clock.now()
    small.clock.move(minutes=1)
    await small.sweep()
    assert (await small.row(number)).starts == began


async def test_pause_and_stop_at_once(town: Town) -> None:
    await town.people(3)
    number = await town.planned()
    await town.sweep()
    assert await town.stops("pause", number) == "paused"
    assert (await town.waiting(), await town.rows(CampaignRecipient)) == ([], [])
    town.clock.move(seconds=30)
    await town.sweep()
    assert await town.deliver() == []
    assert await town.act(ASHA, "go_on", number) == Refusal("staff.edit.not-yours")
    assert await town.act(CARA, "go_on", number) == "planned"
    await town.sweep()
    town.clock.move(seconds=1)
    assert sorted(await town.deliver()) == ["0", "1", "2"]

    other = await town.planned(name="Again")
    town.clock.move(days=1)
    await town.sweep()
    assert await town.stops("stop", other) == "stopped"
    assert await town.waiting() == []
    assert await town.act(CARA, "go_on", other) == campaigns.GONE


async def test_one_that_is_being_queued_as_it_is_paused_does_not_go(small: Town) -> None:
    """What a pause could not take back, because it may have been sent already, is held where it goes out."""
    await small.people(1)
    number = await small.planned()
    await small.sweep()
    async with small.store.write() as unit:
        await unit.session.execute(update(Outbox).values(maybe_sent=True))
    await small.stops("pause", number)
    small.clock.move(minutes=1)
    assert await small.deliver() == []
    await small.act(CARA, "go_on", number)
    await small.sweep()
    small.clock.move(minutes=5)
    assert await small.deliver() == ["0"]


async def test_two_sweeps_at_once_queue_nobody_twice(town: Town) -> None:
    await town.people(230)
    number = await town.planned()
    await town.sweep()
    town.clock.move(days=1)
    async with town.store.write() as unit:
        await unit.session.execute(update(Campaign).values(state="paused"))
        await campaigns.take_back(unit, number)
        await unit.session.execute(update(Campaign).values(state="sending"))
    await asyncio.gather(*(queue_all(town.post(), number) for _ in range(3)))
    rows = await town.waiting()
    assert len({row.chat_id for row in rows}) == len(rows) == 230
    moments = sorted(row.not_before for row in rows if row.not_before)
    assert all(later - earlier >= GAP for earlier, later in itertools.pairwise(moments))
    assert moments[-1] <= town.clock.now() + AHEAD


async def test_never_further_ahead_than_what_is_quickly_taken_back(
    small: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaigns_sending, "AHEAD", dt.timedelta(seconds=5))
    most = 5 * 25
    await small.people(most + 5)
    await small.planned()
    await small.sweep()
    assert len(await small.waiting()) == most


async def test_one_a_day_to_one_chat(small: Town) -> None:
    await small.people(1)
    await small.planned()
    await small.planned(name="Another")
    await small.sweep()
    assert len(await small.rows(Outbox)) == 1
    small.clock.move(days=1)
    await small.sweep()
    assert len(await small.rows(Outbox)) == 2


async def test_areas(small: Town) -> None:
    await small.people(1, area="Leicester")
    (near,) = await small.people(1, area="Braunstone")
    await small.people(1)
    await small.planned(areas=("Braunstone",))
    await small.sweep()
    assert [row.chat_id for row in await small.waiting()] == [near]
    async with small.store.read() as unit:
        assert [await audience(unit, "fireworks", areas) for areas in ((), ("Leicester",))] == [3, 1]


async def test_not_at_night_not_while_switched_off_and_not_after_its_end(small: Town) -> None:
    await small.people(1)
    number = await small.planned()
    small.clock.at = WEDNESDAY.replace(hour=20)
    await small.sweep()
    assert await small.waiting() == []
    small.clock.at = WEDNESDAY.replace(hour=19, minute=59, second=59)
    await small.sweep()
    assert len(await small.waiting()) == 1
    small.clock.move(seconds=2)
    assert await small.deliver() == [], "it was queued in time, and would have come at night"
    small.clock.at = WEDNESDAY.replace(day=26, hour=9)
    async with small.store.write() as unit:
        await turn_off(unit, "Back soon.")
    assert await small.deliver() == []
    async with small.store.write() as unit:
        await turn_on(unit)
    small.clock.move(minutes=5)
    assert await small.deliver() == ["0"]
    await small.people(1)
    await small.sweep()
    small.clock.at = WEDNESDAY + dt.timedelta(days=5)
    assert await small.deliver() == [], "after its end nothing goes, also what the sweep has not found yet"
    await small.sweep()
    done = await small.row(number)
    assert (done.state, done.ended_at) == ("done", small.clock.now())


async def test_two_people_agree(small: Town) -> None:
    number = await small.act(CARA, "write", written())
    assert isinstance(number, int)
    assert await small.act(CARA, "submit", number) == "waiting"
    assert await small.approves(CARA, number) == Refusal("staff.edit.not-by-yourself")
    assert await small.approves(ASHA, number) == Refusal("staff.edit.not-by-yourself"), "an editor agrees to none"
    assert await small.act(BO, "send_back", number, "Say when.") == "draft"
    assert (await small.row(number)).why == "Say when."
    assert await small.act(BO, "write", written(), number) == number
    await small.act(CARA, "submit", number)
    assert await small.approves(BO, number) == Refusal("staff.edit.not-by-yourself"), "who wrote last wrote it"
    assert await small.approves(CARA, number) == "planned"
    assert await small.act(ASHA, "write", written(), number) == campaigns.GONE, "what is agreed to stays as it is"
    await small.people(1)
    await small.sweep()
    assert len(await small.waiting()) == 1


async def test_whoever_agrees_agrees_to_what_they_have_read(town: Town) -> None:
    """The author takes it back, changes it and sends it again, while the page of a second person is open."""
    number = await town.act(ASHA, "write", written())
    assert isinstance(number, int)
    await town.act(ASHA, "submit", number)
    seen = print_of(campaigns.written_of(await town.row(number)))
    await town.act(ASHA, "send_back", number, "")
    await town.act(ASHA, "write", written(text="Ring this number instead."), number)
    await town.act(ASHA, "submit", number)
    assert await town.act(CARA, "approve", number, seen) == campaigns.CHANGED
    assert (await town.row(number)).state == "waiting"
    assert await town.act(CARA, "approve", number, "") == campaigns.CHANGED
    assert await town.approves(CARA, number) == "planned"


@pytest.mark.parametrize(
    "changes",
    [{"text": "Other."}, {"areas": ("Braunstone",)}, {"entry": ""}, {"topic": "heaters"}, {"starts": WEDNESDAY}],
)
def test_whatever_is_sent_is_in_its_print(changes: dict[str, object]) -> None:
    assert print_of(written()) == print_of(written())
    assert print_of(written(**changes)) != print_of(written())


def test_an_answer_that_became_sensitive_is_not_named_on_a_button() -> None:
    library = braunstone_alone()
    sensitive = letter(Texts(), library, Letter(id=1, topic="fireworks", text=TEXT, entry=SENSITIVE))
    assert [button.label for row in sensitive.buttons for button in row] == ["Stop these messages"]
    assert len(letter(Texts(), library, Letter(id=1, topic="fireworks", text=TEXT, entry=ENTRY)).buttons) == 2


async def test_figures_outlive_whom_they_count(small: Town) -> None:
    await small.people(1)
    number = await small.planned()
    await small.sweep()
    async with small.store.write() as unit:
        await unit.session.execute(update(CampaignRecipient).values(opened_at=unit.now, helped=False))
    await small.sweep()
    async with small.store.write() as unit:
        await campaigns.take_back(unit, number)
    await small.sweep()
    async with small.store.read() as unit:
        row = await unit.session.get_one(Campaign, number)
        assert await campaigns.figures(unit, row) == Figures(queued=1, opened=1, unhelpful=1)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"text": " "}, "no-text"),
        ({"text": "Keep it safe. " * 50}, "long"),
        ({"text": "## Fire\n\nKeep back."}, "markup"),
        ({"text": "Keep <b>back</b>."}, "markup"),
        ({"text": "Read [this](answers)."}, "link"),
        ({"text": "Responsible organisations recommend precautionary preparation beforehand."}, "hard"),
        ({"name": "\0 "}, "no-name"),
        ({"topic": "cats"}, "topic"),
        ({"areas": ("Atlantis",)}, "area"),
        ({"entry": "fire-safety/dragons"}, "entry"),
        ({"entry": SENSITIVE}, "sensitive"),
        ({"ends": None}, "times"),
        ({"starts": WEDNESDAY + dt.timedelta(days=6)}, "times"),
        ({"ends": WEDNESDAY + dt.timedelta(days=93)}, "lasts"),
    ],
)
def test_what_may_not_be_sent(changes: dict[str, object], fault: str) -> None:
    (refused,) = faults(cleaned(written(**changes)), braunstone_alone(), WEDNESDAY)
    assert refused.text_id == f"staff.campaign.{fault}"
    assert Texts().say(refused.text_id, **refused.facts)


async def test_what_is_wrong_is_kept_as_a_draft_and_goes_no_further(small: Town) -> None:
    number = await small.act(ASHA, "write", written(text="\0"))
    assert await small.act(ASHA, "submit", number) == Refusal("staff.campaign.no-text")
    assert isinstance(number, int)
    assert ((await small.row(number)).state, (await small.row(number)).text) == ("draft", "")


def test_what_may_be_sent_has_no_fault() -> None:
    assert faults(written(areas=("Braunstone",)), braunstone_alone(), WEDNESDAY) == ()


@given(st.integers(0, 2 * 365 * 24 * 60))
def test_hours_meet(minutes: int) -> None:
    """At every moment of a year either somebody may be written to until the evening, or from the next morning on."""
    at = WEDNESDAY + dt.timedelta(minutes=minutes)
    if in_hours(at):
        assert at < evening(at) <= at + dt.timedelta(hours=11)
        assert not in_hours(evening(at))
    else:
        assert at < next_morning(at) <= at + dt.timedelta(hours=14)
        assert in_hours(next_morning(at))


def test_few_are_not_counted_out() -> None:
    assert [suppressed(count) for count in (0, 4, 5, 100)] == [None, None, 5, 100]
