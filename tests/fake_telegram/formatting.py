"""Text and its entities: what the server finds by itself, trims and measures, always in UTF-16 units."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tests.fake_telegram import refusals
from tests.fake_telegram.html_mode import parse_html

Json = dict[str, Any]

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w@/.])(?P<mention>@[A-Za-z]\w{3,31})"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)"
)


def units(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def piece(text: str, entity: Json) -> str:
    """What an entity covers."""
    raw = text.encode("utf-16-le")
    return raw[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


def detect(text: str) -> list[Json]:
    """Commands, mentions, addresses and hashtags, which the server marks in anybody's text."""
    return [
        {"type": match.lastgroup, "offset": units(text[: match.start()]), "length": units(match.group())}
        for match in _FOUND.finditer(text)
    ]


def content(given: Json, field: str, entities_field: str, longest: int) -> tuple[str, list[Json]]:
    """Text and entities of a request, parsed, trimmed and measured, or the refusal that Telegram gives."""
    text, entities = _parsed(given, field, entities_field)
    text, entities = trim(text, entities)
    if units(text) > longest:
        raise refusals.bad_request("message is too long" if field == "text" else "message caption is too long")
    taken = [each for each in entities if each["type"] in ("text_link", "code", "pre")]
    found = [each for each in detect(text) if not _overlaps(each, taken)]
    return text, in_order([*entities, *found])


def _parsed(given: Json, field: str, entities_field: str) -> tuple[str, list[Json]]:
    text = given.get(field, "")
    mode = given.get("parse_mode", "").lower()
    if mode == "html":
        return parse_html(text)
    if mode in ("markdown", "markdownv2"):
        raise NotImplementedError("Markdown is not modelled")
    if mode:
        raise refusals.bad_request("unsupported parse_mode")
    return text, list(given.get(entities_field, []))


def trim(text: str, entities: Iterable[Json]) -> tuple[str, list[Json]]:
    """White space at both ends goes, and entities move or shrink with it."""
    start = len(text) - len(text.lstrip())
    kept = text.strip()
    return kept, [moved for each in entities if (moved := _moved(each, -start, units(kept)))]


def _moved(entity: Json, by: int, end: int) -> Json | None:
    first = max(entity["offset"] + by, 0)
    last = min(entity["offset"] + entity["length"] + by, end)
    return {**entity, "offset": first, "length": last - first} if last > first else None


def _overlaps(entity: Json, others: list[Json]) -> bool:
    end = entity["offset"] + entity["length"]
    return any(each["offset"] < end and entity["offset"] < each["offset"] + each["length"] for each in others)


def in_order(entities: list[Json]) -> list[Json]:
    """First the earlier, then the longer: the order in which Telegram lists them."""
    return sorted(entities, key=lambda each: (each["offset"], -each["length"]))
