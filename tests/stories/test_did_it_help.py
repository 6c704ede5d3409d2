"""Did it help: one question at once, a few a week later for who wants them. Nobody else is asked, or written to."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlmodel import col

from bot.clock import FixedClock
from bot.delivery.loop import tidy_once
from bot.staff import proof
from bot.store import chats, person_copy, privacy, switch
from bot.store import person as persons
from bot.store.reach_tables import Evidence, FollowUp
from bot.store.tables import Feedback, Outbox
from bot.sweeps import follow_up
from bot.visits.sweep import plainly
from bot.wiring import House
from handlers import buttons
from handlers.buttons import Verb
from handlers.ports import Decision
from handlers.proof import askable
from handlers.turn import Turn
from knowledge.avoided import WAYS
from tests.bot.console.answering import answering, words
from tests.databases import SqliteFiles
from tests.house import Scripted, braunstone, house
from tests.stories.player import OnTelegram, Screen, on_telegram, on_the_web

CANDLES, FOOD, DRUGS = "fire-safety/candles", "health-and-wellbeing/food-banks", "health-and-wellbeing/drugs"
SEARCH = {
    word: Decision(route="answer", answered=(slug,), score=0.99)
    for word, slug in (("candles", CANDLES), ("food", FOOD), ("drugs", DRUGS))
}
ASKS = "What would you have done without this?"
LATER = "Ask me in a week if it helped"
FIRE = "Leicestershire Fire and Rescue Service"
FIRE_ID = "leicestershire-fire-and-rescue"


@dataclass
class World:
    """Ann on Telegram, and what was written down."""

    built: House
    ann: OnTelegram
    clock: FixedClock

    async def asked(self, word: str) -> Screen:
        await self.ann.say(word)
        return await self.ann.tap("That helped")

    async def agreed(self) -> Screen:
        await self.asked("candles")
        return await self.ann.tap(LATER)

    async def later(self, **by: float) -> Screen:
        """What comes by itself in the meantime."""
        self.clock.move(**by)
        await follow_up(self.built, plainly)
        return await self.ann.look()

    async def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        async with self.built.store.read() as unit:
            return [tuple(row) for row in (await unit.session.execute(select(*columns))).all()]

    async def states(self) -> list[str]:
        return [row[0] for row in await self.rows(col(FollowUp.state))]

    async def evidence(self) -> list[tuple[Any, ...]]:
        return await self.rows(
            col(Evidence.about), col(Evidence.entry), col(Evidence.organisation), col(Evidence.went),
            col(Evidence.helped), col(Evidence.instead), col(Evidence.channel), col(Evidence.area),
        )  # fmt: skip


async def world_on(url: str, clock: FixedClock) -> AsyncIterator[World]:
    async with house(url, clock, Scripted(SEARCH)) as built, on_telegram(built) as ann:
        yield World(built, ann, clock)


@pytest.fixture
async def world(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[World]:
    async for made in world_on(sqlite_files.fresh(), clock):
        yield made


@pytest.fixture
async def both(database_url: str, clock: FixedClock) -> AsyncIterator[World]:
    """The same on each database."""
    async for made in world_on(database_url, clock):
        yield made


async def test_after_an_answer_one_question_that_may_be_ignored(world: World) -> None:
    screen = await world.asked("candles")
    assert "Thank you for telling us" in screen
    assert ASKS in screen
    assert "It is fine to ignore it." in screen
    assert screen.buttons == ("Rung 999", "Rung 101", "Rung 111 or my GP", "Nothing, or something else", LATER)
    screen = await world.ann.tap("Rung 101")
    assert screen.texts == ("Thank you.",)
    assert not any("Rung 101" in message.buttons for message in world.ann.person.chat.from_bot())
    assert await world.evidence() == [("answer", CANDLES, "", None, "yes", "101", "telegram", "")]


async def test_what_was_answered_once_stays_as_it_was_said(world: World) -> None:
    await world.asked("candles")
    await world.ann.tap("Rung 999")
    newest = world.ann.person.chat.from_bot()[-1]
    world.ann.fake.world.tap(world.ann.person.user, newest, buttons.encode(Verb.PROOF, "instead.nothing"))
    await world.ann.deliver()
    assert [row[5] for row in await world.evidence()] == ["999"]


async def test_the_area_that_they_named_is_counted_with_it(world: World) -> None:
    await world.ann.say("food")
    await world.ann.tap("More")
    await world.ann.tap("Near me")
    assert "only the name of that area" in await world.ann.say("le3 2aa")
    await world.ann.tap("That helped")
    assert [row[7] for row in await world.evidence()] == ["Braunstone"]


async def test_nobody_is_asked_twice_within_a_week(world: World) -> None:
    assert ASKS in await world.asked("candles")
    world.clock.move(days=6, hours=23)
    again = await world.asked("food")
    assert "Thank you for telling us" in again
    assert ASKS not in again
    world.clock.move(hours=2)
    assert ASKS in await world.asked("food")


async def test_the_web_page_is_asked_at_once_but_never_later(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    async with house(sqlite_files.fresh(), clock, Scripted(SEARCH)) as built, on_the_web(built) as ann:
        await ann.say("candles")
        assert LATER not in (await ann.tap("More")).buttons
        screen = await ann.tap("That helped")
        assert ASKS in screen
        assert LATER not in screen.buttons
        assert "Thank you." in await ann.tap("Rung 111 or my GP")


@pytest.mark.parametrize("words", ["I want to kill myself", "my husband hits me"])
async def test_after_crisis_or_abuse_nothing_is_asked_kept_or_sent(world: World, words: str) -> None:
    await world.agreed()
    before = await world.evidence()
    await world.ann.say(words)
    screen = await world.asked("food")
    assert ASKS not in screen
    assert LATER not in screen.buttons
    await world.ann.tap("Rung 999")  # of the question that stands further up
    assert await world.evidence() == before
    assert await world.rows(col(Feedback.entry)) == [(CANDLES,)]
    assert (await world.later(days=7)).texts == ()
    assert await world.states() == ["dropped"]


@pytest.mark.parametrize(("words", "then"), [("my house is on fire", "no"), ("I can smell gas in the kitchen", "yes")])
async def test_after_an_emergency_nobody_is_asked_what_else_they_would_do(world: World, words: str, then: str) -> None:
    assert "999" in (await world.ann.say(words)).first_line
    await world.ann.say(then)
    assert ASKS not in await world.asked("candles")


async def test_nor_about_anything_sensitive(world: World) -> None:
    screen = await world.asked("drugs")
    assert "Thank you for telling us" in screen
    assert ASKS not in screen
    assert LATER not in screen.buttons
    library = braunstone().holding
    named = {one.id for entry in library.entries.values() for one in askable(library, entry)}
    assert FIRE_ID in named
    assert named & {"turning-point-leicester", "samaritans", "freeva", "childline", "crimestoppers"} == set()


async def test_a_week_later_whoever_agreed_is_asked_step_by_step(both: World) -> None:
    screen = await both.agreed()
    assert f"In a week I will ask you here, once, how you got on with {FIRE}." in screen
    assert (await both.later(days=6)).texts == ()
    screen = await both.later(days=1)
    assert screen.first_line == "Hello. A week ago you said that I may ask you something."
    assert f"Did you get in touch with {FIRE}?" in screen
    assert screen.buttons == ("Yes", "Not yet", "No", "Stop these questions")
    assert "Did they help?" in await both.ann.tap("Yes")
    assert "What would you have done without them?" in await both.ann.tap("A bit")
    assert "That is all I wanted to ask." in await both.ann.tap("Rung 999")
    assert (await both.evidence())[1:] == [("signpost", CANDLES, FIRE_ID, "yes", "bit", "999", "telegram", "")]
    assert await both.states() == ["answered"]
    (key,) = [row[0] for row in await both.rows(col(Outbox.key)) if row[0].startswith("followup:")]
    assert key.startswith("followup:1:")
    assert (await both.later(days=1)).texts == ()


async def test_each_answer_is_kept_by_itself_and_one_tap_stops(world: World) -> None:
    await world.agreed()
    await world.later(days=7)
    await world.ann.tap("Yes")
    screen = await world.ann.tap("Stop these questions")
    assert screen.texts == ("Fine. I will not ask about any of these again.",)
    assert (await world.evidence())[1][3:6] == ("yes", None, None)


@pytest.mark.parametrize(("taps", "last"), [(["Not yet"], "That is all"), (["Yes", "No"], "could not help")])
async def test_what_did_not_help_has_replaced_nothing(world: World, taps: list[str], last: str) -> None:
    await world.agreed()
    await world.later(days=7)
    for label in taps:
        screen = await world.ann.tap(label)
    assert last in screen
    assert (await world.evidence())[1][5] is None


async def test_of_several_one_is_chosen_by_its_number_and_taken_back(world: World) -> None:
    await world.ann.say("food")
    assert LATER in (await world.ann.tap("More")).buttons
    screen = await world.ann.tap(LATER)
    assert [label.partition(".")[0] for label in screen.buttons] == ["1", "2", "3"]
    assert "Citizens Advice" not in str(screen.buttons), "a sensitive answer names it"
    assert "how you got on with" in await world.ann.say("2")
    assert "I will not ask" in await world.ann.tap("Don't ask me")
    assert (await world.later(days=7)).texts == ()
    await world.ann.tap(LATER)
    await world.ann.say("2")
    assert await world.states() == ["waiting"], "one row for each organisation"


async def test_at_most_one_message_a_day_and_only_in_the_daytime(both: World) -> None:
    await both.agreed()
    await both.asked("food")
    for number in "13":
        await both.ann.tap(LATER)
        await both.ann.say(number)
    both.clock.at = dt.datetime(2026, 12, 5, 12, tzinfo=dt.UTC)  # a Saturday
    for moment, came in (
        ("2026-12-05T12:00", 0),
        ("2026-12-07T09:59", 0),
        ("2026-12-07T10:00", 1),
        ("2026-12-07T10:01", 0),
        ("2026-12-08T17:59", 1),
        ("2026-12-09T18:00", 0),
        ("2026-12-10T10:00", 1),
    ):
        both.clock.at = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
        assert len((await both.later()).texts) == came, moment


async def test_whoever_stopped_messages_hears_nothing(world: World) -> None:
    await world.agreed()
    await world.ann.say("/stop")
    await world.ann.tap("Stop messages")
    assert (await world.later(days=7)).texts == ()
    assert await world.states() == ["dropped"]
    assert LATER not in (await world.asked("candles")).buttons


async def test_clearing_the_chat_does_not_end_the_quiet(world: World) -> None:
    await world.ann.say("my husband hits me")
    await world.ann.say("/clear")
    assert ASKS not in await world.asked("candles")


async def test_one_tap_stops_all_of_these_questions(world: World) -> None:
    await world.agreed()
    await world.ann.say("food")
    await world.ann.tap("More")
    await world.ann.tap(LATER)
    await world.ann.say("3")
    await world.later(days=7)
    await world.ann.tap("Stop these questions")
    assert await world.states() == ["dropped", "dropped"]
    assert (await world.later(days=3)).texts == ()


async def test_nobody_is_asked_while_the_bot_is_switched_off(world: World) -> None:
    await world.agreed()
    async with world.built.store.write() as unit:
        await switch.turn_off(unit, "Back soon.")
    assert (await world.later(days=7)).texts == ()
    async with world.built.store.write() as unit:
        await switch.turn_on(unit)
    assert "Did you get in touch" in str((await world.later(minutes=1)).texts)


async def test_what_is_queued_as_somebody_tells_of_abuse_is_not_sent(world: World) -> None:
    await world.agreed()
    world.clock.move(days=7)
    await follow_up(world.built, plainly)
    chat = str(world.ann.person.chat.id)
    turn = Turn(channel="telegram", bot="braunstone_bot", key="x", chat=chat, at=world.clock.now(), text="he hits me")
    await world.built.conversation.take(turn)
    screen = await world.ann.look()
    assert screen.texts
    assert "Did you get in touch" not in str(screen.texts)


async def test_after_an_emergency_the_question_waits_for_three_days(both: World) -> None:
    """Not sent with what was queued as it came, nor while the question of danger is open; and not dropped either."""
    await both.agreed()
    both.clock.move(days=7)
    await follow_up(both.built, plainly)
    chat = str(both.ann.person.chat.id)
    now, words = both.clock.now(), "fire in my flat"
    turn = Turn(channel="telegram", bot="braunstone_bot", key="x", chat=chat, at=now, text=words)
    await both.built.conversation.take(turn)
    screen = await both.ann.look()
    assert "999" in str(screen.texts)
    assert "Did you get in touch" not in str(screen.texts)
    assert await both.states() == ["waiting"]
    assert (await both.later(hours=4)).texts == ()
    await both.ann.tap("This is not an emergency")
    assert (await both.later(days=1)).texts == ()
    assert "Did you get in touch" in str((await both.later(days=5)).texts)
    assert await both.states() == ["sent"]


@pytest.mark.parametrize(("then", "spared"), [("no", False), ("yes", True), ("", True)])
async def test_a_false_alarm_is_none(world: World, then: str, spared: bool) -> None:
    """Smoke that may be nothing: whoever says that it is nothing is written to as before."""
    await world.agreed()
    world.clock.move(days=6, hours=23, minutes=50)
    screen = await world.ann.say("something smells of burning")
    assert "999" in screen.first_line
    assert "Yes" in str(screen.buttons), "it may be nothing"
    if then:
        await world.ann.say(then)
    assert ("Did you get in touch" in str((await world.later(minutes=10)).texts)) is not spared
    assert await world.states() == (["waiting"] if spared else ["sent"])


@pytest.mark.parametrize(("then", "spared"), [("no", False), ("", True)])
async def test_what_we_took_for_an_emergency_and_was_none_puts_nothing_off(
    world: World, then: str, spared: bool
) -> None:
    await world.agreed()
    world.clock.move(days=6, hours=23, minutes=50)
    assert "This is not an emergency" in (await world.ann.say("fire in my flat")).buttons
    if then:
        await world.ann.tap("This is not an emergency")
    assert ("Did you get in touch" in str((await world.later(minutes=10)).texts)) is not spared


async def test_whoever_never_said_that_all_is_well_is_never_asked(world: World) -> None:
    await world.agreed()
    await world.ann.say("something smells of burning")
    for _ in range(20):
        assert (await world.later(days=1)).texts == ()
    assert await world.states() == ["dropped"]
    world.clock.move(days=20)
    await tidy_once(world.built.store)
    assert (await world.later(days=1)).texts == ()


async def test_to_clear_the_chat_is_not_to_be_out_of_danger(world: World) -> None:
    await world.agreed()
    await world.ann.say("fire in my flat")
    at = world.clock.now()
    await world.ann.say("/clear")
    async with world.built.store.read() as unit:
        assert (await chats.session_of(unit, 1)).alarmed == at


async def test_whoever_cleared_the_chat_is_not_reminded_of_it(world: World) -> None:
    await world.agreed()
    await world.ann.say("/clear")
    assert (await world.later(days=7)).texts == ()
    assert await world.states() == []


async def test_what_could_not_be_asked_or_is_not_answered_is_given_up_and_forgotten(world: World) -> None:
    await world.agreed()
    await world.later(days=7)
    await world.later(days=15)
    assert await world.states() == ["dropped"]
    world.clock.move(days=31)
    await tidy_once(world.built.store)
    assert await world.states() == []
    assert await world.rows(col(Evidence.chat_id)) == [(None,)]


async def test_a_copy_shows_it_and_erasing_takes_it_along(both: World) -> None:
    await both.agreed()
    async with both.built.store.write() as unit:
        person = await persons.of_chats(unit, [1])
        text = person_copy.readable(await person_copy.copy(unit, person, braunstone().holding, for_team=False))
        assert CANDLES in text
        assert "you said we may ask about" in text
        receipt = await privacy.erase(unit, person)
    assert (receipt.erased["evidence"], receipt.erased["follow_up"]) == (1, 1)
    assert (await both.later(days=7)).texts == ()


async def test_neither_tap_costs_more_statements_than_a_turn_may(world: World) -> None:
    spoken: list[str] = []
    await world.ann.say("candles")
    event.listen(
        world.built.store.writing.sync_engine,
        "before_cursor_execute",
        lambda _c, _cur, statement, _p, _ctx, _many: spoken.append(statement),
    )
    helped = buttons.encode(Verb.HELPED, FOOD)
    tap = Turn(channel="web", key="1", chat="w", at=world.clock.now(), kind="tap", tap=helped)
    await world.built.conversation.take(tap)
    assert any("INSERT INTO evidence" in statement for statement in spoken)
    assert len(spoken) <= 8, "\n".join(spoken)


async def test_it_stands_beside_the_answer_and_the_organisation(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    async with answering(sqlite_files.fresh(), clock) as place:
        editor = await place.signed_in("editor")
        async with place.store.write() as unit:
            before = unit.now - dt.timedelta(days=30)
            unit.session.add_all([Feedback(entry=CANDLES, helped=number < 5, at=before) for number in range(6)])
            went = ["yes", *["not-yet"] * 7]
            rows = [Evidence(about="signpost", organisation=FIRE_ID, went=one, at=before) for one in went]
            unit.session.add_all(rows)
        seen = words((await editor.see(f"/answers/{CANDLES}")).text)
        assert "It helped: 5 Not what they meant: fewer than 5 What they would have done" in seen
        seen = words((await editor.see(f"/organisations/{FIRE_ID}")).text)
        assert "did they get in touch? Yes: fewer than 5 Not yet: 5 No: fewer than 5 Of those who did" in seen


async def test_the_team_sees_counts_in_which_nobody_can_be_made_out(both: World) -> None:
    async with both.built.store.write() as unit:
        before = unit.now - dt.timedelta(days=30)
        for number in range(6):
            unit.session.add(Feedback(entry=FOOD, helped=number > 0, at=before))
            for instead in ("101", "111", "nothing", "999")[: 4 if number < 4 else 3]:
                unit.session.add(Evidence(about="answer", entry=FOOD, helped="yes", instead=instead, at=before))
        unit.session.add(Evidence(about="answer", entry=FOOD, helped="yes", at=before))
        await unit.session.flush()
        helped, otherwise = await proof.of_entry(unit, FOOD)
        assert helped.parts == (("helped", 5), ("not-meant", None))
        assert helped.total is None
        assert otherwise.parts == tuple((way, None if way == "999" else 5) for way in WAYS)
        assert otherwise.total is None
        unit.session.add(Feedback(entry=FOOD, helped=True, at=unit.now))
        unit.session.add_all([Evidence(about="answer", entry=FOOD, instead="999", at=unit.now) for _ in range(9)])
        await unit.session.flush()
        assert await proof.of_entry(unit, FOOD) == (helped, otherwise), "nobody sees a tap come in"
        await unit.session.execute(update(Evidence).values(instead="101", organisation="x", went="yes", at=before))
        went, _, otherwise = await proof.of_organisation(unit, "x")
        assert went.parts[0] == ("yes", 30)
        assert otherwise.parts[1] == ("101", 30)
