"""`bot report`: a folder with the whole report, or one sentence that says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

import tests.bot.test_commands as commands
from bot.clock import FixedClock
from tests.bot.test_commands import Bot
from tests.databases import SqliteFiles

bot = commands.bot


@pytest.fixture
def database(sqlite_files: SqliteFiles, tmp_path: Path) -> dict[str, str]:
    return {"BOT_DATABASE_URL": sqlite_files.fresh(), "BOT_KEYS_FILE": str(tmp_path / "bot.keys")}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    monkeypatch.setattr("bot.cli.people.SystemClock", lambda: clock)
    monkeypatch.setattr("bot.wiring.upgrade", lambda _url: None)


def test_the_report_of_the_last_month_is_written(bot: Bot, tmp_path: Path) -> None:
    out = tmp_path / "reports" / "october"
    code, said, err = bot("report", "--out", str(out), BOT_DEMONSTRATION="1")
    assert (code, err) == (0, "")
    assert said.startswith("The report of October 2026 is in ")
    assert {path.name for path in out.iterdir()} == {
        "report.html", "report.pdf", "data", "data-dictionary.csv", "data-dictionary.html",
    }  # fmt: skip
    assert "Made-up figures. Nobody in this report exists." in (out / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--month", "2026-13"), "There is no period “2026-13”. A month is written like 2026-10"),
        (("--quarter", "2027-Q1"), "2027-Q1 is still to come."),
        (("--month", "2026-10", "--quarter", "2026-Q3"), "Say either a month or a quarter."),
    ],
)
def test_what_cannot_be_reported_is_one_sentence(bot: Bot, tmp_path: Path, asked: tuple[str, ...], said: str) -> None:
    code, out, err = bot("report", *asked, "--out", str(tmp_path / "none"))
    assert (code, out) == (1, "")
    assert err.startswith(said)
    assert not (tmp_path / "none").exists()
