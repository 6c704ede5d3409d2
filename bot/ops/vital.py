"""What a process knows of itself: filled while it works, read when somebody asks for its health or its figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.ops.away import Away
from bot.ops.figures import Figures


@dataclass(frozen=True, slots=True)
class Vital:
    """The counts, and whether the database and Telegram answer."""

    figures: Figures = field(default_factory=Figures)
    database: Away = field(default_factory=Away)
    telegram: Away = field(default_factory=Away)
