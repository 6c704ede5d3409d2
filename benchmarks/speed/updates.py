"""What is sent: three streams of updates, each without end, each for any chat."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from handlers import buttons
from handlers.buttons import Verb
from knowledge.library import PLACES, load

Json = dict[str, Any]
Stream = Iterator[Callable[[int], Json]]
"""Each is told the chat, and gives what Telegram would put into an update for it, without its number."""

CORPUS = Path(__file__).parents[2] / "knowledge" / "corpus"
SENT_AT = 1764064800
COMMANDS = ("/start", "/help", "/language", "/visit")
MOST = 200
"""Characters of a question."""


def person(chat: int) -> Json:
    """Who writes."""
    return {"id": chat, "is_bot": False, "first_name": "P"}


def message(chat: int, text: str) -> Json:
    """Words."""
    command = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else []
    said: Json = {"message_id": 1, "date": SENT_AT, "chat": {"id": chat, "type": "private", "first_name": "P"}}
    return {"message": {**said, "from": person(chat), "text": text, **({"entities": command} if command else {})}}


def tap(chat: int, token: str) -> Json:
    """A button."""
    under = {**message(chat, "Choose")["message"], "from": {"id": 42, "is_bot": True, "first_name": "Bench"}}
    query = {"id": str(chat), "from": person(chat), "chat_instance": "1", "data": token, "message": under}
    return {"callback_query": query}


def echoes() -> Stream:
    """For the echo bot: a few words, no two alike."""
    for number in itertools.count():
        yield partial(message, text=f"hello number {number}")


def taps() -> Stream:
    """Buttons and commands: answers one after the other, and every fourth a command."""
    tokens = [buttons.encode(Verb.SHOW, slug) for slug in sorted(load(PLACES / "braunstone").entries)]
    commands = itertools.cycle(COMMANDS)
    for number, token in enumerate(itertools.cycle(tokens)):
        if number % 4 == 3:
            yield partial(message, text=next(commands))
        else:
            yield partial(tap, token=token)


def questions(most: int) -> Stream:
    """Free text: what people asked in the corpus, no two alike."""
    for text in texts(most):
        yield partial(message, text=text)


def texts(most: int) -> list[str]:
    """Up to `most` different questions, from all over the corpus."""
    found: dict[str, None] = {}
    for path in sorted(CORPUS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found.update((row["text"], None) for row in csv.DictReader(file) if len(row["text"]) <= MOST)
    step = max(1, len(found) // most)
    return list(found)[::step][:most]
