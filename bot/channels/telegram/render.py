"""A Reply as Telegram's own: HTML that it always takes, the same as plain words, and buttons under the last part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.telegram.layout import LIMIT, Line, messages, units
from handlers.turn import Button, Reply
from knowledge.prose import Span

LONGEST_LABEL = 64
LONGEST_TOKEN = 64
"""Bytes of callback data."""
PAGES = ("https://", "http://")


@dataclass(frozen=True)
class Part:
    """One message."""

    html: str
    plain: str
    markup: InlineKeyboardMarkup | None = None


def render(reply: Reply) -> tuple[Part, ...]:
    """The messages of a reply, in order; none for a reply without words."""
    parts = [Part(_html(lines), _plain(lines)) for lines in messages(reply.blocks)]
    if parts:
        parts[-1] = replace(parts[-1], markup=keyboard(reply.buttons))
    return tuple(parts)


def keyboard(rows: Iterable[Iterable[Button]]) -> InlineKeyboardMarkup | None:
    """The buttons that Telegram would take."""
    made = [[each for button in row if (each := _button(button))] for row in rows]
    shown = [row for row in made if row]
    return InlineKeyboardMarkup(shown) if shown else None


def _button(button: Button) -> InlineKeyboardButton | None:
    label = button.label.strip()
    if len(label) > LONGEST_LABEL:
        label = f"{label[: LONGEST_LABEL - 1].rstrip()}…"
    if label and button.url and button.url.startswith("https://"):
        return InlineKeyboardButton(label, url=button.url)
    if label and button.token and len(button.token.encode()) <= LONGEST_TOKEN:
        return InlineKeyboardButton(label, callback_data=button.token)
    return None


def _html(lines: Sequence[Line]) -> str:
    return "".join(f"{line.gap if place else ''}{_line(line)}" for place, line in enumerate(lines))


def _line(line: Line) -> str:
    words = "".join(map(_span, line.spans))
    return f"<i>{words}</i>" if line.small else words


def _span(span: Span) -> str:
    words = escape(span.text, quote=False)
    if words and span.href and span.href.startswith(PAGES):
        words = f'<a href="{escape(span.href)}">{words}</a>'
    return f"<b>{words}</b>" if words and span.strong else words


def _plain(lines: Sequence[Line]) -> str:
    """For the day when Telegram does not take the HTML: the words, then those addresses that they do not say."""
    said = "".join(f"{line.gap if place else ''}{line.text}" for place, line in enumerate(lines))
    for href in dict.fromkeys(span.href for line in lines for span in line.spans if span.href):
        longer = f"{said}\n{href}"
        if href.startswith(PAGES) and href not in said and units(longer) <= LIMIT:
            said = longer
    return said
