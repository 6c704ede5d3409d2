"""`bot run` among the other commands; it can be loaded without them (`bot.start`)."""

from __future__ import annotations

from bot.run_command import run

__all__ = ["run"]
