"""What Prometheus reads, who may read it, and that nobody is in it; and that the alarms ask for what is there."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.routing import Route

from bot.clock import FixedClock
from bot.errors import Blocked, BotError, Busy, NotStored, Refused, SendFailed, TooMany, Unreached
from bot.ops import doors
from bot.ops.counting import CountedSender, CountedTurns, outcome_of, why
from bot.ops.figures import Figures
from bot.ops.metrics import Metrics
from bot.ops.room import room
from bot.settings import Settings
from bot.store import shared_figures
from bot.sweeps import engine
from bot.wiring import House
from handlers.ports import Decision
from handlers.turn import Reply, Turn
from tests.databases import SqliteFiles
from tests.house import Scripted, house

ROOT = Path(__file__).parents[3]
ALARMS = yaml.safe_load((ROOT / "ops" / "alarms.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
TOKEN = "a-long-random-token"
NAME = re.compile(r"\b(?:bot|process)_[a-z_]+\b")
ASKED = "where do i get a wheelbarrow"
LABEL = re.compile(r'(\w+)!?=~?"([^"]+)"')
HERE, ELSEWHERE = ("127.0.0.1", 4711), ("192.0.2.7", 4711)


@pytest.fixture
async def built(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    scripted = Scripted({ASKED: Decision(route="unknown")})
    async with house(sqlite_files.fresh(), clock, scripted) as made:
        made.store.on_noted = made.vital.figures.note
        yield made


def metrics_of(built: House, token: str | None = None) -> Metrics:
    return Metrics.over(built.vital, built.store, built.knowing, built.clock, Path("/"), token)


async def get(metrics: Metrics, client: tuple[str, int] = HERE, **headers: str) -> httpx.Response:
    return await get_route(metrics.route, client, **headers)


async def get_route(route: Route, client: tuple[str, int] = HERE, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=[route]), client=client)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        return await browser.get("/metrics", headers=headers)


def samples(page: str) -> dict[tuple[str, ...], float]:
    """Every value, by the metric's name and its labels."""
    found = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return {(sample.name, *sample.labels.values()): sample.value for sample in found}


class Post:
    """Sends, until it is told to fail."""

    error: SendFailed | None = None

    async def send(self, chat: str, reply: Reply) -> str | None:
        if self.error:
            raise self.error
        return "1"


async def test_a_turn_from_receipt_to_sent(built: House, clock: FixedClock) -> None:
    figures, times = built.vital.figures, iter((100.0, 100.03, 100.2, 200.0, 200.0))
    turns = CountedTurns(built.conversation, figures, lambda: next(times))
    sender = CountedSender("telegram", Post(), figures, lambda: next(times))
    turn = Turn(channel="telegram", key="1", chat="4711", at=clock.now(), text=ASKED)
    taken = await turns.take(turn)
    assert taken.outcome is not None
    for reply in taken.outcome.replies[:1]:
        await sender.send("4711", reply)
    assert (await turns.take(turn)).repeat
    page = (await get(metrics_of(built))).text
    found = samples(page)
    assert found["bot_turns_total", "telegram", "unknown"] == 1
    assert found["bot_turns_total", "telegram", "repeat"] == 1
    assert found["bot_turn_commit_seconds_bucket", "telegram", "0.025"] == 0
    assert found["bot_turn_commit_seconds_bucket", "telegram", "0.05"] == 1
    assert found["bot_turn_sent_seconds_sum", "telegram"] == pytest.approx(0.2)
    assert found["bot_deliveries_total", "sent", "here"] == 1
    assert found["bot_outbox_waiting",] == 1
    assert found["bot_questions_missed",] == 1
    assert found["bot_reviews_overdue",] > 0
    assert found["process_resident_memory_bytes",] > 1_000_000
    assert "4711" not in page
    assert "wheelbarrow" not in page


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(Blocked(), "blocked"), (TooMany(3), "too-many"), (Refused(), "refused"), (Unreached(), "unreached")],
)
async def test_what_comes_of_sending(error: SendFailed, outcome: str) -> None:
    figures, post = Figures(), Post()
    post.error = error
    with pytest.raises(type(error)):
        await CountedSender("telegram", post, figures).send("1", Reply())
    assert outcome_of(error) == outcome
    assert figures.deliveries == {outcome: 1}


async def test_bookings_count_once_they_are_committed(built: House) -> None:
    async with built.store.write() as unit:
        unit.noted.extend(("made", "taken"))
    with pytest.raises(BotError):
        async with built.store.write() as unit:
            unit.noted.append("made")
            raise BotError
    found = samples((await get(metrics_of(built))).text)
    assert (found["bot_bookings_total", "made"], found["bot_bookings_total", "taken"]) == (1, 1)


async def test_who_may_read_it(built: House) -> None:
    for_all_here, with_token = metrics_of(built), metrics_of(built, TOKEN)
    assert (await get(for_all_here)).status_code == 200
    assert (await get(for_all_here, ELSEWHERE)).status_code == 404
    assert (await get(for_all_here, HERE, **{"X-Forwarded-For": "127.0.0.1"})).status_code == 404
    assert (await get(with_token)).status_code == 404
    assert (await get(with_token, ELSEWHERE, Authorization=f"Bearer {TOKEN}")).status_code == 200
    assert (await get(with_token, ELSEWHERE, Authorization="Bearer another")).status_code == 404


def test_behind_a_public_address_a_token_is_needed() -> None:
    with pytest.raises(ValueError, match="BOT_METRICS_TOKEN"):
        Settings(metrics=True, public_url="https://ask.example", _env_file=None)


async def test_every_alarm_asks_for_what_is_there(built: House, clock: FixedClock) -> None:
    """Its metrics, and the labels by which it tells them apart, before any duty has run."""
    turns = CountedTurns(built.conversation, built.vital.figures)
    await turns.take(Turn(channel="web", key="1", chat="1", at=clock.now(), text=ASKED))
    await CountedSender("telegram", Post(), built.vital.figures).send("1", Reply())
    engine(built, elsewhere=True)
    found = samples((await get(metrics_of(built))).text)
    there = {name for name, *_ in found}
    asked = {name for rule in ALARMS for name in NAME.findall(rule["expr"])}
    assert len(asked) >= 9
    assert asked <= there
    duties = {labels[0] for name, *labels in found if name == "bot_duty_last_success_timestamp_seconds"}
    labels = {label: set(said.split("|")) for rule in ALARMS for label, said in LABEL.findall(rule["expr"])}
    assert labels["duty"] <= duties
    assert labels["outcome"] <= {outcome_of(error) for error in (Refused(), Unreached())}
    assert labels["route"] <= {why(error) for error in (Busy(None), NotStored(None))}


async def test_what_workers_sent_is_shown_beside(built: House) -> None:
    async with built.store.write() as unit:
        await shared_figures.add_sent(unit, {"refused": 2})
    assert samples((await get(metrics_of(built))).text)["bot_deliveries_total", "refused", "workers"] == 2


async def test_the_disk_is_that_of_the_database(built: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, keys = tmp_path / "data", tmp_path / "keys"
    for folder in (data, keys):
        folder.mkdir()
    asked: list[Path] = []

    def usage(folder: Path) -> SimpleNamespace:
        asked.append(folder)
        total = 200 if len(asked) == 1 else 0
        return SimpleNamespace(total=total, free=total // 2)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    settings = Settings(database_url=f"sqlite:///{data}/bot.sqlite3", keys_file=keys / "bot.keys", _env_file=None)
    told = [await get_route(doors.metrics_of(replace(built, settings=settings))) for _time in range(2)]
    assert asked == [data, data]
    free = [samples(answer.text).get(("bot_disk_free_ratio",)) for answer in told]
    assert free == [0.5, None], "a file system without a size says nothing, and hides nothing else"
    assert room(settings.model_copy(update={"database_url": "postgresql://bot@db/bot"})) == settings.index_folder


def test_every_alarm_has_its_page() -> None:
    runbook = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for rule in ALARMS:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert f"**{rule['alert']}**" in runbook, rule["alert"]


@pytest.mark.parametrize("name", ["telegram_token", "webhook_secret", "metrics_token"])
def test_each_secret_may_stand_in_a_file_and_none_is_a_placeholder(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text("8141:real\n")
    settings = Settings(_env_file=None, **{f"{name}_file": file})  # type: ignore[arg-type]
    assert getattr(settings, name).get_secret_value() == "8141:real"
    for placeholder in ("changeme", "<your token>"):
        file.write_text(placeholder)
        with pytest.raises(ValueError, match="placeholder"):
            Settings(_env_file=None, **{f"{name}_file": file})  # type: ignore[arg-type]


def test_a_placeholder_in_the_database_address() -> None:
    with pytest.raises(ValueError, match="placeholder"):
        Settings(database_url="postgresql://bot:changeme@db/bot", _env_file=None)
