"""The team's menus, over an office that is scripted: who is answered, what is shown, and that the words are true."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handlers.staff
from handlers import buttons, router
from handlers.buttons import Verb
from handlers.catalogue import Texts, read
from handlers.commands import COMMANDS
from handlers.office import VISITORS, Colleague, Ended, RingTask, Role, StaffVisit, Told
from handlers.ports import Ports, Understood
from handlers.staff import FORM, doing, swapping
from handlers.turn import Outcome, Session, Turn, TurnKind, Waiting
from knowledge.prose import words_of
from knowledge.safety import Verdict
from knowledge.visits.questions import Level
from tests.bot.channels.web.fakes import Nobody, NoSearch
from tests.bot.visits.estate import library

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
HALF_HOUR = dt.timedelta(minutes=30)
OFFICER = Colleague(id=1, name="Sam Underhill", role="officer", agency="fire")
COORDINATOR = Colleague(id=3, name="Robin Made-Up", role="coordinator")
TEAM = (
    Colleague(id=2, name="Alex Brandybuck", role="officer", agency="police"),
    Colleague(id=4, name="Bo Proudfoot", role="officer", agency="police"),
    Colleague(id=5, name="Cy Tunnelly", role="officer", agency="fire"),
    Colleague(id=6, name="Di Editor", role="editor"),
    OFFICER,
)
VISIT = StaffVisit(
    id=12, reference="J7M-4Q3", state="booked", starts=NOW, ends=NOW + HALF_HOUR, outward="LE3", area="Braunstone",
    address="12 Marzipan Walk", postcode="LE3 1AB", name="Zebedee Quillfeather", phone="+441164960123", reach="ring",
    safe="Only before noon", needs="A loud parrot", reasons=("Fire safety", "Feeling lonely"),
    why=(("Smoking, indoors", 8), ("One person, alone", 4)), points=12, priority="medium",
    visitors=((1, "Sam Underhill"), (2, "Alex Brandybuck")), notes="25 Nov 2026 09:00, Sam: no bell\nKnock twice",
    consents=("partners",), source="telegram", word="cosy kettle",
)  # fmt: skip
PRIVATE = ("Zebedee", "Marzipan", "1AB", "4960123", "cosy kettle")
CALL = RingTask(
    id=9, visit_id=12, reference="J7M-4Q3", kind="day-before", due_at=NOW, starts=NOW + dt.timedelta(days=1),
    name="Zebedee Quillfeather", phone="+441164960123", safe="Only before noon",
)  # fmt: skip
DOORS = (
    "menu", "calendar", "today", "day.2026-11-25", "week", "ring.0", "rung.9", "visit.12", "way.12", "ask.12.done",
    "end.12.done", "follow.12.yes", "flag.12.yes", "note.12", "refer.12", "refer.12.fire", "with.12.1.0", "swap.12",
    "swap.12.1.5",
)  # fmt: skip
SAID_NOTHING = Understood(text="", verdict=Verdict())
NOTE = Understood(text="he hits her and the flat is full of paper", verdict=Verdict())


@dataclass
class Scripted:
    """An office that knows what a test tells it, and remembers what it was asked to do."""

    who: Colleague | None = OFFICER
    visits: tuple[StaffVisit, ...] = (VISIT,)
    calls: tuple[RingTask, ...] = (CALL,)
    team: tuple[Colleague, ...] = TEAM
    told: Told = "told"
    works: bool = True
    """What every act answers."""
    code: str = ""
    path: str = "/calendar/team/1/abc.ics"
    asked: list[tuple[object, ...]] = field(default_factory=list)
    looked: int = 0
    """How often it was asked whose chat this is."""

    async def me(self) -> Colleague | None:
        self.looked += 1
        return self.who

    async def link(self, code: str) -> Colleague | None:
        if not self.code or code != self.code:
            return None
        self.who = OFFICER
        return OFFICER

    async def today(self, day: dt.date) -> Sequence[StaffVisit]:
        return [visit for visit in self.visits if visit.starts.date() == day]

    async def coming(self, days: int) -> Sequence[StaffVisit]:
        return self.visits

    async def visit(self, which: str | int) -> StaffVisit | None:
        return next((visit for visit in self.visits if which in (visit.id, visit.reference)), None)

    async def ring_list(self) -> Sequence[RingTask]:
        return self.calls

    async def colleagues(self) -> Sequence[Colleague]:
        return self.team

    async def feed_path(self) -> str:
        return self.path

    async def rung(self, task_id: int) -> bool:
        return self._did("rung", task_id)

    async def outcome(self, visit_id: int, ended: Ended) -> bool:
        if self.works:
            self.visits = tuple(visit.model_copy(update={"state": ended}) for visit in self.visits)
        return self._did("outcome", visit_id, ended)

    async def follow_up(self, visit_id: int, wanted: bool) -> bool:
        return self._did("follow_up", visit_id, wanted)

    async def note(self, visit_id: int, text: str) -> bool:
        return self._did("note", visit_id, text)

    async def safeguarding(self, visit_id: int, flagged: bool) -> bool:
        return self._did("safeguarding", visit_id, flagged)

    async def refer(self, visit_id: int, organisation: str) -> bool:
        return self._did("refer", visit_id, organisation)

    async def swap(self, visit_id: int, out: int, in_: int) -> bool:
        return self._did("swap", visit_id, out, in_)

    async def assign(self, visit_id: int, staff_ids: Sequence[int]) -> bool:
        return self._did("assign", visit_id, tuple(staff_ids))

    async def on_the_way(self, visit_id: int) -> Told | None:
        return self.told if self._did("on_the_way", visit_id) else None

    def _did(self, *what: object) -> bool:
        self.asked.append(what)
        return self.works


def ports(office: Scripted | None, now: dt.datetime = NOW, public_url: str | None = "https://visits.test/") -> Ports:
    return Ports(
        library=library(), search=NoSearch(), texts=Texts(), person=Nobody(), now=now, bank_holidays=frozenset(),
        public_url=public_url, office=office,
    )  # fmt: skip


def turn(kind: TurnKind = "text", **said: object) -> Turn:
    return Turn.model_validate({"channel": "telegram", "key": "1", "chat": "1", "at": NOW, "kind": kind, **said})


async def tap(office: Scripted | None, argument: str, **world: object) -> Outcome:
    return await tapped(buttons.encode(Verb.STAFF, argument), office, **world)


async def tapped(token: str, office: Scripted | None, **world: object) -> Outcome:
    return await router.handle(turn("tap", tap=token), SAID_NOTHING, Session(), replace(ports(office), **world))  # type: ignore[arg-type]


async def command(office: Scripted | None, name: str, argument: str = "") -> Outcome:
    said = turn("command", text=f"/{name} {argument}".strip(), command=name, argument=argument)
    return await router.handle(said, Understood(text=argument, verdict=Verdict()), Session(), ports(office))


async def say(office: Scripted | None, understood: Understood, session: Session, now: dt.datetime = NOW) -> Outcome:
    return await router.handle(turn(text=understood.text), understood, session, ports(office, now))


def words(done: Outcome) -> str:
    return "\n".join(words_of(reply.blocks) for reply in done.replies)


def labels(done: Outcome) -> list[str]:
    return [button.label for reply in done.replies for row in reply.buttons for button in row]


# Who is answered


@pytest.mark.parametrize("office", [Scripted(who=None), None])
@pytest.mark.parametrize("door", DOORS)
async def test_a_stranger_who_taps_gets_what_an_old_button_gets(door: str, office: Scripted | None) -> None:
    assert await tap(office, door) == await tapped("1xx~old~abcd", None)
    assert office is None or office.asked == []


@pytest.mark.parametrize("office", [Scripted(who=None), Scripted(who=None, code="C0DE-C0DE-C0DE"), None])
@pytest.mark.parametrize("argument", ["", "J7M-4Q3", "WRONG-CODE"])
async def test_a_stranger_who_types_gets_what_an_unknown_command_gets(argument: str, office: Scripted | None) -> None:
    assert await command(office, "staff", argument) == await command(None, "xyzzy")


async def test_a_turn_that_is_not_for_staff_never_asks_who_it_is() -> None:
    office = Scripted()
    await say(office, NOTE, Session())
    await command(office, "help")
    await tapped(buttons.encode(Verb.MENU), office)
    assert office.looked == 0
    await command(office, "staff")
    assert office.looked == 1


async def test_the_command_stands_in_no_menu() -> None:
    assert "staff" not in COMMANDS


@pytest.mark.parametrize("door", DOORS)
async def test_a_colleague_is_answered_behind_every_door(door: str) -> None:
    old = await tapped("1xx~old~abcd", None)
    assert (await tap(Scripted(who=COORDINATOR), door)).replies != old.replies


@given(st.text(max_size=40))
def test_a_forged_button_breaks_nothing(argument: str) -> None:
    token = f"1st~{argument}~"
    forged = token + buttons._check(token[:-1])
    assert asyncio.run(tapped(forged, Scripted())).replies


@given(st.sampled_from(DOORS), st.lists(st.text(alphabet="0123456789.-yesno", max_size=14), max_size=4))
def test_a_button_with_odd_numbers_breaks_nothing(door: str, odd: list[str]) -> None:
    token = f"1st~{'.'.join([door.partition('.')[0], *odd])}"
    assert asyncio.run(tapped(f"{token}~{buttons._check(token)}", Scripted(who=COORDINATOR))).replies


async def test_a_code_links_and_is_said_to_be_used_up() -> None:
    done = await command(Scripted(who=None, code="C0DE-C0DE-C0DE"), "staff", "C0DE-C0DE-C0DE")
    assert "This account is linked to you now" in words(done)
    assert "Hello Sam Underhill. You are here as officer." in words(done)


@pytest.mark.parametrize("role", get_args(Role))
async def test_the_menu_offers_what_a_role_may_do(role: Role) -> None:
    done = await command(Scripted(who=Colleague(id=1, name="Sam", role=role)), "staff")
    offered = ["Today", "Next 7 days", "Ring list", "My calendar"] if role in VISITORS else []
    assert labels(done) == offered
    assert ("nothing for your role" in words(done)) is not bool(offered)


async def test_a_reference_opens_its_visit() -> None:
    assert "Zebedee Quillfeather" in words(await command(Scripted(), "staff", "J7M-4Q3"))
    assert "Hello Sam" in words(await command(Scripted(), "staff", "not one"))


async def test_the_calendar_is_offered_only_where_it_has_an_address() -> None:
    (block, *_) = (await tap(Scripted(), "calendar")).replies[0].blocks
    assert block.spans[0].href == "https://visits.test/calendar/team/1/abc.ics"  # type: ignore[union-attr]
    assert "My calendar" not in labels(await tap(Scripted(), "menu", public_url=None))
    for office, url in ((Scripted(), None), (Scripted(path=""), "https://visits.test")):
        assert "no calendar for you" in words(await tap(office, "calendar", public_url=url))


# Rounds


def visit(id_: int, **changes: object) -> StaffVisit:
    return VISIT.model_copy(update={"id": id_, **changes})


async def test_a_round_goes_by_area_and_then_by_time() -> None:
    later = NOW + 3 * HALF_HOUR
    office = Scripted(
        visits=(
            visit(1, area="Leicester", outward="LE2", reference="A", priority="high"),
            visit(2, starts=later, reference="B", state="not_in"),
            visit(3, reference="C", priority="standard"),
        )
    )
    done = await tap(office, "today")
    assert "Wednesday 25 November. Visits: 3." in words(done)
    assert labels(done)[:3] == [
        "1. Braunstone 10am LE3 C standard",
        "2. Braunstone 11.30am LE3 B not in",
        "3. Leicester 10am LE2 A high",
    ]
    assert [buttons.decode(token).argument for token in done.session.choices] == ["visit.3", "visit.2", "visit.1"]


async def test_one_area_is_not_named_again_and_again() -> None:
    assert labels(await tap(Scripted(), "today"))[0] == "1. 10am LE3 J7M-4Q3 medium"


@pytest.mark.parametrize("door", ["today", "week", "note.12", "swap.12", "ask.12.done", "refer.12", "way.12"])
async def test_personal_details_stand_only_in_the_visit_itself(door: str) -> None:
    done = await tap(Scripted(who=COORDINATOR), door)
    said = f"{words(done)} {labels(done)} {done.session}"
    assert [word for word in PRIVATE if word in said] == []


async def test_a_number_may_be_typed_instead() -> None:
    round_ = await tap(Scripted(), "today")
    one = Understood(text="1", verdict=Verdict())
    assert "Zebedee Quillfeather" in words(await say(Scripted(), one, round_.session))


async def test_a_long_round_has_pages_and_misses_nobody() -> None:
    office = Scripted(visits=tuple(visit(number, reference=f"R{number:02}") for number in range(30)))
    seen, door = list[str](), "today"
    while door:
        done = await tap(office, door)
        seen += [label.split()[3] for label in labels(done) if re.match(r"\d", label)]
        more = [b for row in done.replies[0].buttons for b in row if b.label == "More"]
        door = buttons.decode(more[0].token or "").argument if more else ""
    assert seen == [f"R{number:02}" for number in range(30)]


async def test_a_day_without_visits_leads_to_its_neighbours() -> None:
    done = await tap(Scripted(visits=()), "today")
    assert "No visits on Wednesday 25 November." in words(done)
    assert labels(done) == ["Day before", "Day after", "Team menu"]


async def test_a_day_far_off_or_none_is_today() -> None:
    for which in ("2031-01-01", "0001-01-01", "9999-12-31", "yesterday"):
        assert "25 November" in words(await tap(Scripted(), f"day.{which}"))


async def test_the_week_counts_by_local_days() -> None:
    evening = dt.datetime(2026, 11, 26, 23, 30, tzinfo=dt.UTC)
    office = Scripted(visits=(VISIT, visit(2), visit(3, starts=evening)))
    done = await tap(office, "week")
    assert labels(done)[:2] == ["1. Wednesday 25 November: 2", "2. Thursday 26 November: 1"]
    assert "No visits are booked" in words(await tap(Scripted(visits=()), "week"))


# One visit


async def test_a_visit_shows_everything_to_whoever_goes_there() -> None:
    said = words(await tap(Scripted(), "visit.12"))
    for line in (
        "J7M-4Q3: Wednesday 25 November, 10am to 10.30am", "Where: 12 Marzipan Walk, LE3 1AB",
        "Who: Zebedee Quillfeather", "Phone: +441164960123", "How to get in touch safely: Only before noon",
        "Get in touch: ring", "For: Fire safety, Feeling lonely", "Risks: 12 points", "Smoking, indoors: 8",
        "One person, alone: 4", "Priority: medium", "Needs: A loud parrot", "Your word at the door: cosy kettle",
        "Going: Sam Underhill, Alex Brandybuck", "Knock twice", "Agreed: details may go to named partners",
        "Not agreed: being asked afterwards", "Booked through: telegram",
    ):  # fmt: skip
        assert line in said
    assert "safeguarding" not in said
    assert "erased" not in said


async def test_flags_and_an_end_are_said_first() -> None:
    flagged = visit(12, safeguarding=True, follow_up=True, state="refused", for_other=True)
    said = words(await tap(Scripted(visits=(flagged,)), "visit.12"))
    for line in ("The safeguarding flag is up.", "A follow-up is wanted.", "This visit is refused.", "Somebody else"):
        assert line in said


async def test_an_erased_visit_says_so() -> None:
    gone = {"name": "", "phone": "", "address": "", "postcode": "", "safe": "", "needs": "", "word": "", "why": ()}
    said = words(await tap(Scripted(visits=(visit(12, state="done", **gone),)), "visit.12"))
    assert "Name, phone number and address are not kept." in said
    assert "Where:" not in said


async def test_a_visit_of_somebody_else_is_no_visit() -> None:
    for door in ("visit.99", "end.99.done", "note.99"):
        office = Scripted()
        assert "There is no such visit, or it is not one of yours." in words(await tap(office, door))
        assert office.asked == []


ON_THE_DAY = ["On our way", "Done", "Not in", "Refused"]
ALWAYS = ["Follow-up", "Note", "Safeguarding", "Refer"]
WAYS_ON = ["Open J7M-4Q3", "That day's round", "Team menu"]


@pytest.mark.parametrize(
    ("who", "changes", "days", "expected"),
    [
        (OFFICER, {}, 0, [*ON_THE_DAY, *ALWAYS]),
        (OFFICER, {}, -1, ALWAYS),
        (OFFICER, {}, 1, [*ON_THE_DAY[1:], *ALWAYS]),
        (COORDINATOR, {}, -1, [*ALWAYS, "Swap"]),
        (COORDINATOR, {"state": "done"}, 0, ["Not in", "Refused", *ALWAYS]),
        (COORDINATOR, {"state": "done"}, 1, ALWAYS),
        (OFFICER, {"state": "cancelled"}, 0, []),
        (OFFICER, {"follow_up": True}, -1, ["No follow-up", *ALWAYS[1:]]),
        (OFFICER, {"safeguarding": True}, -1, [*ALWAYS[:2], "Lower safeguarding flag", "Refer"]),
    ],
)
async def test_only_what_can_be_done_now_is_offered(
    who: Colleague, changes: dict[str, object], days: int, expected: list[str]
) -> None:
    office = Scripted(who=who, visits=(visit(12, **changes),))
    assert labels(await tap(office, "visit.12", now=NOW + dt.timedelta(days=days))) == [*expected, *WAYS_ON]


# What is done, and that the words are true


@pytest.mark.parametrize("ended", get_args(Ended))
async def test_an_end_is_asked_once_and_then_recorded(ended: Ended) -> None:
    office = Scripted()
    asked = await tap(office, f"ask.12.{ended}")
    assert labels(asked) == ["Yes, record it", "Back", "Team menu"]
    assert office.asked == []
    done = await tap(office, f"end.12.{ended}")
    assert office.asked == [("outcome", 12, ended)]
    assert f"J7M-4Q3 is recorded as {ended.replace('_', ' ')}." in words(done)
    assert f"{ended.replace('_', ' ').capitalize()}" not in labels(done)
    assert "On our way" not in labels(done)
    assert words(await tap(office, f"end.12.{ended}")) == words(done)
    assert len(office.asked) == 1


@pytest.mark.parametrize("told", get_args(Told))
async def test_how_they_hear_that_somebody_is_on_the_way_is_said_as_it_is(told: Told) -> None:
    done = await tap(Scripted(told=told), "way.12")
    said = words(done)
    assert ("a message goes out" in said) is (told == "told")
    assert ("please ring them" in said) is (told == "ring")
    assert ("do not ring" in said) is (told == "hidden")
    assert ("no message was sent" in said.lower()) is (told != "told")


@pytest.mark.parametrize(
    ("door", "did", "so", "not_so"),
    [
        ("way.12", ("on_the_way", 12), "a message goes out to them now", "The visit is not today"),
        ("end.12.done", ("outcome", 12, "done"), "is recorded as done", "Nothing was recorded"),
        ("follow.12.yes", ("follow_up", 12, True), "a follow-up is wanted", "Nothing was changed"),
        ("follow.12.no", ("follow_up", 12, False), "no follow-up is wanted", "Nothing was changed"),
        ("flag.12.yes", ("safeguarding", 12, True), "flag is up. This tells nobody", "Nothing was changed"),
        ("flag.12.no", ("safeguarding", 12, False), "flag is down", "Nothing was changed"),
        ("refer.12.police", ("refer", 12, "leicestershire-police"), "Nothing was sent to them", "Nothing was changed"),
        ("swap.12.1.5", ("swap", 12, 1, 5), "Cy Tunnelly goes instead of Sam Underhill", "is not free then"),
        ("rung.9", ("rung", 9), "Noted: you rang", "Nothing was changed"),
    ],
)
async def test_every_act_says_what_came_of_it(door: str, did: tuple[object, ...], so: str, not_so: str) -> None:
    for works, said, other in ((True, so, not_so), (False, not_so, so)):
        office = Scripted(who=COORDINATOR, works=works)
        done = words(await tap(office, door))
        assert office.asked == [did]
        assert said in done
        assert other not in done


async def test_nobody_is_referred_without_consent() -> None:
    for door in ("refer.12", "refer.12.police"):
        office = Scripted(visits=(visit(12, consents=("feedback",)),))
        done = await tap(office, door)
        assert "has not agreed" in words(done)
        assert office.asked == []
        assert done.session.choices == ()


async def test_each_organisation_is_offered_once() -> None:
    done = await tap(Scripted(), "refer.12")
    held = set(library().place.agencies.values())
    assert len(done.session.choices) == len(held) > 1
    assert "1. Leicestershire Fire and Rescue Service" in labels(done)


async def test_colleagues_of_the_same_agency_come_first() -> None:
    done = await tap(Scripted(who=COORDINATOR), "with.12.1.0")
    assert labels(done)[:2] == ["1. Cy Tunnelly", "2. Bo Proudfoot"]
    assert "instead of Sam Underhill" in words(done)
    assert "Di Editor" not in words(done)


async def test_a_large_team_has_pages() -> None:
    team = tuple(Colleague(id=100 + n, name=f"Made-Up {n}", role="officer") for n in range(swapping.A_PAGE + 1))
    office = Scripted(who=COORDINATOR, team=team)
    assert "More" in labels(await tap(office, "with.12.1.0"))
    last = await tap(office, "with.12.1.1")
    assert len(last.session.choices) == 1
    assert "More" not in labels(last)


async def test_an_officer_cannot_swap() -> None:
    for door in ("swap.12", "with.12.1.0"):
        assert "Your role cannot swap" in words(await tap(Scripted(), door))


async def test_nobody_is_swapped_where_nobody_goes_or_could() -> None:
    assert "nobody to swap" in words(await tap(Scripted(who=COORDINATOR, visits=(visit(12, visitors=()),)), "swap.12"))
    alone = Scripted(who=COORDINATOR, team=TEAM[:1])
    assert "Nobody else" in words(await tap(alone, "with.12.2.0"))


async def test_the_ring_list_says_whom_why_and_how() -> None:
    done = await tap(Scripted(), "ring.0")
    said = words(done)
    assert "J7M-4Q3, Thursday 26 November, 10am. Remind them: the visit is tomorrow." in said
    assert "Zebedee Quillfeather: +441164960123." in said
    assert "How to get in touch safely: Only before noon" in said
    assert labels(done) == ["Rung J7M-4Q3", "Open J7M-4Q3", "Team menu"]


async def test_a_call_of_a_new_kind_and_without_a_number_is_listed_too() -> None:
    odd = CALL.model_copy(update={"kind": "something-new", "phone": "", "safe": "", "starts": None})
    said = words(await tap(Scripted(calls=(odd,)), "ring.0"))
    assert "Ring them about their visit." in said
    assert "no phone number is kept" in said


async def test_an_empty_and_a_long_ring_list() -> None:
    assert "no calls to make" in words(await tap(Scripted(calls=()), "ring.0"))
    office = Scripted(calls=(CALL,) * 9)
    assert "More" in labels(await tap(office, "ring.0"))
    assert labels(await tap(office, "ring.1")).count("Rung J7M-4Q3") == 1


# Notes


async def awaiting() -> Session:
    return (await tap(Scripted(), "note.12")).session


FIRE = Verdict(route="emergency", tier="certain", kind="fire")
ABUSE = Verdict(route="abuse", tier="certain", kind="domestic")


async def test_a_note_goes_to_the_visit_and_nowhere_else() -> None:
    office, session = Scripted(), await awaiting()
    assert "Zebedee" not in session.model_dump_json()
    done = await say(office, replace_verdict(ABUSE), session)
    assert office.asked == [("note", 12, NOTE.text)]
    assert words(done) == "J7M-4Q3: your note is kept."
    assert (done.session.waiting, done.session.quiet, done.effects) == (None, False, ())
    again = await say(office, NOTE, done.session)
    assert len(office.asked) == 1
    assert "your note" not in words(again)


def replace_verdict(verdict: Verdict) -> Understood:
    return NOTE.model_copy(update={"verdict": verdict})


async def test_a_note_of_a_certain_emergency_is_kept_and_999_stands_above() -> None:
    office = Scripted()
    done = await say(office, replace_verdict(FIRE), await awaiting())
    assert office.asked == [("note", 12, NOTE.text)]
    first, second = words(done).splitlines()
    assert "999" in first
    assert second == "J7M-4Q3: your note is kept."
    assert done.replies[0].urgent


@pytest.mark.parametrize("office", [Scripted(who=None), None])
async def test_a_resident_with_a_forged_form_gets_the_danger_rule(office: Scripted | None) -> None:
    until = (NOW + HALF_HOUR).isoformat()
    forged = Session(waiting=Waiting(form=FORM, data={"visit": "12", "reference": "J7M-4Q3", "until": until}))
    for verdict in (FIRE, ABUSE):
        done = await say(office, replace_verdict(verdict), forged)
        assert done == await say(office, replace_verdict(verdict), Session())
        assert done.trace.route == verdict.route
    assert (await say(office, NOTE, forged)).replies == (await say(office, NOTE, Session())).replies
    assert office is None or office.asked == []


async def test_a_note_is_awaited_for_two_hours_only() -> None:
    office, session = Scripted(), await awaiting()
    done = await say(office, replace_verdict(FIRE), session, NOW + dt.timedelta(hours=2))
    assert done.trace.route == "emergency"
    assert office.asked == []


async def test_danger_in_a_command_is_answered_and_the_note_still_waits() -> None:
    office, session = Scripted(), await awaiting()
    said = turn("command", text="/help fire", command="help", argument="my house is on fire")
    fire = Understood(text="my house is on fire", verdict=FIRE)
    alarmed = await router.handle(said, fire, session, ports(office))
    assert alarmed.trace.route == "emergency"
    no = await router.handle(
        turn("tap", tap=buttons.encode(Verb.DANGER, "no")), SAID_NOTHING, alarmed.session, ports(office)
    )
    assert "Write the note for J7M-4Q3" in words(no)
    no = await say(office, Understood(text="no", verdict=Verdict()), alarmed.session)
    assert "Write the note for J7M-4Q3" in words(no)
    await say(office, NOTE, no.session)
    assert office.asked == [("note", 12, NOTE.text)]


async def test_a_long_answer_to_the_alarm_is_the_note() -> None:
    office, session = Scripted(), await awaiting()
    said = turn("command", text="/help", command="help", argument="fire")
    alarmed = await router.handle(said, Understood(text="fire", verdict=FIRE), session, ports(office))
    await say(office, NOTE, alarmed.session)
    assert office.asked == [("note", 12, NOTE.text)]


async def test_a_command_puts_the_note_away() -> None:
    said = turn("command", text="/help", command="help")
    done = await router.handle(said, SAID_NOTHING, await awaiting(), ports(Scripted()))
    assert done.session.waiting is None


async def test_of_a_picture_the_words_are_kept_and_that_is_said() -> None:
    office = Scripted()
    picture = turn("attachment", text=NOTE.text, attachment="photo")
    done = await router.handle(picture, NOTE, await awaiting(), ports(office))
    assert office.asked == [("note", 12, NOTE.text)]
    assert "Pictures and files are not." in words(done)


async def test_a_note_that_was_not_kept_is_said_to_be_lost() -> None:
    for office in (Scripted(works=False), Scripted(visits=())):
        assert "your note was not kept" in words(await say(office, NOTE, await awaiting()))


# The catalogue


def test_every_text_that_the_menus_name_exists() -> None:
    sources = [path.read_text() for path in Path(handlers.staff.__file__).parent.glob("*.py")]
    named = {name for source in sources for name in re.findall(r'(?<!f)"(staff\.[a-z0-9._-]+)"', source)}
    assert len(named) > 40
    assert named - set(read("en")) == set()


def test_every_text_that_the_menus_make_up_exists() -> None:
    made = [f"staff.role.{role}" for role in get_args(Role)]
    made += [f"staff.priority.{level}" for level in get_args(Level)]
    made += [f"staff.visit.priority-{level}" for level in get_args(Level)]
    made += [f"staff.state.{state}" for state in (*get_args(Ended), "cancelled")]
    made += [f"staff.{what}{end}" for end in get_args(Ended) for what in ("button.", "end.", "end.ask-")]
    made += [f"staff.{what}{way}" for way in doing.YES_NO for what in ("follow.", "flag.")]
    made += [f"staff.visit.reach-{reach}" for reach in ("message", "ring", "text")]
    assert [name for name in made if name not in read("en")] == []
