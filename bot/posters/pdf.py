"""A sheet as an accessible PDF (PDF/UA-1), the same bytes each time. Needs the extra `report`."""

from __future__ import annotations

import datetime as dt
import importlib
import json
from pathlib import Path

from bot.errors import BotError
from bot.posters.sheets import Sheet

TEMPLATE = Path(__file__).parent / "sheet.typ"
STANDARD = "ua-1"
EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""A sheet carries no date: what is printed does not grow old by itself."""


class NothingToPrintWith(BotError):
    """The library that sets type is not installed."""

    text_id = "posters.problem.report"


def printed(sheet: Sheet) -> bytes:
    """The PDF. Slow (a tenth of a second): not on the event loop. Raises NothingToPrintWith."""
    try:
        typst = importlib.import_module("typst")
    except ModuleNotFoundError as error:
        raise NothingToPrintWith from error
    made: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        pdf_standards=[STANDARD],
        sys_inputs={"facts": json.dumps(sheet.facts(), ensure_ascii=False)},
        timestamp=EPOCH,
    )
    return made
