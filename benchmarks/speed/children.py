"""The bots that are measured: processes of their own, held to one core, their time and memory read from /proc."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed.bot_api import TOKEN

ROOT = Path(__file__).parents[2]
PATH, SECRET = "bench", "benchmarks-only-secret"
THEIR_CORE, OUR_CORE = 0, 1
PATIENCE = 60.0


@dataclass(frozen=True)
class Child:
    """A bot that serves its webhook at `port`."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def webhook(self) -> str:
        """Where updates go."""
        return f"http://127.0.0.1:{self.port}/telegram/{PATH}"

    def busy(self) -> float:
        """Seconds of the processor that it has used, itself and the system for it."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Memory that it holds (VmRSS)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(found.split()[1]) / 1024


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hold_to(process: int, *cores: int) -> None:
    """Keep a process to some cores; 0 is this one. Does nothing where there is one core alone."""
    if set(cores) <= os.sched_getaffinity(0) | os.sched_getaffinity(process):
        os.sched_setaffinity(process, cores)


@asynccontextmanager
async def echo_bot(api: str) -> AsyncIterator[Child]:
    """python-telegram-bot's own."""
    port = free_port()
    async with _running(["-m", "benchmarks.speed.echo", api, str(port)], {}, port) as child:
        yield child


@asynccontextmanager
async def our_bot(api: str, folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Child]:
    """`bot run` by webhook; `settings` are those of its environment, BOT_DATABASE_URL among them."""
    port = free_port()
    environment = {
        "TELEGRAM_BOT_TOKEN": TOKEN, "BOT_TELEGRAM_API": api, "BOT_TELEGRAM_MODE": "webhook",
        "BOT_WEBHOOK_PATH": PATH, "BOT_WEBHOOK_SECRET": SECRET, "BOT_PORT": str(port),
        "BOT_KEYS_FILE": str(folder / "keys"), "BOT_MESSAGES_A_MINUTE": "1000000",
        "BOT_INDEX_FOLDER": str(ROOT / "var" / "index"),
    }  # fmt: skip
    async with _running(["-c", "from bot.cli import main; main()", "run"], {**environment, **settings}, port) as child:
        yield child


@asynccontextmanager
async def _running(command: list[str], environment: Mapping[str, str], port: int) -> AsyncIterator[Child]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "TELEGRAM_"))}
    process = subprocess.Popen(  # noqa: ASYNC220, S603  our own commands
        [sys.executable, *command], cwd=ROOT, env={**kept, **environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        hold_to(process.pid, THEIR_CORE)
        await _listens(process, port)
        yield Child(process, port)
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, PATIENCE)


async def _listens(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(int(PATIENCE / 0.1)):
        if process.poll() is not None:
            raise RuntimeError(f"a bot ended before it was ready (exit {process.returncode})")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError("a bot was not ready in time")
