"""The team's console over a running bot. Loaded at the first request for it (`bot.late`)."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI

from bot.console import missed_page, reviews_page
from bot.console.app import create_console
from bot.console.site import Console, Counts
from bot.staff.replay import Rehearsals
from bot.wiring import House, place_folder


def console_of(built: House) -> Console:
    """All that the team's console needs."""
    place = place_folder(built.settings)
    tried = built.rehearsals or Rehearsals(built.store, place, built.knowing, built.settings.index_folder)
    counts = Counts(reviews=partial(reviews_page.count, built.knowing.library), missed=missed_page.count)
    made_up = built.settings.demonstration
    return Console(
        built.store, built.knowing, built.clock, counts, folder=place, rehearsals=tried, demonstration=made_up
    )


def create(built: House) -> FastAPI:
    """Everything below /staff."""
    return create_console(console_of(built))
