"""Build the bot for a test: real content, a real database, a fixed clock, and what a test wants different."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.knowing import Current, Knowing, Snapshot, from_folder
from bot.settings import Settings
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.wiring import House
from handlers.ports import Decision, Understood
from handlers.turn import Turn
from handlers.understanding import understand
from knowledge.entry import Hours
from knowledge.library import PLACES, Library
from knowledge.place import People
from knowledge.safety import Verdict, judge
from knowledge.search import Reading

BRAUNSTONE, LARKMOOR = PLACES / "braunstone", PLACES / "larkmoor"
INDEXES = Path(__file__).parents[1] / "build" / "index"
"""Kept between runs; made anew when content or code changes."""
SHARED = Path(__file__).parents[2] / "shared"
"""Where the brief stands beside a checkout; tests that need it skip by name where it is missing."""

OFFICE = Hours.model_validate(
    {
        "words": "Monday to Friday, 9am to 5pm",
        "weekly": [{"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}],
        "bank_holidays": "closed",
    }
)
PEOPLE = People(answered_by="The Braunstone team", hours=OFFICE, reply_within="two working days")


@cache
def braunstone() -> Snapshot:
    """The content that ships, with its index; built once a run."""
    return from_folder(BRAUNSTONE, INDEXES)


@cache
def larkmoor() -> Snapshot:
    """A place that is made up, with its index: whatever holds of any place holds there too."""
    return from_folder(LARKMOOR, INDEXES)


def place_with(library: Library, **changes: object) -> Library:
    """The same library in a place that differs."""
    return library.model_copy(update={"place": library.place.model_copy(update=changes)})


class RulesAlone:
    """Reads nothing and finds nothing by meaning: quick, and the rules still judge."""

    def read(self, text: str) -> Reading:
        return Reading(text, ())

    def judge(self, reading: Reading) -> Verdict:
        return judge(reading.text)


@dataclass(frozen=True)
class Scripted:
    """A search that says what a test tells it to, and `unknown` to everything else."""

    says: dict[str, Decision] = field(default_factory=dict)
    holding: Library = field(default_factory=lambda: braunstone().holding)

    def understand(self, turn: Turn) -> Understood:
        return understand(turn, RulesAlone())

    def decide(self, understood: Understood, shown: Sequence[str] = ()) -> Decision:
        return self.says.get(understood.text, Decision(route="unknown"))


@asynccontextmanager
async def house(
    url: str, clock: FixedClock, snapshot: Current | None = None, public_url: str | None = None
) -> AsyncIterator[House]:
    """The bot over a database that has its tables."""
    store = Store(url, throwaway_vault(), clock)
    try:
        knowing = Knowing(snapshot or braunstone(), public_url)
        settings = Settings(database_url=url, _env_file=None)
        yield House(settings, clock, store, knowing, Conversation(store, knowing))
    finally:
        await store.close()
