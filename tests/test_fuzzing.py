"""A slice of what `make fuzz` does: damaged inputs at every parser and decoder, and what it found before."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from benchmarks import fuzz as whole_door
from benchmarks.fuzzing import doors, files
from benchmarks.fuzzing.__main__ import TARGETS as EVERY
from benchmarks.fuzzing.__main__ import Met, fuzz, table, total
from benchmarks.fuzzing.target import Target
from bot.channels.telegram.parse import read
from bot.channels.web.parse import sent
from bot.settings import Settings
from bot.staff.sheets import SheetUnreadable
from bot.visits import rota_file
from handlers import buttons
from handlers.errors import OldButton
from knowledge.errors import UnreadableFile
from knowledge.library import parse_organisation

SEED = 20261125
SLICE = 3_000
SLOW = frozenset({"XLSX import", "CSV import", "danger by rules, language, details"})


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What is odd is logged, a line each."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


@pytest.mark.parametrize("target", EVERY, ids=lambda target: target.name)
async def test_nothing_raises_but_our_own_errors(target: Target) -> None:
    met = await fuzz(target, 4 if target.name in SLOW else max(20, SLICE * target.share // 1000), SEED)
    assert met.failures == []


def test_the_shares_are_of_a_thousand() -> None:
    assert sum(target.share for target in EVERY) == 1000
    assert len({target.name for target in EVERY}) == len(EVERY)


@pytest.mark.parametrize("target", EVERY, ids=lambda target: target.name)
async def test_what_is_whole_is_taken(target: Target) -> None:
    """Seeds that nobody damaged; else a million refusals would show nothing."""
    whole = {
        "Telegram update": doors.NUMBERED[0], "Telegram webhook body": doors.BODIES[0],
        "web form, JSON, multipart": (doors.FORMS[0], doors.KINDS[0]), "button token": doors.TOKENS[0],
        "cookie, session token, one-time code": doors.SEALED[0],
        "CSV import": files.written("csv")[0], "XLSX import": files.written("xlsx")[0],
        "Open Referral import": json.dumps(files.services()[0]).encode(), "rota": files.ROTA[0],
        "an answer's file": next(iter(files.files("entry").values())),
        "an organisation's file": next(iter(files.files("organisation").values())),
    }  # fmt: skip
    if target.name in whole:
        assert await target.take(whole[target.name])


async def test_a_failure_is_counted_and_shown() -> None:
    async def broken(_given: object) -> bool:
        raise RuntimeError("a fault of ours")

    met = await fuzz(Target("broken", 1, lambda _chance: "x", broken), 3, SEED)
    assert len(met.failures) == 3
    assert "RuntimeError" in met.failures[0][0]
    assert "| all | 5 | 1 | 3 |" in table([met, Met("fine", 2, 1)])
    assert total([met]).inputs == 3


def test_what_it_found_before() -> None:
    with pytest.raises(OldButton):
        buttons.decode("1sh~\ud800~AAAA")
    with pytest.raises(UnreadableFile):
        parse_organisation("x", "name: \ud800")
    assert sent({"text": "fire \ud800\0", "tap": ""}, lambda: "n" * 43).text == "fire �"
    odd = {"message": {**doors.ABOUT, "chat": {"id": "\ud800", "type": "private"}, "text": "fire"}, "update_id": 1}
    turn = read(odd, "braunstone_bot", doors.CLOCK.now())
    assert turn is not None
    assert turn.chat.encode()
    assert rota_file.read(files.ROTA[0].replace("\n", "\r")).rows
    assert rota_file.read("name\0," + "x" * 200_000).faults
    with pytest.raises(SheetUnreadable):
        files._planned("a.xlsx", b"PK\x03\x04")


async def test_any_string_is_met_with_one_kind_answer_at_telegram() -> None:
    met, failed = await whole_door.run(40, SEED, Settings(encoder="static"))
    assert failed == []
    assert met.total() == 40


@pytest.mark.parametrize(
    ("messages", "kind"),
    [
        (["Ring 999.", "And then this."], True),
        ([], False),
        ([" "], False),
        (["Fine."] * (whole_door.MOST_MESSAGES + 1), False),
        (["Fine.", "Traceback (most recent call last)"], False),
        (["Hello {name}"], False),
        (["Your visit is on None"], False),
    ],
)
def test_what_is_one_kind_answer(messages: list[str], kind: bool) -> None:
    assert whole_door.kind(messages) is kind
