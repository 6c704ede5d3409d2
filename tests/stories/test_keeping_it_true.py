"""Keeping it true from a phone: a question nobody could answer becomes an answer, and what else stands in the menu."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from random import Random

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.knowing import ContentWatch, Current
from bot.staff import versions
from bot.staff.ahead import Ahead
from bot.staff.replay import Rehearsals
from bot.store import chats, content, handovers
from bot.store.staff_tables import AuditRecord
from bot.store.tables import EntryVersion
from bot.visits import team
from bot.wiring import House
from handlers import buttons
from handlers.buttons import Verb
from handlers.catalogue import Texts
from handlers.marks import mark_of
from handlers.office import Role
from handlers.turn import HandoverSaid, OpenHandover
from knowledge.golden import Golden
from knowledge.library import NATIONAL
from tests.databases import SqliteFiles
from tests.house import BRAUNSTONE, INDEXES, Scripted, house
from tests.stories.player import OnTelegram, Screen, on_telegram

STRANGE = "flurb for my patio wobbles"
GENERAL, TITLE = "home-security/doors-and-locks", "Doors and locks"


GONE_WORDS = Texts().say("staff.edit.gone")


@dataclass
class Estate:
    """A bot whose content stands in its database, with a resident and their team."""

    built: House
    ann: OnTelegram
    watch: ContentWatch
    ahead: Ahead

    async def colleague(self, name: str, role: Role) -> OnTelegram:
        async with self.built.store.write() as unit:
            _, code = await team.invite(unit, name, role, "", Random(name).randbytes)
        player = replace(self.ann, person=self.ann.fake.person(name), seen=set())
        assert f"Hello {name}." in await player.say(f"/staff {code}")
        return player

    async def versions_of(self, slug: str) -> list[tuple[int, str]]:
        async with self.built.store.read() as unit:
            rows = select(col(EntryVersion.version), col(EntryVersion.state)).where(col(EntryVersion.slug) == slug)
            found = (await unit.session.execute(rows.order_by(col(EntryVersion.version)))).all()
        return [(row.version, row.state) for row in found]

    async def draft_of(self, staff_id: int) -> int:
        async with self.built.store.read() as unit:
            own = await versions.draft_of(unit, "entry", GENERAL, staff_id)
        assert own is not None
        return own.id

    async def audited(self) -> list[str]:
        async with self.built.store.read() as unit:
            rows = select(col(AuditRecord.action)).where(col(AuditRecord.action) != "link account")
            return list((await unit.session.execute(rows.order_by(col(AuditRecord.id)))).scalars())


async def taps(player: OnTelegram, argument: str) -> Screen:
    """Tap a button of the team's menus that stands further up, or was forged."""
    newest = player.person.chat.from_bot()[-1]
    player.fake.world.tap(player.person.user, newest, buttons.encode(Verb.STAFF, argument))
    return await player.deliver()


async def estate_at(url: str, clock: FixedClock, search: Current | None = None) -> AsyncIterator[Estate]:
    async with house(url, clock, search) as plain:
        async with plain.store.write() as unit:
            await content.seed(unit, BRAUNSTONE, NATIONAL)
        rehearsals = Rehearsals(plain.store, BRAUNSTONE, plain.knowing, INDEXES)
        rehearsals.golden, rehearsals.phrasings = (Golden("my house is on fire", "emergency"),), False
        ahead = Ahead(plain.store, plain.knowing, rehearsals)
        built = replace(plain, conversation=Conversation(plain.store, plain.knowing, ahead=ahead))
        watch = ContentWatch(plain.store, BRAUNSTONE, plain.knowing, "1", INDEXES)
        async with on_telegram(built) as ann:
            yield Estate(built, ann, watch, ahead)


@pytest.fixture
async def estate(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Estate]:
    async for made in estate_at(sqlite_files.fresh(), clock):
        yield made


@pytest.fixture
async def unread(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Estate]:
    """The same where nothing is searched for: quicker."""
    async for made in estate_at(sqlite_files.fresh(), clock, Scripted()):
        yield made


@pytest.fixture
async def any_estate(database_url: str, clock: FixedClock) -> AsyncIterator[Estate]:
    async for made in estate_at(database_url, clock):
        yield made


async def test_what_nobody_could_answer_is_answered_to_the_next_who_asks(any_estate: Estate) -> None:
    estate = any_estate
    assert TITLE not in (await estate.ann.say(STRANGE)).texts[0]
    edda = await estate.colleague("Edda", "editor")
    assert f"1. {STRANGE} (1)" in (await edda.tap("Missed questions")).buttons
    assert f"Add to: {TITLE}" in (await edda.say("1")).buttons
    screen = await edda.tap(f"Add to: {TITLE}")
    assert "It is live" in screen
    assert "1 are answered by it now" in screen
    assert await estate.watch.look()
    ben = replace(estate.ann, person=estate.ann.fake.person("Ben"), seen=set())
    answered = await ben.say(STRANGE)
    assert "Lock every outside door" in answered
    assert "No question is missed." in await edda.tap("Missed questions")
    assert await estate.versions_of(GENERAL) == [(1, "replaced"), (2, "live")]


async def test_an_officers_words_wait_for_a_second_person_and_spare_their_own_draft(estate: Estate) -> None:
    await estate.ann.say(STRANGE)
    asha = await estate.colleague("Asha", "officer")
    for draft, said, states in (
        (True, "You have a draft of this answer", [(1, "live"), (2, "draft")]),
        (False, "It is sent to a second person", [(1, "live"), (2, "waiting")]),
    ):
        async with estate.built.store.write() as unit:
            if draft:
                values = {"text": "my own words", "state": "draft", "staff_id": 1, "base": 1}
                await versions.put(unit, "entry", GENERAL, False, values)
            else:
                own = await versions.draft_of(unit, "entry", GENERAL, 1)
                await unit.session.delete(own)
        await asha.tap("Missed questions")
        await asha.say("1")
        assert said in await asha.tap(f"Add to: {TITLE}")
        assert await estate.versions_of(GENERAL) == states
    assert not await estate.watch.look()


async def test_an_answer_is_edited_tried_out_and_published_from_the_phone(estate: Estate) -> None:
    edda = await estate.colleague("Edda", "editor")
    mark = mark_of(GENERAL)
    shown = await taps(edda, f"review.{mark}")
    assert "Lock every outside door" in shown
    assert "is confirmed as of today" in await edda.tap("Still correct")
    assert "It was changed since you read it" in await edda.tap("Still correct")
    await taps(edda, f"review.{mark}")
    asked = await edda.tap("Edit")
    assert "**Lock every outside door" in asked
    kept = await edda.say("**Lock up each time you go out.**\n\n1. Lift the handle.\n2. Turn the key.")
    assert "Kept as your draft." in kept
    assert "Publish" not in kept.buttons
    estate.ahead.patience = 0.0
    assert "Nothing was changed. The bot still reads" in await edda.tap("Try it out")
    assert "Nothing was changed. The bot still reads" in await taps(edda, f"publish.{await estate.draft_of(1)}")
    estate.ahead.patience = 20.0
    tried = await edda.tap("Try it out")
    assert "Tried out on" in tried
    assert "It is live." in await edda.tap("Publish")
    assert await estate.versions_of(GENERAL) == [(1, "replaced"), (2, "replaced"), (3, "live")]
    async with estate.built.store.read() as unit:
        live = await versions.live(unit, "entry", GENERAL)
    assert live is not None
    assert "**Lock up each time you go out.**" in live.text
    assert 'checked_by: "editor"' in live.text


async def test_a_second_person_agrees_from_their_phone(any_estate: Estate) -> None:
    estate = any_estate
    asha = await estate.colleague("Asha", "officer")
    await taps(asha, f"edit.{mark_of(GENERAL)}")
    await asha.say("**Lock up each time you go out.**\n\n1. Lift the handle.\n2. Turn the key.")
    await asha.tap("Send to a second person")
    edda, robin = await estate.colleague("Edda", "editor"), await estate.colleague("Robin", "approver")
    assert "Changes waiting for you" not in (await edda.say("/staff")).buttons
    listed = await robin.tap("Changes waiting for you")
    assert f"1. {TITLE}: Asha, Wednesday 25 November" in listed.buttons
    shown = await robin.say("1")
    for words in ("Written by Asha.", "Lock up each time you go out.", "What goes:"):
        assert words in shown
    await robin.tap("Send it back")
    assert "Sent back." in await robin.say("Which handle?")
    assert f"{TITLE}: Robin has sent your change back." in (heard := await asha.look())
    assert "The reason: Which handle?" in heard
    assert "No change waits for you." in await robin.tap("Changes waiting for you")

    version = await estate.draft_of(1)
    await taps(asha, f"submit.{version}")
    await taps(robin, f"change.{version}")
    estate.ahead.patience = 0.0
    assert "Nothing was changed. The bot still reads" in await robin.tap("What would it do?")
    estate.ahead.patience = 20.0
    assert "Tried out on" in await robin.tap("What would it do?")
    await taps(asha, f"edit.{mark_of(GENERAL)}")
    await asha.say("**Lock up twice.**\n\n1. Lift the handle.\n2. Turn the key.")
    await asha.tap("Send to a second person")
    refused = await robin.tap("Agree to it")
    assert "It was changed since you read it" in refused
    assert "Lock up twice." in refused
    assert await estate.versions_of(GENERAL) == [(1, "live"), (2, "waiting")]
    assert "Tried out on" in await robin.tap("What would it do?")
    assert "It is live." in await robin.tap("Agree to it")
    assert f"{TITLE}: Robin has agreed to your change." in await asha.look()
    assert await estate.versions_of(GENERAL) == [(1, "replaced"), (2, "live")]
    assert await estate.watch.look()
    assert await estate.audited() == ["draft", "submit", "send back", "submit", "draft", "submit", "publish"]


async def test_nobody_agrees_to_their_own_change_nor_without_the_role(estate: Estate) -> None:
    edda, robin = await estate.colleague("Edda", "editor"), await estate.colleague("Robin", "approver")
    async with estate.built.store.write() as unit:
        live = await versions.live(unit, "entry", GENERAL)
        assert live is not None
        values = {"text": live.text + "\nMore.", "state": "waiting", "staff_id": 2, "base": 1}
        version = await versions.put(unit, "entry", GENERAL, False, values)
        retired = {**values, "text": "", "staff_id": 1, "retires": True}
        await versions.put(unit, "entry", GENERAL, False, retired)
    assert "No change waits for you." in await robin.tap("Changes waiting for you")
    for door in ("change", "rehearse", "approve", "sendback"):
        assert "Your role may not do this." in await taps(edda, f"{door}.{version}")
        said = await taps(robin, f"{door}.{version}")
        assert "does not wait for you any more" in said or GONE_WORDS in said
    assert await estate.versions_of(GENERAL) == [(1, "live"), (2, "waiting"), (3, "waiting")]
    assert await estate.audited() == []


async def test_somebody_who_waits_gets_a_reply_and_a_notice_stands(unread: Estate) -> None:
    await unread.ann.say("hello")
    async with unread.built.store.write() as unit:
        chat = await chats.find(unit, "telegram", str(unread.ann.person.id), "braunstone_bot")
        assert chat is not None
        ticket = await handovers.open_ticket(unit, chat, OpenHandover(wish="reply"))
        await handovers.add_words(unit, chat, HandoverSaid(ticket=ticket, text="my fence blew over"))
    asha = await unread.colleague("Asha", "officer")
    assert "my fence blew over" not in await asha.tap("People waiting")
    assert "Resident: my fence blew over" in await asha.say("1")
    assert f"Number {ticket} is yours" in await asha.tap("I take it on")
    shown = await asha.tap(f"Open number {ticket}")
    assert "Asha has taken this on." in shown
    assert "I take it on" not in shown.buttons
    await asha.tap("Reply")
    assert "is on its way" in await asha.say("We will ring the council for you.")
    assert "We will ring the council for you." in await unread.ann.look()
    await asha.tap(f"Open number {ticket}")
    assert "is closed" in await asha.tap("Close")
    assert "Nobody is waiting." in await asha.tap("People waiting")
    await asha.say("/staff")
    await asha.tap("Notices")
    await asha.tap("New notice")
    await asha.say("crimestoppers")
    await asha.say("1")
    await asha.tap("3 days")
    assert "The notice stands." in await asha.say("Closed until Friday.")
    assert "Closed until Friday." in await asha.tap("Notices")
    assert "taken down" in await asha.tap("End 1")
    acts = [
        "read ticket",
        "take ticket",
        "read ticket",
        "reply to ticket",
        "read ticket",
        "close ticket",
        "notice added",
        "notice ended",
    ]
    assert await unread.audited() == acts


async def test_a_button_carries_no_right(unread: Estate) -> None:
    """Buttons carry no right: a resident's forged ones are old buttons, an editor's stop at what editors may do."""
    await unread.ann.say("hello")
    old = await taps(unread.ann, "nonsense")
    for door in ("people.0", "ticket.1", "missed", "reviews.0", "notices", f"edit.{mark_of(GENERAL)}", "publish.1"):
        assert await taps(unread.ann, door) == old
    edda = await unread.colleague("Edda", "editor")
    for door in ("people.0", "ticket.1", "answer.1", "close.1"):
        assert "Your role may not do this." in await taps(edda, door)
    assert await unread.audited() == []
