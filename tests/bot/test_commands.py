"""The commands, run as processes: exit codes, one plain sentence on stderr, JSON lines that scripts rely on."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import NamedTuple, Protocol

import httpx
import pytest

from bot.cli import content as commands
from bot.cli import main
from bot.clock import FixedClock
from bot.store.vault import vault_from
from knowledge.check import Fault

FIELDS = ["text", "route", "tier", "answered", "offered", "action", "reply", "ms"]


async def start(*arguments: str, **environment: str) -> Process:
    """A command as a process of its own."""
    command = [sys.executable, "-c", "from bot.cli import main; main()", *arguments]
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={**os.environ, **environment}
    )


class Run(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class Bot(Protocol):
    """Runs a command in this process, which is quicker than starting one."""

    def __call__(self, *arguments: str, given: str = "", **environment: str) -> Run: ...


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database: dict[str, str]) -> Bot:
    def run(*arguments: str, given: str = "", **environment: str) -> Run:
        for name, value in {**database, **environment}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["bot", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as ended:
            main()
            sys.exit(0)
        return Run(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def database(tmp_path: Path) -> dict[str, str]:
    return {"BOT_DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite3"}


def test_ask_answers_one_line_a_line(bot: Bot) -> None:
    code, out, err = bot("ask", "--json", given="my smoke alarm wont stop chirping\nmy house is on fire\n\n")
    assert (code, err) == (0, "")
    alarm, fire, empty = map(json.loads, out.splitlines())
    assert list(alarm) == FIELDS
    assert (alarm["route"], alarm["answered"]) == ("answer", ["fire-safety/smoke-alarm-beeping"])
    assert (fire["route"], fire["tier"]) == ("emergency", "certain")
    assert fire["reply"].startswith("Get out, stay out, and ring 999.")
    assert "no words" in empty["reply"]


def test_ask_live_reads_the_database(bot: Bot) -> None:
    code, out, _ = bot("ask", "--live", "how", "do", "I", "test", "my", "smoke", "alarm")
    assert code == 0
    assert "smoke alarm" in out.lower()


def test_chat_ends_with_its_input(bot: Bot) -> None:
    code, out, _ = bot("chat", given="my smoke alarm wont stop chirping\na\n")
    assert code == 0
    assert "[a] That helped" in out
    assert "Thank you for telling us" in out


def test_content_check_finds_nothing(bot: Bot) -> None:
    code, out, _ = bot("content", "check")
    assert code == 0
    assert out.strip().endswith("140 entries and 90 organisations: no faults")


def test_content_check_knows_what_day_it_is(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, clock: FixedClock, tmp_path: Path
) -> None:
    def found(_place: Path, on: dt.date | None, today: dt.date) -> list[Fault]:
        return [Fault(tmp_path / "a.md", 1, f"{on} and {today}")]

    monkeypatch.setattr(commands, "SystemClock", lambda: clock)
    monkeypatch.setattr(commands, "faults_of", found)
    code, out, _ = bot("content", "check")
    assert (code, out.strip().rpartition(": ")[2]) == (1, "None and 2026-11-25")


def test_content_is_counted(bot: Bot) -> None:
    code, out, _ = bot("content", "stats", "--json")
    assert code == 0
    assert json.loads(out)["entries"] == 140


def test_an_unknown_place_is_one_sentence(bot: Bot) -> None:
    code, out, err = bot("content", "check", BOT_PLACE="atlantis")
    assert (code, out) == (1, "")
    assert err.strip() == "There is no place called atlantis. The places are: braunstone, larkmoor."


def test_a_placeholder_token_refuses_to_start(bot: Bot) -> None:
    code, _, err = bot("run", TELEGRAM_BOT_TOKEN="changeme")
    assert code == 2
    assert "placeholder" in err


def test_a_new_place(bot: Bot, tmp_path: Path) -> None:
    code, out, _ = bot("place", "new", "Castle Ward", BOT_PLACES_FOLDER=str(tmp_path))
    assert code == 0
    assert "castle-ward" in out
    assert (tmp_path / "castle-ward" / "place.toml").exists()
    again, _, err = bot("place", "new", "Castle Ward", BOT_PLACES_FOLDER=str(tmp_path))
    assert again == 1
    assert "already" in err


def test_nobody_waits_yet(bot: Bot) -> None:
    assert bot("handovers", "list").out.strip() == "Nobody is waiting."
    assert bot("reports", "list").out.strip() == "Nothing is waiting."
    closed = bot("handovers", "close", "1")
    assert (closed.code, closed.err.strip()) == (1, "Ticket 1 is not open.")
    assert "no ticket 7" in bot("handovers", "reply", "7", "hello").err
    assert "not open" in bot("reports", "mended", "3").err


def test_off_and_on(bot: Bot) -> None:
    assert bot("off", "Back", "tomorrow.", "--reason", "wrong hours").code == 0
    assert bot("on").out.strip() == "On."
    on, off = (line.partition("  ")[2] for line in bot("audit", "list").out.splitlines())
    assert (off, on) == ("the command line: switch off (wrong hours)", "the command line: switch on")


@pytest.mark.parametrize(
    ("given", "missing"),
    [(("Back tomorrow.",), "Say why"), ((" ", "--reason", "wrong hours"), "Say what residents read")],
)
def test_off_needs_words_for_residents_and_a_reason(bot: Bot, given: tuple[str, ...], missing: str) -> None:
    code, out, err = bot("off", *given)
    assert (code, out) == (1, "")
    assert missing in err
    assert bot("on").code == 0
    assert "switch off" not in bot("audit", "list").out


def test_a_webhook_needs_an_address_first(bot: Bot) -> None:
    made = bot("webhook", "new").out
    assert "BOT_WEBHOOK_SECRET=" in made
    assert "BOT_PUBLIC_URL" in bot("webhook", "set").err


def test_wrong_usage_is_exit_code_two(bot: Bot) -> None:
    assert bot("handovers", "close", "soon").code == 2


async def test_run_serves_and_stops_cleanly(tmp_path: Path, database: dict[str, str], free_port: int) -> None:
    process = await start("run", BOT_PORT=str(free_port), **database)
    assert process.stdout is not None
    said = ""
    while "Ready" not in said:
        line = (await process.stdout.readline()).decode()
        assert line, "it ended instead of starting"
        said += line
    assert "140 answers, 90 organisations" in said
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=8)) as client:
        assert (await client.get(f"http://127.0.0.1:{free_port}/healthz")).status_code == 200
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert "Stopped." in out.decode()
    assert oct((tmp_path / "bot.keys").stat().st_mode & 0o777) == "0o600"
    assert vault_from(tmp_path / "bot.keys")


def test_help_has_an_example(bot: Bot) -> None:
    code, out, _ = bot("ask", "--help")
    assert code == 0
    assert re.search(r"Example:", out)
