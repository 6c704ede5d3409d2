"""What the bot takes of a machine's memory while nobody writes.

    python -m benchmarks.at_rest

Starts `bot run` with each encoder as a process of its own, twice (the first start builds the index), leaves it alone
for twenty seconds, and reads what the kernel says of it; beside a process that holds FastAPI and uvicorn and nothing.
Prints, and writes into docs/benchmarks.md.
"""

from __future__ import annotations

import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.page import put

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
IDLE = 20.0
BOT = "from bot.start import main; main()"
BARE = "import fastapi, uvicorn; uvicorn.run(fastapi.FastAPI(), port={port}, log_level='critical')"
ENCODERS = ("static", "tuned")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        bare = at_rest(["-c", BARE.format(port=free_port())], {})
        rows = [("Python with FastAPI and uvicorn alone", *bare)]
        for encoder in ENCODERS:
            settings = settings_of(encoder, Path(folder))
            at_rest(["-c", BOT, "run"], settings, idle=0)
            rows.append((f"`bot run`, {encoder} encoder", *at_rest(["-c", BOT, "run"], settings)))
    text = table(rows)
    print(text)
    put(PAGE, "at rest", "make bench-at-rest", text)


def settings_of(encoder: str, folder: Path) -> dict[str, str]:
    """A deployment of its own: web chat alone, SQLite."""
    return {
        "BOT_ENCODER": encoder,
        "BOT_DATABASE_URL": f"sqlite:///{folder / encoder}.sqlite3",
        "BOT_KEYS_FILE": str(folder / "keys"),
        "BOT_INDEX_FOLDER": str(folder / "index"),
        "BOT_PORT": str(free_port()),
    }


def at_rest(arguments: list[str], settings: dict[str, str], idle: float = IDLE) -> tuple[float, float]:
    """Megabytes held after `idle` seconds, and the most ever held."""
    with running(arguments, settings) as process:
        time.sleep(idle)
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    held = dict(line.split(":", 1) for line in status.splitlines())
    return tuple(int(held[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[return-value]


@contextmanager
def running(arguments: list[str], settings: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process that has started, stopped after the block."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "TELEGRAM_"))}
    process = subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, *arguments], cwd=ROOT, env={**clean, **settings}, stdout=subprocess.PIPE, text=True
    )
    try:
        if settings and process.stdout is not None:
            for line in process.stdout:
                if "Ready" in line:
                    break
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def table(rows: list[tuple[str, float, float]]) -> str:
    """As a page shows it."""
    machine = f"{platform.system()} on {platform.machine()}, Python {platform.python_version()}"
    said = f"After {IDLE:.0f} seconds of rest, web chat on SQLite, index kept from an earlier start; {machine}."
    head = ["|  | resident, MB | most ever, MB |", "| --- | --- | --- |"]
    return "\n".join([said, "", *head, *(f"| {name} | {now:.0f} | {most:.0f} |" for name, now, most in rows)])


if __name__ == "__main__":
    main()
