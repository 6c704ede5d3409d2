"""How long, how hard, on what: everything that makes one run the same as another with the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Database = Literal["sqlite", "postgres"]
Mode = Literal["polling", "webhook"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is under test: one process on SQLite, or two web processes and a worker on PostgreSQL."""

    name: str
    database: Database
    mode: Mode


SETTINGS = (
    Setting("SQLite, one process that polls", "sqlite", "polling"),
    Setting("SQLite, one process with a webhook", "sqlite", "webhook"),
    Setting("PostgreSQL, two web processes and a worker", "postgres", "webhook"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One run on one setting: it goes on for `seconds`, and longer until so many updates and kills are reached."""

    seed: int = 1
    seconds: float = 20.0
    updates: int = 0
    kills: int = 0
    askers: int = 30
    bookers: int = 16
    leavers: int = 4
    thinks: float = 0.5
    """The longest pause of a person, in seconds."""
    answers: int = 15
    """Messages that the bot sends before it is killed again."""
    silent: float = 15.0
    """Unless it sends none for so many seconds."""
    pause: float = 1.0
    """The longest pause of the nemesis between two acts."""
    stopped: float = 10.0
    """Seconds of a SIGSTOP."""
    hurried: bool = False
    """Are dead workers missed sooner than in life?"""
    quiet_after: float = 240.0
    """Seconds in which all must be done once nobody breaks anything any more."""
