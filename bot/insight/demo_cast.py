"""What the quarter of the demonstration is made of: demo.yaml, read, and how often each thing happens."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from knowledge.prose import Frozen
from knowledge.yaml_text import read_yaml

FILE = Path(__file__).with_name("demo.yaml")
DAYS = 275
"""How long ago it begins: a whole quarter on any date, and one before to compare with."""
A_DAY = {0: 56, 1: 53, 2: 50, 3: 48, 4: 45, 5: 32, 6: 29}
"""Questions of a day by its weekday, in the end; it begins with two thirds of them."""
HOURS = (2, 1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 9, 8, 8, 8, 9, 10, 11, 12, 12, 11, 8, 6, 4)
"""How much of a day comes in each of its hours."""
ROUTES = {"answer": 70, "choose": 9, "unknown": 8, "action": 8, "smalltalk": 3}
QUIET_ROUTES = ("emergency", "crisis", "abuse")
"""Of these nothing is kept but a count."""
TOPICS = {"fire-safety": 30, "home-security": 12, "antisocial-behaviour": 12, "health-and-wellbeing": 10}
"""How much is asked of a topic; of any other as much as OTHERS says."""
OTHERS = 6
INSTEAD = {"999": 6, "101": 12, "111": 23, "nothing": 59}
"""What people say they would have done."""
OUTCOMES = {"done": 76, "not_in": 8, "refused": 4, "cancelled": 12}
PRIORITIES = {"high": 20, "medium": 35, "standard": 45}


class Poster(Frozen):
    """A code, where it hangs, and how much of what comes by a code comes by this one."""

    code: str
    label: str
    share: int


class Campaigned(Frozen):
    """A campaign: its words, its days from today, and what came of it."""

    name: str
    topic: str
    entry: str
    text: str
    begins: int
    lasts: int
    state: str
    counts: dict[str, int] = Field(default_factory=dict)


class Cast(Frozen):
    """All of it."""

    unknown: tuple[str, ...]
    posters: tuple[Poster, ...]
    campaigns: tuple[Campaigned, ...]


def read_cast() -> Cast:
    """The file. Raises UnreadableFile."""
    return Cast.model_validate(read_yaml(FILE.read_text(encoding="utf-8")))
