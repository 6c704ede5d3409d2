"""One more phrasing in the text of an entry, everything else as it stands, byte for byte."""

from __future__ import annotations

import json
import re

from knowledge.errors import UnreadableFile

LIST = re.compile(r"^phrasings:[^\n]*\n(?:[ \t]+-[^\n]*\n)*", re.MULTILINE)
EMPTY = re.compile(r"^phrasings:[ \t]*(?:\[\])?[ \t]*$")


def with_phrasing(text: str, phrasing: str) -> str:
    """An entry's text and how somebody asks in, the text with it at the end of the list out. Raises UnreadableFile."""
    found = LIST.search(text, 0, text.find("\n---\n", 4) + 1)
    if found is None or (found[0].count("\n") == 1 and not EMPTY.match(found[0].rstrip("\n"))):
        raise UnreadableFile(path="", why="there is no list of phrasings to add to")
    head, *items = found[0].splitlines(keepends=True)
    indent = items[-1].partition("-")[0] if items else "  "
    head = head if items else "phrasings:\n"
    added = "".join((head, *items, f"{indent}- {json.dumps(phrasing, ensure_ascii=False)}\n"))
    return text[: found.start()] + added + text[found.end() :]
