"""What of the content the search takes notice of: a change of anything else can change no answer."""

from __future__ import annotations

from knowledge.library import Library
from knowledge.search.index import place_names
from knowledge.search.phrases import of_library


def noticed(library: Library) -> tuple[object, ...]:
    """All that the search knows of a library; alike for two that are found in the same way."""
    return of_library(library), place_names(library)
