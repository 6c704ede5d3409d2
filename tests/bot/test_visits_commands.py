"""`bot staff` and `bot visits`: a team is made, a resident booked, moved and visited, all from the command line."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

import tests.bot.test_commands as commands
from bot.cli.diary import writing
from bot.clock import FixedClock
from bot.store.unit import Unit
from bot.store.visit_tables import Visit, VisitTask
from bot.visits import rota
from bot.visits import team as members
from tests.bot.test_commands import Bot
from tests.databases import SqliteFiles

bot = commands.bot
BOOK = (
    "visits", "book", "--name", "Zebedee Quillfeather", "--address", "12 Marzipan Walk", "--source", "phone",
)  # fmt: skip
WHO = ("--postcode", "le31ab", "--phone", "07700 900123", "--reason", "fire-safety", "--partners")
RISK = ("--answer", "household=alone", "--answer", "household=from-85", "--word", "Cosy Kettle")
TEN = "2026-11-30 10:00"

Say = Callable[..., list[str]]


@pytest.fixture
def database(sqlite_files: SqliteFiles, tmp_path: Path) -> dict[str, str]:
    return {"BOT_DATABASE_URL": sqlite_files.fresh(), "BOT_KEYS_FILE": str(tmp_path / "bot.keys")}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    """Commands of these tests run on the fixed clock, and on a database that has its tables already."""
    monkeypatch.setattr("bot.cli.people.SystemClock", lambda: clock)
    monkeypatch.setattr("bot.wiring.upgrade", lambda _url: None)


@pytest.fixture
def say(bot: Bot) -> Say:
    """A command that must succeed; its lines."""

    def run(*arguments: str) -> list[str]:
        code, out, err = bot(*arguments)
        assert (code, err) == (0, ""), err
        return out.splitlines()

    return run


@pytest.fixture
def fault(bot: Bot) -> Callable[..., str]:
    """A command that must find a fault; its sentence."""

    def run(*arguments: str) -> str:
        code, out, err = bot(*arguments)
        assert (code, out) == (1, "")
        return err.strip()

    return run


@pytest.fixture
def team(say: Say, database: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Three colleagues, two of whom work on Mondays."""
    for name, value in database.items():
        monkeypatch.setenv(name, value)

    async def work(unit: Unit) -> None:
        for name, agency in (("Sam Underhill", "fire"), ("Alex Brandybuck", "police")):
            staff = await members.add(unit, name, "officer", agency)
            await rota.add(unit, staff, rota.Hours(0, dt.time(9), dt.time(12)))
        await members.add(unit, "Robin Made-Up", "coordinator")

    writing(work)
    return say


@pytest.fixture
def reference(team: Say) -> str:
    """A visit that is booked on Monday at ten."""
    booked, word = team(*BOOK, *WHO, *RISK, "--when", TEN)
    assert word == 'At the door the visitors say "Cosy Kettle".'
    found = re.fullmatch(r"Booked: (\S{7}), Mon 30 Nov 2026 10:00\.", booked)
    assert found
    return found[1]


def test_a_colleague_is_invited_and_leaves(say: Say, fault: Callable[..., str]) -> None:
    assert say("staff", "list") == ["There is nobody yet: bot staff invite."]
    named, code, how, console = say("staff", "invite", "Sam", "Underhill", "--role", "officer", "--agency", "fire")
    assert named == "Sam Underhill is number 1, officer."
    made = re.fullmatch(r"Their code: (\S{4}-\S{4}-\S{4})\. It works once, within 48 hours\.", code)
    assert made
    assert how == f"They send this to the bot on Telegram: /staff {made[1]}"
    assert made[1] not in console
    assert "http://localhost:8000/staff once" in console
    assert made[1] not in say("staff", "code", "1")[0]
    assert say("staff", "list") == ["1: Sam Underhill, officer, fire"]
    assert say("staff", "sign-out", "1") == ["Number 1 is signed out of the console, on 0 devices."]
    assert say("staff", "leave", "1") == ["Number 1 has left."]
    assert "number 1" in fault("staff", "sign-out", "1")
    assert fault("staff", "leave", "1") == "Nobody in the team has the number 1: bot staff list."
    assert "number 1" in fault("staff", "code", "1")


def test_a_role_that_there_is_not_is_wrong_usage(bot: Bot) -> None:
    assert bot("staff", "invite", "Sam", "--role", "boss").code == 2
    assert bot("staff", "invite", "Sam").code == 2
    assert bot("staff", "invite", " ", "--role", "officer").code == 1


def test_who_leaves_leaves_visits_that_are_named(team: Say, reference: str) -> None:
    gone, standing, one = team("staff", "leave", "1")
    assert gone == "Number 1 has left."
    assert "Move, swap or cancel" in standing
    assert one == f"  {reference}  Mon 30 Nov 2026 10:00  booked"


def recorded(team: Say) -> list[str]:
    """What was done and read at the command line, in order."""
    return [line.partition("the command line: ")[2] for line in reversed(team("audit", "list"))]


def test_a_visit_is_booked_and_shown(team: Say, reference: str) -> None:
    line = f"{reference}  Mon 30 Nov 2026 10:00  LE3"
    shown = team("visits", "show", reference.lower())
    assert shown[0].startswith(line)
    assert shown[0].endswith("medium  Sam Underhill [1] and Alex Brandybuck [2]  booked")
    assert "  Phone: +447700900123" in shown
    assert "  Address: 12 Marzipan Walk, LE3 1AB" in shown
    assert "  Risks: Someone aged 85 or over (8), One person, alone (4)" in shown
    assert "  Booked by: phone" in shown

    assert [one[:7] for one in team("visits", "list")] == [reference]
    assert [one[:7] for one in team("visits", "list", "--day", "2026-11-30")] == [reference]
    assert team("visits", "list", "--days", "4") == ["No visits."]
    assert "Quillfeather" not in "".join(team("visits", "list"))
    as_data = json.loads(team("visits", "list", "--json")[0])
    assert (as_data["reference"], as_data["starts"], as_data["name"]) == (
        reference, "2026-11-30T10:00:00Z", "Zebedee Quillfeather"
    )  # fmt: skip
    read = f"read visit ({reference})"
    assert recorded(team) == [f"book visit ({reference})", read, read], "the lists hold no details, but for --json"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("--postcode", "nowhere"), "nowhere is not a whole postcode."),
        (("--postcode", "SW1A 1AA"), "SW1A 1AA is outside the area: LE3."),
        (("--phone", "12"), "12 is not a phone number that can be dialled."),
        (("--name", " "), "A visit needs a name."),
        (("--address", "-"), "A visit needs an address."),
        (("--reason", "dragons"), "dragons is no reason for a visit. The reasons are: fire-safety, security,"),
        (("--word", "4711"), "A word for the door has 2 to 24 letters."),
        (("--when", "2026-11-30 10:07"), "Mon 30 Nov 2026 10:07 is not free. Free that day: 09:00 09:30 10:00"),
        (("--when", "2026-12-01 10:00"), "Tue 01 Dec 2026 10:00 is not free. Free that day: nothing."),
    ],
)
def test_what_cannot_be_booked_is_told_in_a_sentence(
    team: Say, fault: Callable[..., str], changes: tuple[str, ...], said: str
) -> None:
    assert fault(*BOOK, *WHO, "--when", TEN, *changes).startswith(said)
    assert team("visits", "list") == ["No visits."]


def test_an_answer_that_is_not_asked_is_told(team: Say, fault: Callable[..., str]) -> None:
    said = fault(*BOOK, *WHO, "--when", TEN, "--answer", "household=dragon")
    assert said.startswith("household=dragon is no answer of the form. The answers are: alarms=every-floor,")


def test_one_home_has_one_visit_and_one_time_one_pair(team: Say, reference: str, fault: Callable[..., str]) -> None:
    assert fault(*BOOK, *WHO, "--when", "2026-11-30 11:00").startswith("This home has a visit already")
    assert "is not free" in fault(*BOOK, *WHO, "--address", "13 Marzipan Walk", "--when", TEN)


def test_a_visit_is_moved_even_into_its_own_time_and_cancelled(
    team: Say, reference: str, fault: Callable[..., str]
) -> None:
    (moved,) = team("visits", "move", reference, "2026-11-30 10:30")
    assert moved == f"{reference} is now on Mon 30 Nov 2026 10:30. They are NOT told yet: ring +447700900123."
    (cancelled,) = team("visits", "cancel", reference)
    assert cancelled.startswith(f"{reference} is cancelled. They are NOT told yet")
    assert fault("visits", "cancel", reference).endswith("is cancelled or over: there is nothing to cancel.")
    assert fault("visits", "move", reference, TEN).startswith("Only a visit that is booked")
    assert fault("visits", "show", "J7M-4Q2") == "There is no visit J7M-4Q2: bot visits list shows those to come."
    assert recorded(team)[1:] == [f"move visit ({reference})", f"cancel visit ({reference})"]


def test_visitors_are_swapped_and_assigned(team: Say, reference: str, fault: Callable[..., str]) -> None:
    assert team("visits", "swap", reference, "1", "3") == [f"{reference}: 3 goes instead of 1."]
    assert "stays as it is" in fault("visits", "swap", reference, "1", "3")
    assert team("visits", "assign", reference, "1", "2") == [f"{reference}: 1 and 2 go."]
    assert "it needs 2 visitors" in fault("visits", "assign", reference, "1")
    done = [f"{what} ({reference})" for what in ("book visit", "swap visitors", "assign visitors")]
    assert recorded(team) == done, "what was refused is not recorded"


def test_a_visit_is_made_and_what_came_of_it_is_kept(
    team: Say, reference: str, clock: FixedClock, fault: Callable[..., str]
) -> None:
    assert "has not begun" in fault("visits", "outcome", reference, "done")
    clock.move(days=5, hours=1)
    area, _one, asked, undecided = team("visits", "today")
    assert area.startswith("LE3")
    assert "What came of these?" in asked
    assert reference in undecided
    team("visits", "note", reference, "Alarm", "fitted.")
    team("visits", "safeguard", reference)
    team("visits", "refer", reference, "age-uk-leicester")
    assert team("visits", "outcome", reference, "not-in", "--follow-up") == [f"{reference}: not-in."]
    shown = team("visits", "show", reference)
    assert shown[0].endswith("not_in, safeguarding, follow-up")
    assert "  Notes: 30 Nov 2026 11:00, command line: Alarm fitted." in shown
    assert "  Put in touch with: age-uk-leicester" in shown
    assert "lowered" in team("visits", "safeguard", reference, "--clear")[0]
    assert "There is no organisation x" in fault("visits", "refer", reference, "x")
    assert "takes no more notes" in fault("visits", "note", reference, " ")
    assert [what.partition(" (")[0] for what in recorded(team)[1:]] == [
        "note on visit", "safeguarding flag up", "refer", "visit not in", "read visit", "safeguarding flag down",
    ]  # fmt: skip


def test_calls_and_feeds(team: Say, reference: str, clock: FixedClock, fault: Callable[..., str]) -> None:
    assert team("visits", "ring-list") == ["Nobody is waiting for a call."]
    assert "no call 12" in fault("visits", "rung", "12")
    assert re.fullmatch(r"/calendar/team/1/\w{32}\.ics", team("visits", "feed", "1")[0])
    assert "99" in fault("visits", "feed", "99")

    async def due(unit: Unit) -> None:
        visit = (await unit.session.execute(select(Visit))).scalar_one()
        unit.session.add(VisitTask(visit_id=visit.id, kind="missed", sequence=7, due_at=unit.now, state="ring"))

    writing(due)
    (call,) = team("visits", "ring-list")
    assert "Zebedee Quillfeather" in call
    number = call.partition(":")[0]
    team("visits", "rung", number)
    assert recorded(team)[1:] == [f"read ring list ({reference})", f"ring resident (call {number})"]


def test_hours_absences_and_closed_days(team: Say, reference: str, fault: Callable[..., str]) -> None:
    assert team("visits", "rota", "list")[0] == "1: Sam Underhill [1], mon 09:00 to 12:00"
    assert "after the begin" in fault("visits", "rota", "add", "1", "mon", "12:00", "09:00")
    assert team("visits", "free")[0] == "Mon 30 Nov 2026: 09:00 11:00 11:30"

    away = team("visits", "absence", "add", "1", "2026-11-30 08:00", "2026-12-07 17:00", "--why", "training")
    assert away[0] == "1: number 1 is away from Mon 30 Nov 2026 08:00 to Mon 07 Dec 2026 17:00, training"
    assert reference in away[2]
    assert team("visits", "free") == ["Nothing is free from Wed 25 Nov 2026 for 14 days."]
    assert team("visits", "absence", "list") == [away[0]]
    team("visits", "absence", "remove", "1")
    assert "no absence 1" in fault("visits", "absence", "remove", "1")

    closed = team("visits", "close-day", "2026-11-30", "--why", "snow")
    assert closed[0] == "Mon 30 Nov 2026 is closed."
    assert reference in closed[2]
    assert team("visits", "free", "--from", "2026-12-07")[0].startswith("Mon 07 Dec 2026: 09:00")
    team("visits", "open-day", "2026-11-30")
    assert "was not closed" in fault("visits", "open-day", "2026-11-30")
    assert reference in team("visits", "rota", "remove", "1")[2]
    assert "no hours 1" in fault("visits", "rota", "remove", "1")


def test_a_rota_is_imported_after_a_dry_run(team: Say, fault: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "rota.csv"
    head = "name,role,weekday,begins,ends,first,last\n"
    file.write_text(head + "Sam Underhill,officer,tue,09:00,12:00,,\nKit Invented,officer,tue,9:00,12:00,,\n")
    dry = team("visits", "rota", "import", str(file), "--dry-run")
    assert dry == [
        "New: Kit Invented, officer",
        "Hours: Sam Underhill, tue 09:00 to 12:00",
        "Hours: Kit Invented, tue 09:00 to 12:00",
        "1 new people, 2 new hours, 0 there already.",
        "Nothing was changed: this was a dry run.",
    ]
    assert len(team("visits", "rota", "list")) == 2
    assert team("visits", "rota", "import", str(file))[-1] == "Done."
    assert len(team("visits", "rota", "list")) == 4
    assert len(team("staff", "list")) == 4

    file.write_text(head + "Sam Underhill,officer,wed,09:00,12:00,,\nSam Underhill,officer,soon,1,2,,\n")
    assert fault("visits", "rota", "import", str(file)).splitlines() == [
        "Row 3: soon is not a weekday: write mon, tue, wed, thu, fri, sat or sun.",
        "Nothing was changed.",
    ]
    file.write_bytes(b"\xff\xfe")
    assert "not in UTF-8" in fault("visits", "rota", "import", str(file))
    assert len(team("visits", "rota", "list")) == 4


def test_a_place_without_visits_says_so(bot: Bot, tmp_path: Path) -> None:
    assert bot("place", "new", "Castle Ward", BOT_PLACES_FOLDER=str(tmp_path)).code == 0
    (tmp_path / "castle-ward" / "visits.yaml").unlink()
    code, _, err = bot("visits", "list", BOT_PLACES_FOLDER=str(tmp_path), BOT_PLACE="castle-ward")
    assert code == 1
    assert "does no home visits" in err
