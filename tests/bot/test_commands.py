"""The commands, run as processes: exit codes, one plain sentence on stderr, JSON lines that scripts rely on."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import httpx
import pytest

from bot.store.vault import vault_from

FIELDS = ["text", "route", "tier", "answered", "offered", "action", "reply", "ms"]


async def start(*arguments: str, **environment: str) -> Process:
    command = [sys.executable, "-c", "from bot.cli import main; main()", *arguments]
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={**os.environ, **environment}
    )


async def run(*arguments: str, given: str = "", **environment: str) -> tuple[int | None, str, str]:
    """Exit code, standard output, standard error."""
    process = await start(*arguments, **environment)
    out, err = await process.communicate(given.encode())
    return process.returncode, out.decode(), err.decode()


@pytest.fixture
def database(tmp_path: Path) -> dict[str, str]:
    return {"BOT_DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite3"}


async def test_ask_answers_one_line_a_line() -> None:
    code, out, err = await run("ask", "--json", given="my smoke alarm wont stop chirping\nmy house is on fire\n\n")
    assert (code, err) == (0, "")
    alarm, fire, empty = map(json.loads, out.splitlines())
    assert list(alarm) == FIELDS
    assert (alarm["route"], alarm["answered"]) == ("answer", ["fire-safety/smoke-alarm-beeping"])
    assert (fire["route"], fire["tier"]) == ("emergency", "certain")
    assert fire["reply"].startswith("Get out, stay out, and ring 999.")
    assert "no words" in empty["reply"]


async def test_ask_live_reads_the_database(database: dict[str, str]) -> None:
    code, out, _ = await run("ask", "--live", "how", "do", "I", "test", "my", "smoke", "alarm", **database)
    assert code == 0
    assert "smoke alarm" in out.lower()


async def test_chat_ends_with_its_input() -> None:
    code, out, _ = await run("chat", given="my smoke alarm wont stop chirping\na\n")
    assert code == 0
    assert "[a] That helped" in out
    assert "Thank you for telling us" in out


async def test_content_check_finds_nothing() -> None:
    code, out, _ = await run("content", "check")
    assert code == 0
    assert out.strip().endswith("140 entries and 90 organisations: no faults")


async def test_content_comes_out_of_the_database_as_it_went_in(database: dict[str, str], tmp_path: Path) -> None:
    code, out, _ = await run("content", "stats", "--json", **database)
    assert code == 0
    assert json.loads(out)["entries"] == 140


async def test_an_unknown_place_is_one_sentence() -> None:
    code, out, err = await run("content", "check", BOT_PLACE="atlantis")
    assert (code, out) == (1, "")
    assert err.strip() == "There is no place called atlantis. The places are: braunstone."


async def test_a_placeholder_token_refuses_to_start(database: dict[str, str]) -> None:
    code, _, err = await run("run", TELEGRAM_BOT_TOKEN="changeme", **database)
    assert code == 2
    assert "placeholder" in err


async def test_a_new_place(tmp_path: Path) -> None:
    code, out, _ = await run("place", "new", "Castle Ward", BOT_PLACES_FOLDER=str(tmp_path))
    assert code == 0
    assert "castle-ward" in out
    assert (tmp_path / "castle-ward" / "place.toml").exists()
    again, _, err = await run("place", "new", "Castle Ward", BOT_PLACES_FOLDER=str(tmp_path))
    assert again == 1
    assert "already" in err


async def test_nobody_waits_yet(database: dict[str, str]) -> None:
    assert (await run("handovers", "list", **database))[1].strip() == "Nobody is waiting."
    assert (await run("reports", "list", **database))[1].strip() == "Nothing is waiting."
    code, _, err = await run("handovers", "close", "1", **database)
    assert (code, err.strip()) == (1, "Ticket 1 is not open.")


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


async def test_help_has_an_example() -> None:
    code, out, _ = await run("ask", "--help")
    assert code == 0
    assert re.search(r"Example:", out)
