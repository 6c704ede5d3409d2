"""One run on one setting: the bot starts, people write, the nemesis breaks things, then all is calm and is checked."""

from __future__ import annotations

import asyncio
import random
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.chaos import calm
from benchmarks.chaos.checker import Verdict, judge
from benchmarks.chaos.clock import WEDNESDAY, SharedClock
from benchmarks.chaos.door import PATH, SECRET, Door, front_door
from benchmarks.chaos.evidence import Evidence
from benchmarks.chaos.fleet import Fleet
from benchmarks.chaos.nemesis import KILLS, Nemesis
from benchmarks.chaos.node import Orders, warm_up
from benchmarks.chaos.people import Script, crowd
from benchmarks.chaos.places import Place, place
from benchmarks.chaos.plan import Plan, Setting
from benchmarks.chaos.staff import Staff
from bot.clock import SystemClock
from bot.settings import Settings
from bot.store.unit import Store
from bot.store.vault import vault_from
from tests.fake_telegram import TOKEN, FakeTelegram
from tests.house import INDEXES
from tests.team import open_diary

Progress = Callable[[float], None]


@dataclass
class Stage:
    """All that takes part in a run."""

    plan: Plan
    setting: Setting
    folder: Path
    store: Store
    fake: FakeTelegram
    fleet: Fleet
    door: Door | None
    people: list[Script]
    nemesis: Nemesis
    over: asyncio.Event

    def updates(self) -> int:
        """How many updates people have caused."""
        return sum(len(script.phone.said) for script in self.people)

    def done(self, seconds: float) -> float:
        """How much of the plan is done, 1 and more when it is."""
        shares = [seconds / self.plan.seconds if self.plan.seconds else 1.0]
        shares += [self.updates() / self.plan.updates] if self.plan.updates else []
        shares += [self.nemesis.counts[KILLS] / self.plan.kills] if self.plan.kills else []
        return min(shares)


async def run(setting: Setting, plan: Plan, progress: Progress = lambda _done: None) -> Verdict:
    """What came of it."""
    await asyncio.to_thread(warm_up)
    began = time.monotonic()
    async with staged(setting, plan) as stage:
        await _act(stage, progress)
        ended = await calm.wait(stage.store, stage.fake, stage.fleet, stage.nemesis, plan.quiet_after)
        exits = await stage.fleet.stop()
        evidence = Evidence(
            setting, stage.store, stage.fake, stage.people, stage.nemesis, stage.door, ended, exits, stage.folder
        )
        return await judge(evidence, time.monotonic() - began)


async def _act(stage: Stage, progress: Progress) -> None:
    began = time.monotonic()
    staff = Staff(stage.store, [script.phone for script in stage.people], stage.nemesis.chance)
    works = [script.run() for script in stage.people] + [stage.nemesis.run(stage.over), staff.run(stage.over)]
    acting = asyncio.gather(*works)
    while (done := stage.done(time.monotonic() - began)) < 1 and not acting.done():
        progress(done)
        await asyncio.sleep(0.2)
    stage.over.set()
    await acting
    progress(1.0)


@asynccontextmanager
async def staged(setting: Setting, plan: Plan) -> AsyncIterator[Stage]:
    """Everything, started; and gone at the end."""
    with new_folder() as folder, place(setting.database, folder) as found:
        clock = SharedClock(folder / "clock")
        clock.set(WEDNESDAY)
        chance, ports = random.Random(f"{plan.seed} {setting.name}"), free_ports(2)  # noqa: S311
        behind = ports if setting.database == "postgres" else ports[:1]
        async with opened(found.url, folder, clock) as store, FakeTelegram(SystemClock()) as fake:
            way_in = front_door(fake, behind, chance) if setting.mode == "webhook" else nullcontext()
            async with way_in as door, running(orders(setting, plan, found, clock, folder, fake, ports)) as fleet:
                over = asyncio.Event()
                people = crowd(fake, plan, over)
                nemesis = Nemesis(plan, fleet, fake, found, clock, people, chance)
                yield Stage(plan, setting, folder, store, fake, fleet, door, people, nemesis, over)


@contextmanager
def new_folder() -> Iterator[Path]:
    """Also for the server of PostgreSQL, which runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@asynccontextmanager
async def opened(url: str, folder: Path, clock: SharedClock) -> AsyncIterator[Store]:
    """The store of the deployment, for the harness; its team has working hours."""
    store = Store(url, vault_from(folder / "keys"), clock)
    try:
        await open_diary(store)
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def running(given: Sequence[Orders]) -> AsyncIterator[Fleet]:
    """The processes, until the end whatever comes."""
    fleet = Fleet(given)
    try:
        await fleet.start()
        yield fleet
    finally:
        fleet.abandon()


def orders(
    setting: Setting, plan: Plan, place: Place, clock: SharedClock, folder: Path, fake: FakeTelegram, ports: list[int]
) -> list[Orders]:
    """The processes of a setting."""
    common: dict[str, Any] = {
        "database_url": place.url,
        "keys_file": folder / "keys",
        "index_folder": INDEXES,
        "encoder": "static",
        "telegram_token": TOKEN,
        "telegram_api": fake.url,
        "telegram_mode": setting.mode,
        "webhook_path": PATH,
        "webhook_secret": SECRET,
        "messages_a_minute": 0,
    }

    def one(kind: Any, **more: Any) -> Orders:
        return Orders(kind, Settings(**common, **more, _env_file=None), clock, folder / "log", plan.hurried)

    if setting.database == "sqlite":
        return [one("bot", port=ports[0])]
    return [*(one("bot", role="web", port=port) for port in ports), one("worker")]


def free_ports(how_many: int) -> list[int]:
    """Ports that nobody listens on."""
    probes = [socket.socket() for _ in range(how_many)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
