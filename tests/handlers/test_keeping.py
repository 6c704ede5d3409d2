"""The team's menus for keeping it true, over a scripted desk: who is offered what, and that the words are true."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import buttons, router
from handlers.buttons import Verb
from handlers.keeping import MAY
from handlers.kept import Approval, Change, Due, Live, Missed, Proposed, Reading, Replied, Standing, Ticket, Verdict
from handlers.marks import Wanted, mark_of, seen_mark, wanted
from handlers.office import Colleague, Role
from handlers.ports import Understood
from handlers.staff.keeping import TAPS
from handlers.turn import Outcome, Session
from knowledge.safety import Verdict as Danger
from tests.handlers.test_staff import COORDINATOR, NOW, OFFICER, SAID_NOTHING, Scripted, labels, ports, turn, words
from tests.house import braunstone

ALARM, LOCKS, HELPER = "fire-safety/smoke-alarm-beeping", "home-security/doors-and-locks", "crimestoppers"
MARK, ABOUT = mark_of(LOCKS), mark_of(HELPER)
SEEN = seen_mark("The words that were read")
EDITOR = Colleague(id=6, name="Di Editor", role="editor")
TICKET = Ticket(id=4, wish="callback", since=NOW, channel="web", about=LOCKS, phone="+441164960123",
                said=(("resident", "Zebedee here"), ("staff", "Hello")))  # fmt: skip
DONE = Change(came="done")
LIVE = Change(came="live", settled=2, answered=1, texts=2)
PROPOSED = Proposed(version=7, title="Locks", who="Asha", note="As asked", new=("**Lock** up.",), starts=NOW, mark=SEEN)
DOORS = (
    "reviews.0", f"review.{MARK}", f"correct.{MARK}.{SEEN}", f"edit.{MARK}", "try.7", "publish.7", "submit.7",
    "discard.7", "changes.0", "change.7", f"rehearse.7.{SEEN}", f"approve.7.{SEEN}", "sendback.7", "missed", "group.3",
    f"add.3.{MARK}", "notours.3", "people.0", "ticket.4", "take.4", "answer.4", "close.4", "notices", "endnotice.2",
    "find", f"about.{ABOUT}", f"days.{ABOUT}.3",
)  # fmt: skip


@dataclass
class Desk:
    """Answers every change as a test tells it to, and remembers what it was asked to do."""

    change: Change = DONE
    replies: Replied = "sent"
    works: bool = True
    proposal: Proposed = PROPOSED
    asked: list[tuple[object, ...]] = field(default_factory=list)

    async def due(self) -> Sequence[Due]:
        return (Due(slug=ALARM, title="Beeping", tier="life-safety", due=dt.date(2026, 11, 3)),
                Due(slug=LOCKS, title="Locks", tier="general"))  # fmt: skip

    async def read(self, slug: str) -> Reading | None:
        return Reading(slug=slug, title="Locks", words="**Lock** it.\n\n1. Turn", version=5, drafted=not self.works)

    async def approvals(self) -> Sequence[Approval]:
        return (Approval(version=7, title="Locks", who="Asha", since=NOW),) if self.works else ()

    async def proposed(self, version: int) -> Proposed | None:
        return self.proposal if self.works else None

    async def rehearse(self, version: int, seen: str) -> Change:
        return self._did("rehearse", version, seen)

    async def approve(self, version: int, seen: str) -> Change:
        return self._did("approve", version, seen)

    async def send_back(self, version: int, why: str) -> bool:
        return bool(self._did("send_back", version, why)) and self.works

    async def take(self, number: int) -> bool:
        return bool(self._did("take", number)) and self.works

    async def missed(self) -> Sequence[Missed]:
        return (Missed(id=3, count=2, samples=("flurb", "my flurb " * 9), suggested=(LOCKS, "gone/gone")),)

    async def waiting(self) -> Sequence[Ticket]:
        return (TICKET,)

    async def ticket(self, number: int) -> Ticket | None:
        return TICKET if number == TICKET.id else None

    async def notices(self) -> Sequence[Standing]:
        return (Standing(id=2, about=HELPER, text="Closed **today**", until=NOW),
                Standing(id=3, about=ALARM, text="No batteries", until=NOW))  # fmt: skip

    async def live(self, slug: str) -> Live | None:
        return Live(entry=braunstone().holding.entry(slug), mark=SEEN) if self.works else None

    async def still_correct(self, slug: str, seen: str) -> Change:
        return self._did("still_correct", slug, seen)

    async def edit(self, slug: str, text: str, base: int) -> Change:
        return self._did("edit", slug, text, base)

    async def try_out(self, version: int) -> Change:
        return self._did("try_out", version)

    async def publish(self, version: int) -> Change:
        return self._did("publish", version)

    async def submit(self, version: int) -> Change:
        return self._did("submit", version)

    async def add_phrasing(self, group: int, slug: str, *, anyway: bool = False) -> Change:
        return self._did("add_phrasing", group, slug, anyway)

    async def notice(self, about: str, text: str, days: int) -> Change:
        return self._did("notice", about, text, days)

    async def discard(self, version: int) -> bool:
        return bool(self._did("discard", version)) and self.works

    async def not_for_us(self, group: int) -> int:
        return 2 if self._did("not_for_us", group) and self.works else 0

    async def reply(self, number: int, text: str) -> Replied:
        self._did("reply", number, text)
        return self.replies

    async def close(self, number: int) -> bool:
        return bool(self._did("close", number)) and self.works

    async def end_notice(self, number: int) -> bool:
        return bool(self._did("end_notice", number)) and self.works

    def _did(self, *what: object) -> Change:
        self.asked.append(what)
        return self.change


async def tap(desk: Desk | None, door: str, who: Colleague | None = COORDINATOR) -> Outcome:
    world = replace(ports(Scripted(who=who)), keeping=desk, library=braunstone().holding)
    return await router.handle(turn("tap", tap=buttons.encode(Verb.STAFF, door)), SAID_NOTHING, Session(), world)


async def say(desk: Desk, text: str, after: Outcome, late: dt.timedelta = dt.timedelta(), **said: object) -> Outcome:
    understood = Understood(text=text, verdict=Danger.model_validate(said))
    world = replace(ports(Scripted(who=COORDINATOR), NOW + late), keeping=desk, library=braunstone().holding)
    return await router.handle(turn(text=text), understood, after.session, world)


@pytest.mark.parametrize("role", get_args(Role))
async def test_the_menu_and_every_door_follow_the_table(role: Role) -> None:
    who = Colleague(id=1, name="Sam", role=role)
    people = role in ("officer", "coordinator", "admin")
    second = ["Changes waiting for you"] if role in ("approver", "coordinator", "admin") else []
    expected = ["Due reviews", *second, "Missed questions", *(["People waiting"] if people else []), "Notices"]
    assert labels(await tap(Desk(), "menu", who))[-len(expected) :] == expected
    for door in DOORS:
        desk = Desk(change=LIVE)
        refused = "Your role may not do this." in words(await tap(desk, door, who))
        assert refused is (role not in MAY[TAPS[door.partition(".")[0]].may])
        assert not (refused and desk.asked)


@pytest.mark.parametrize("door", DOORS)
async def test_nobody_of_no_team_gets_behind_a_door(door: str) -> None:
    desk = Desk()
    assert (await tap(desk, door, None)) == (await tap(None, "nonsense", None))
    assert "may not" in words(await tap(None, door))
    assert desk.asked == []


@given(st.sampled_from(sorted(TAPS)), st.lists(st.text(alphabet="0123456789.-yes²", max_size=14), max_size=3))
def test_a_forged_button_breaks_nothing(what: str, odd: list[str]) -> None:
    fits = ".".join([what, *odd]).encode()[:50].decode(errors="ignore")
    assert asyncio.run(tap(Desk(change=LIVE), fits)).replies


async def test_what_is_due_is_read_and_confirmed() -> None:
    due = await tap(Desk(), "reviews.0")
    assert labels(due)[:2] == ["1. Beeping: 3 November 2026", "2. Locks: never checked"]
    shown = await say(Desk(), "2", due)
    assert "Lock every outside door" in words(shown)
    assert labels(shown) == ["Still correct", "Edit", "Later"]
    desk, correct = Desk(), f"correct.{MARK}.{SEEN}"
    assert correct in doors(shown)
    assert "is confirmed as of today" in words(await tap(desk, correct))
    refused = Desk(change=Change(came="refused", why="staff.review.not-yours"))
    assert "Somebody else keeps this answer" in words(await tap(refused, correct))
    assert desk.asked == [("still_correct", LOCKS, SEEN)]
    assert "There is no such answer any more" in words(await tap(Desk(works=False), f"review.{MARK}"))


@pytest.mark.parametrize(
    ("door", "why", "shown"),
    [
        ("correct." + MARK, "staff.review.changed", "Lock every outside door"),
        ("rehearse.7", "staff.edit.changed", "**Lock** up."),
        ("approve.7", "staff.edit.changed", "**Lock** up."),
    ],
)
async def test_what_was_changed_since_it_was_read_is_shown_as_it_is_now(door: str, why: str, shown: str) -> None:
    """A button of before, without any mark, is refused in the same way."""
    for seen in (f".{seen_mark('Older words')}", ""):
        desk = Desk(change=Change(came="refused", why=why))
        said = await tap(desk, door + seen)
        assert "It was changed since you read it" in words(said)
        assert shown in words(said)
        assert any(each.endswith(f".{SEEN}") for each in doors(said))
        assert desk.asked[0][-1] == seen[1:]


DRAFT = Change(came="draft", version=7, preview=braunstone().holding.entry(LOCKS))


@pytest.mark.parametrize(
    ("change", "said", "ways"),
    [
        (DRAFT.model_copy(update={"may_publish": True}), "No resident sees it yet", ["Try it out", "Edit again"]),
        (DRAFT, "No resident sees it yet", ["Send to a second person", "Edit again"]),
        (DRAFT.model_copy(update={"faults": ("too long",)}), "too long", ["Edit again", "Throw the draft away"]),
        (Change(came="refused", why="staff.edit.unreadable", facts={"why": "no"}, version=7), "no", ["Edit again"]),
    ],
)
async def test_other_words_are_a_draft_and_what_can_be_done_with_it_is_offered(
    change: Change, said: str, ways: list[str]
) -> None:
    desk = Desk(change=change)
    asked = await tap(desk, f"edit.{MARK}")
    assert "**Lock** it." in words(asked)
    done = await say(desk, "**New**\n\n1. words", asked)
    assert desk.asked == [("edit", LOCKS, "**New**\n\n1. words", 5)]
    assert said in words(done)
    assert labels(done)[: len(ways)] == ways
    assert done.session.waiting is None


async def test_words_that_come_too_late_are_a_question_again() -> None:
    desk = Desk(change=DRAFT)
    await say(desk, "**New**", await tap(desk, f"edit.{MARK}"), late=dt.timedelta(hours=3))
    assert desk.asked == []


async def test_danger_in_a_reply_puts_999_above_and_loses_no_word() -> None:
    desk = Desk()
    done = await say(desk, "fire", await tap(desk, "answer.4"), route="emergency", tier="certain", kind="fire")
    assert "999" in words(done).splitlines()[0]
    assert desk.asked == [("reply", 4, "fire")]


async def test_a_change_that_would_miss_danger_cannot_be_published() -> None:
    fine = Change(came="tried", version=7, verdict=Verdict(of=9, better=2, worse=1, examples=("my tap drips",)))
    done = await tap(Desk(change=fine), "try.7")
    assert "better 2, worse 1" in words(done)
    assert "my tap drips" in words(done)
    assert labels(done)[0] == "Publish"
    blocked = fine.model_copy(update={"verdict": Verdict(of=9, blocked=1)})
    assert "Publish" not in labels(await tap(Desk(change=blocked), "try.7"))


async def test_a_change_of_others_is_read_tried_out_and_agreed_to() -> None:
    listed = await tap(Desk(), "changes.0")
    assert labels(listed)[0] == "1. Locks: Asha, Wednesday 25 November"
    shown = await say(Desk(), "1", listed)
    for line in (
        "Written by Asha.",
        "Their note: As asked",
        "live from",
        "What is new:",
        "**Lock** up.",
        "Nothing goes",
    ):
        assert line in words(shown)
    assert labels(shown)[:2] == ["What would it do?", "Send it back"]
    fine = Change(came="tried", version=7, verdict=Verdict(of=9, better=2))
    tried = await tap(Desk(change=fine), f"rehearse.7.{SEEN}")
    assert labels(tried)[0] == "Agree to it"
    assert doors(tried)[0] == f"approve.7.{SEEN}"
    blocked = fine.model_copy(update={"verdict": Verdict(of=9, blocked=1)})
    assert "Agree to it" not in labels(await tap(Desk(change=blocked), "rehearse.7"))
    assert "It is live." in words(await tap(Desk(change=LIVE), "approve.7"))
    assert "from the time that it was sent for" in words(await tap(Desk(), "approve.7"))
    refused = Desk(change=Change(came="refused", why="staff.keep.not-ready"))
    for door in ("rehearse.7", "approve.7"):
        assert "Nothing was changed." in words(await tap(refused, door))
    for door in ("change.7", "sendback.7"):
        assert "does not wait for you any more" in words(await tap(Desk(works=False), door))


async def test_a_long_change_is_cut_and_says_so() -> None:
    lines = tuple(f"line {number}" for number in range(30))
    said = words(await tap(Desk(proposal=PROPOSED.model_copy(update={"gone": lines})), "change.7"))
    assert "line 24" in said
    assert "line 25" not in said
    assert "And 5 lines more." in said


async def test_a_change_goes_back_only_with_a_reason() -> None:
    desk = Desk()
    asked = await tap(desk, "sendback.7")
    assert "why do you send it back? Your next message goes to Asha" in words(asked)
    await say(desk, "  ", asked)
    assert desk.asked == []
    assert "Sent back." in words(await say(desk, "Which door?", asked))
    assert desk.asked == [("send_back", 7, "Which door?")]
    desk.works = False
    assert "does not wait for you any more" in words(await say(desk, "Which door?", asked))


async def test_a_ticket_is_taken_on() -> None:
    desk = Desk()
    assert "Number 4 is yours" in words(await tap(desk, "take.4"))
    assert desk.asked == [("take", 4)]
    assert "I take it on" in labels(await tap(desk, "ticket.4"))
    assert "Nobody waits" in words(await tap(Desk(works=False), "take.4"))


async def test_a_missed_question_is_added_and_what_gets_worse_is_asked_about_first() -> None:
    assert labels(await tap(Desk(), "missed"))[0] == "1. flurb (2)"
    assert labels(await tap(Desk(), "group.3"))[:2] == ["Add to: Doors and locks", "Not for us"]
    desk = Desk(change=LIVE)
    assert "1 are answered by it now. Questions settled: 2." in words(await tap(desk, f"add.3.{MARK}"))
    desk.change = LIVE.model_copy(update={"came": "waiting"})
    assert "It is sent to a second person" in words(await tap(desk, f"add.3.{MARK}.yes"))
    assert desk.asked == [("add_phrasing", 3, LOCKS, False), ("add_phrasing", 3, LOCKS, True)]
    worse = Desk(change=Change(came="worse", verdict=Verdict(of=9, worse=1, examples=("my tap drips",))))
    done = await tap(worse, f"add.3.{MARK}")
    assert "Nothing was changed yet." in words(done)
    assert labels(done)[0] == "Add it all the same"


@pytest.mark.parametrize(("replies", "said"), [("sent", "on its way"), ("kept", "not sent"), ("gone", "is closed")])
async def test_a_reply_is_said_to_be_sent_only_where_it_is(replies: Replied, said: str) -> None:
    assert "Zebedee" not in words(await tap(Desk(), "people.0"))
    assert "Resident: Zebedee here" in words(await tap(Desk(), "ticket.4"))
    desk = Desk(replies=replies)
    assert said in words(await say(desk, "Hello again", await tap(desk, "answer.4")))
    assert "at most 1500" in words(await say(Desk(), "x" * 1501, await tap(desk, "answer.4")))
    assert desk.asked == [("reply", 4, "Hello again")]


async def test_a_notice_needs_a_name_a_time_and_words() -> None:
    desk = Desk()
    found = await say(desk, "Crimestopp", await tap(desk, "find"))
    assert labels(found)[0] == "1. Crimestoppers"
    days = await say(desk, "1", found)
    assert labels(days)[:4] == ["1 day", "3 days", "1 week", "1 month"]
    asked = await tap(desk, f"days.{ABOUT}.7")
    assert "The notice stands." in words(await say(desk, "Closed this week", asked))
    assert desk.asked == [("notice", HELPER, "Closed this week", 7)]
    assert "no such answer or organisation" in words(await tap(desk, f"days.{ABOUT}.400"))
    shown = await tap(desk, "notices")
    assert "Closed **today**" in words(shown)
    assert labels(shown)[:2] == ["End 2", "End 3"]
    assert labels(await tap(desk, "notices", OFFICER))[:2] == ["End 2", "New notice"]


def doors(outcome: Outcome) -> list[str]:
    """What the buttons say."""
    shown = (each for reply in outcome.replies for row in reply.buttons for each in row)
    return [buttons.decode(each.token).argument for each in shown if each.token]


def test_only_taps_that_publish_are_tried_out_first() -> None:
    def of(door: str) -> Wanted | None:
        return wanted(turn("tap", tap=buttons.encode(Verb.STAFF, door)))

    assert (of("try.7"), of("publish.7")) == (Wanted(draft=7), Wanted(draft=7))
    assert of(f"add.3.{MARK}.yes") == Wanted(group=3, mark=MARK)
    assert {of(door) for door in ("submit.7", "missed", "publish", "publish.x", "publish.²", "group.3")} == {None}
    assert wanted(turn(text="publish.7")) is None


def test_every_entry_and_organisation_has_a_mark_of_its_own() -> None:
    library = braunstone().holding
    for slugs in (library.entries, library.organisations):
        assert len({mark_of(slug) for slug in slugs}) == len(slugs)


@pytest.mark.parametrize("what", ["publish", "try_out"])
def test_an_officer_never_publishes_alone(what: str) -> None:
    assert OFFICER.role not in MAY[what]
