"""One message, several needs: where a text may be cut."""

from __future__ import annotations

import re

# Sentence ends, line ends, and the little words and commas that join one need to the next.
CUT = re.compile(
    r"[.!?;\n]+|\s[-–—]\s|,|&|\+"
    r"|\b(?:and also|and then|and|also|plus|as well as|as well|on top of that|another thing|but)\b",
    re.IGNORECASE,
)
MOST_PARTS = 6


def cut(text: str) -> tuple[str, ...]:
    """A message in, the parts of it that could be needs of their own; one part where it cannot be cut."""
    parts = (part.strip() for part in CUT.split(text))
    found = tuple(part for part in parts if part)
    return found if 1 < len(found) <= MOST_PARTS else (text,)
