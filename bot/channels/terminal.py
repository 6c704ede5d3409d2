"""The terminal: a Reply as plain lines, letters for buttons, and the words or letter typed as a Turn."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Sequence

from handlers.turn import Button, Reply, Turn
from knowledge.prose import Block, Span, Steps

LETTERS = string.ascii_lowercase


def render(reply: Reply) -> str:
    """The words of a message and, under them, its buttons with a letter each."""
    parts = [_block(block) for block in reply.blocks]
    if tappable := buttons_of(reply):
        parts.append("  ".join(f"[{letter}] {b.label}" for letter, b in zip(LETTERS, tappable, strict=False)))
    return "\n\n".join(parts)


def words(replies: Sequence[Reply]) -> str:
    """What a resident reads, without buttons: for `bot ask`."""
    return "\n\n".join(_block(block) for reply in replies for block in reply.blocks)


def buttons_of(reply: Reply) -> list[Button]:
    """The buttons that can be tapped, in order."""
    return [button for row in reply.buttons for button in row if button.token]


def parse(text: str, chat: str, key: str, at: dt.datetime, last: Sequence[Reply] = ()) -> Turn:
    """A typed line: a letter of the last messages' buttons, a command, or words."""
    base = Turn(channel="terminal", key=key, chat=chat, at=at, text=text)
    tapped = _tapped(text, last)
    if tapped is not None:
        return base.model_copy(update={"kind": "tap", "tap": tapped, "text": ""})
    if text.startswith("/"):
        command, _, argument = text[1:].partition(" ")
        return base.model_copy(update={"kind": "command", "command": command.lower(), "argument": argument.strip()})
    return base


def _tapped(text: str, last: Sequence[Reply]) -> str | None:
    letter = text.strip().casefold()
    tappable = [button for reply in last for button in buttons_of(reply)]
    if len(letter) != 1 or letter not in LETTERS or LETTERS.index(letter) >= len(tappable):
        return None
    return tappable[LETTERS.index(letter)].token


def _block(block: Block) -> str:
    if isinstance(block, Steps):
        marks = (f"{number}." if block.ordered else "-" for number in range(1, len(block.items) + 1))
        return "\n".join(f"{mark} {_spans(item)}" for mark, item in zip(marks, block.items, strict=True))
    return _spans(block.spans)


def _spans(spans: tuple[Span, ...]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    bare = span.text.removeprefix("https://").removeprefix("www.").rstrip("/")
    if span.href is None or span.href.startswith(("tel:", "mailto:")) or bare in span.href:
        return span.text
    return f"{span.text} ({span.href})"
