"""Topics and campaigns as handlers see them: what each button does, and for whom it does nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from handlers import buttons, campaigns, feedback, topics
from handlers.buttons import Verb
from handlers.campaigns import Letter, letter
from handlers.catalogue import Texts
from handlers.marks import mark_of
from handlers.ports import Nobody, Ports, Understood
from handlers.turn import (
    CampaignSaid,
    Channel,
    Outcome,
    Session,
    Subscribe,
    SubscriptionArea,
    Turn,
    Unsubscribe,
)
from knowledge.prose import words_of
from knowledge.safety import Verdict
from tests.bot.staff.crew import braunstone_alone
from tests.house import Scripted

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
ENTRY = "fire-safety/bonfires-and-fireworks"


@dataclass(frozen=True)
class Wanting(Nobody):
    """Somebody who wants some topics."""

    wants: tuple[str, ...] = ()

    async def topics(self) -> Sequence[str]:
        return self.wants


def ports(*wants: str) -> Ports:
    library = braunstone_alone()
    return Ports(library, Scripted(holding=library), Texts(), Wanting(wants), NOW, frozenset())


def turn(text: str = "", channel: Channel = "telegram") -> Turn:
    return Turn(channel=channel, key="1", chat="1", at=NOW, text=text, message_id="7")


def said(done: Outcome) -> str:
    return "\n".join(words_of(reply.blocks) for reply in done.replies)


def labels(done: Outcome) -> list[str]:
    return [button.label for reply in done.replies for row in reply.buttons for button in row]


async def tap(argument: str, *wants: str, session: Session | None = None, at: Ports | None = None) -> Outcome:
    return await topics.tapped(turn(), session or Session(), at or ports(*wants), argument)


async def test_a_tap_turns_a_topic_on_with_the_area_they_named() -> None:
    done = await tap("on.heaters", "fireworks", session=Session(area="Leicester"))
    assert done.effects == (Subscribe(topic="heaters", area="Leicester"),)
    assert {"✓ Fireworks and bonfires", "✓ Heaters and keeping warm", "Dark nights"} <= set(labels(done))
    assert done.replies[0].strip_buttons_of == "7"


async def test_a_tap_turns_it_off_also_where_nobody_could_join() -> None:
    done = await tap("off.heaters", "heaters", at=replace(ports("heaters"), contact="never"))
    assert done.effects == (Unsubscribe(topic="heaters"),)
    assert "✓" not in "".join(labels(done))


async def test_a_topic_that_is_gone_can_be_stopped_but_not_chosen() -> None:
    assert (await tap("on.cats")).effects == ()
    assert (await tap("off.cats", "cats")).effects == (Unsubscribe(topic="cats"),)


async def test_done_says_what_they_get_and_asks_once_for_an_area() -> None:
    assert "You have chosen nothing" in said(await tap("done"))
    asked = await tap("done", "fireworks")
    assert labels(asked) == ["Braunstone", "Leicester", "Leicestershire", "Rather not say"]
    known = await tap("done", "fireworks", "heaters", session=Session(area="Leicester"))
    assert "You hear about: Fireworks and bonfires, Heaters and keeping warm." in said(known)


@pytest.mark.parametrize(("mark", "area"), [(mark_of("Leicester"), "Leicester"), ("none", ""), ("00000000", "")])
async def test_an_area_is_kept_with_the_topics_and_the_session(mark: str, area: str) -> None:
    done = await tap(f"area.{mark}", "fireworks")
    assert (done.session.area, done.effects) == (area, (SubscriptionArea(area=area),))


async def test_where_nobody_can_be_written_to_nothing_is_kept() -> None:
    plain = ports()
    none = plain.library.model_copy(update={"topics": ()})
    for at, session, words in (
        (replace(plain, contact="reply_only"), Session(), "You asked me to send you nothing."),
        (replace(plain, contact="never"), Session(), "I only write here when you write to me."),
        (plain, Session(quiet=True), "I only write here when you write to me."),
        (replace(plain, library=none), Session(), "There is nothing to choose from yet."),
    ):
        for argument in ("list", "on.fireworks", f"area.{mark_of('Leicester')}"):
            done = await tap(argument, session=session, at=at)
            assert words in said(done)
            assert done.effects == ()
    web = turn(channel="web")
    there = await topics.start(web, Session(), replace(plain, telegram="https://t.me/a_made_up_bot"))
    assert "https://t.me/a_made_up_bot" in said(there)
    assert "I only answer here." in said(await topics.start(web, Session(), plain))


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("please send me safety tips", True),
        ("can you keep me posted", True),
        ("Sign me up", True),
        ("topics", True),
        ("tell me about fireworks", False),
        ("news of my mum", False),
        ("my neighbour sends me threatening messages", False),
        ("stop messages", False),
    ],
)
def test_who_asks_to_be_written_to(text: str, asks: bool) -> None:
    understood = Understood(text=text, verdict=Verdict())
    assert topics.asks(turn(text), understood, Session(), ports()) is asks


def test_a_letter_says_why_it_came_opens_its_answer_and_can_be_stopped() -> None:
    library = braunstone_alone()
    reply = letter(Texts(), library, Letter(id=3, topic="fireworks", text="Keep **back**.\n\n1. Far.", entry=ENTRY))
    assert words_of(reply.blocks) == "Keep back.\nFar.\nYou asked to hear about this: Fireworks and bonfires."
    assert [button.label for (button,) in reply.buttons] == [library.entry(ENTRY).title, "Stop these messages"]
    bare = letter(Texts(), library, Letter(id=3, topic="cats", text="Meow.", entry="cats/dragons"))
    assert [button.label for (button,) in bare.buttons] == ["Stop these messages"]
    assert "about this: cats." in words_of(bare.blocks)


def test_the_longest_campaign_fits_on_its_buttons() -> None:
    for argument in (f"o.{10**12 - 1}.{mark_of(ENTRY)}", f"s.{10**12 - 1}.{'x' * 24}"):
        assert buttons.decode(buttons.encode(Verb.CAMPAIGN, argument)).argument == argument


async def opened(session: Session | None = None, argument: str = f"o.3.{mark_of(ENTRY)}") -> Outcome:
    return await campaigns.tapped(turn(), session or Session(), ports(), argument)


async def test_what_is_said_of_the_answer_counts_for_the_campaign_that_led_there() -> None:
    first = await opened()
    assert first.effects == (CampaignSaid(campaign=3, what="opened"),)
    assert first.session.shown == (ENTRY,)
    yes = feedback.helped(turn(), first.session, ports(), ENTRY)
    no = feedback.not_meant(turn(), first.session, ports(), ENTRY)
    assert CampaignSaid(campaign=3, what="helped") in yes.effects
    assert CampaignSaid(campaign=3, what="unhelpful") in no.effects
    other = feedback.helped(turn(), first.session, ports(), "fire-safety/candles")
    later = feedback.helped(turn(), (await tap("list", session=first.session)).session, ports(), ENTRY)
    counted = [each for done in (other, later) for each in done.effects if isinstance(each, CampaignSaid)]
    assert counted == [], "another answer, or after something else"


async def test_after_a_crisis_nothing_of_it_is_kept_but_stopping_works() -> None:
    quiet = Session(quiet=True, campaign=3, shown=(ENTRY,))
    assert (await opened(quiet)).effects == ()
    assert campaigns.said_of(quiet, ENTRY, helped=True) == ()
    done = await campaigns.tapped(turn(), quiet, ports(), "s.3.fireworks")
    assert done.effects == (Unsubscribe(topic="fireworks"),)


@pytest.mark.parametrize("argument", ["o.3.00000000", "", "o", "o.x.y"])
async def test_an_answer_that_is_gone(argument: str) -> None:
    done = await opened(argument=argument)
    assert done.effects == ()
    assert done.replies


@pytest.mark.parametrize("number", ["x", "9" * 13, "²"])
async def test_a_forged_number_stops_the_topic_all_the_same(number: str) -> None:
    done = await opened(argument=f"s.{number}.fireworks")
    assert done.effects == (Unsubscribe(topic="fireworks"),)
