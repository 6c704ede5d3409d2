"""`bot person` and `bot keys`: who may, what is shown first, what is done, and what the record says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tests.bot.test_commands as commands
from bot.cli.diary import writing
from bot.cli.person import NAMES
from bot.clock import FixedClock
from bot.store import effects
from bot.store.person import Person, rows_of
from bot.store.tables import Chat
from bot.store.unit import Unit
from handlers.turn import KeepQuestion, OpenHandover, ReportDetail, Subscribe
from tests.bot.test_commands import Bot
from tests.databases import SqliteFiles

bot = commands.bot
THEM = ("--chat", "telegram:12345", "--staff", "1", "--reason", "asked")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.keys"


@pytest.fixture
def database(
    sqlite_files: SqliteFiles, clock: FixedClock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    monkeypatch.setattr("bot.cli.people.SystemClock", lambda: clock)
    monkeypatch.setattr("bot.wiring.upgrade", lambda _url: None)
    return {"BOT_DATABASE_URL": sqlite_files.fresh(), "BOT_KEYS_FILE": str(path)}


def test_a_new_key_and_the_old_one_after_five_weeks(bot: Bot, clock: FixedClock, path: Path) -> None:
    bot("staff", "invite", "Ann", "Example", "--role", "admin")
    assert bot("keys", "show").out == "1: made before dates were noted, current, 1 values\n"
    first = bot("keys", "rotate")
    assert first.code == 0
    assert "Key 2 seals from now on." in first.out
    assert "Key 1 stays for backups. The first rotation after 30 Dec 2026 takes it out." in first.out
    clock.move(days=36)
    assert "Key 1 is taken out" in bot("keys", "rotate").out
    shown = bot("keys", "show").out
    assert shown == "2: made 25 Nov 2026, retired 31 Dec 2026, 0 values\n3: made 31 Dec 2026, current, 1 values\n"
    assert not any(key in shown for key in json.loads(path.read_text(encoding="utf-8"))["keys"].values())
    assert "rotate keys (current 3, taken out 1)" in bot("audit", "list").out
    assert bot("staff", "list").out == "1: Ann Example, admin\n"


def held(bot: Bot) -> None:
    """A coordinator, an officer, and somebody who asked for a call."""
    bot("staff", "invite", "Ann", "Example", "--role", "coordinator")
    bot("staff", "invite", "Ben", "Example", "--role", "officer")

    async def work(unit: Unit) -> None:
        chat = Chat(channel="telegram", external_id="12345", created_at=unit.now, last_turn_at=unit.now)
        unit.session.add(chat)
        await unit.session.flush()
        asked = OpenHandover(wish="callback", phone="+441164960123")
        await effects.apply(unit, chat.id, "telegram", [asked, KeepQuestion(text="bins", route="unknown")])
        await effects.apply(unit, chat.id, "telegram", [Subscribe(topic="fireworks")])

    writing(work)


def test_who_reads_and_answers_requests_is_recorded(bot: Bot) -> None:
    held(bot)

    async def work(unit: Unit) -> None:
        wrong = [ReportDetail(organisation="age-uk-leicester", words="They moved.", thank=False)] * 2
        await effects.apply(unit, 1, "telegram", wrong)

    writing(work)
    assert "ring +441164960123" in bot("handovers", "list").out
    assert bot("handovers", "reply", "1", "Yes,", "we", "can.").code == 0
    assert bot("handovers", "close", "1").code == 0
    assert bot("handovers", "close", "1").code == 1
    assert bot("reports", "list").out.count("They moved.") == 2
    assert bot("reports", "mended", "1").code == 0
    record = [line.partition("the command line: ")[2] for line in reversed(bot("audit", "list").out.splitlines())]
    assert [each for each in record if "staff" not in each] == [
        "read ticket (ticket 1)", "reply to ticket (ticket 1)", "close ticket (ticket 1)",
        "read reports (organisation age-uk-leicester)", "put right (report 1 age-uk-leicester)",
    ]  # fmt: skip


def test_a_copy_for_somebody_who_asked(bot: Bot, tmp_path: Path) -> None:
    held(bot)
    copied = json.loads(bot("person", "export", *THEM).out)
    assert copied["chats"][0]["requests_for_a_person"][0]["phone"] == "+441164960123"
    assert copied["times"] == "Europe/London"
    file = tmp_path / "copy.json"
    by_phone = ("--phone", "0116 496 0123", "--staff", "1", "--reason", "on-behalf")
    assert "Read it before you hand it on" in bot("person", "export", *by_phone, "--out", str(file)).out
    again = json.loads(file.read_text(encoding="utf-8"))
    assert again["chats"] == copied["chats"]
    assert [each["what"] for each in again["seen_by"]] == ["export person"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert bot("person", "export", *THEM, "--out", str(file)).code == 1


def test_forgetting_is_shown_first_then_done_with_a_receipt_and_recorded(bot: Bot) -> None:
    held(bot)
    shown = bot("person", "erase", *THEM).out
    assert shown.startswith("This would be erased:\n  questions: 1\n")
    assert "Nothing is erased yet." in shown
    done = bot("person", "erase", *THEM, "--yes").out
    assert done.splitlines()[0] == "Erased:"
    assert done.splitlines()[1:3] == shown.splitlines()[1:3]
    assert "  topics that they asked to hear about: 1" in done.splitlines()
    assert "backups, until they are 35 days old" in done
    assert "nothing: it was erased before" in bot("person", "erase", *THEM, "--yes").out
    record = bot("audit", "list").out
    assert record.count("erase person (asked: chat 1;)") == 2, "what was only shown is no act"
    assert "12345" not in record
    assert bot("audit", "verify").code == 0


def test_the_receipt_has_a_name_for_everything_that_can_go() -> None:
    assert set(NAMES) == {str(table.__tablename__) for table in rows_of(Person())}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--chat", "telegram:12345", "--staff", "2"), "no coordinator or admin"),
        (("--chat", "telegram:999", "--staff", "1"), "Nothing is held"),
        (("--visit", "J7M-4Q3", "--staff", "1"), "in one way"),
        (("--phone", "zero", "--staff", "1"), "no phone number"),
    ],
)
def test_not_by_anybody_nor_for_anybody(bot: Bot, wrong: tuple[str, ...], said: str) -> None:
    held(bot)
    found = bot("person", "erase", *wrong, "--reason", "asked", "--yes")
    assert found.code == 1
    assert said in found.err
