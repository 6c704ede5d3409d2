"""What a person read beside what the outbox says: everything, in order, and what came twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from benchmarks.chaos.evidence import Evidence, Rows
from benchmarks.chaos.people import Phone
from bot.channels.telegram.render import render
from bot.store.tables import Outbox
from handlers.turn import Reply
from tests.fake_telegram.formatting import LONGEST_TEXT, content
from tests.fake_telegram.model import Message

ANYTHING = ""
"""The words of a message that was dropped are not kept."""
SLACK = dt.timedelta(seconds=1)
"""Between what was done and what came of it."""
PATIENCE = dt.timedelta(seconds=5)
"""A sender waits no longer for an answer; the next copy may be because it did not come in time."""
TRIES_AGAIN = dt.timedelta(seconds=15)
"""And by then it has: what comes later, a lease of 30 seconds that ran out for example, needs a cause."""
HARMLESS = ("429",)
"""A message that was refused was not read: no reason to see it twice."""


@dataclass
class Line:
    """One row of the outbox, as the messages that it becomes, and the moments at which its first one was read."""

    row: Outbox
    parts: list[str]
    read: list[dt.datetime] = field(default_factory=list)


@dataclass
class Reading:
    """What came of comparing one chat."""

    unread: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    repeated: list[Line] = field(default_factory=list)

    @property
    def extra(self) -> int:
        """How many messages came once more."""
        return sum(len(line.read) - 1 for line in self.repeated)


def read_by(phone: Phone, found: Rows) -> Reading:
    """Compare a chat from its first message to its last."""
    chat = found.chat_of.get(phone.person.id)
    mine = found.by_chat[chat.id] if chat else []
    lines = [Line(row, parts(found.replies[row.id]) if row.id in found.replies else [ANYTHING]) for row in mine]
    lines = [line for line in lines if line.parts]
    messages = [each for each in phone.person.chat.messages.values() if each.sender.is_bot]
    reader, reading = Reader(lines, messages), Reading()
    for message in messages:
        if not reader.takes(message):
            reading.disordered.append(f"{phone.person.id}: {seen(message)[:60]!r} at {reader.place}")
    reading.unread = [
        f"{line.row.key} {line.row.state}" for line in lines if not line.read and not given_up(line, phone)
    ]
    reading.repeated = [line for line in lines if len(line.read) > 1]
    return reading


def given_up(line: Line, phone: Phone) -> bool:
    """Rightly: somebody who blocks us is not written to."""
    return phone.sort == "leaver" and line.row.state == "dropped"


class Reader:
    """Follows a chat along its lines: the next one, the same once more, and nothing else."""

    def __init__(self, lines: Sequence[Line], messages: Sequence[Message]) -> None:
        self._lines = lines
        self._owners = owners(lines, messages)
        self.place = 0
        self._part = 0

    def takes(self, message: Message) -> bool:
        """Is this what comes next, or the last one again?"""
        text, was = seen(message), (self.place, self._part)
        while not (self._next(text, message) or self._again(text, message)):
            if self.place >= len(self._lines) or self._lines[self.place].row.state != "dropped":
                self.place, self._part = was
                return self._dropped_on_its_way(message) or self._lost_its_place(message)
            self.place, self._part = self.place + 1, 0
        return True

    def _dropped_on_its_way(self, message: Message) -> bool:
        """Sent while its person blocked us: the words are not kept, so any will do."""
        if self.place >= len(self._lines) or self._lines[self.place].parts != [ANYTHING]:
            return False
        self._begin(self.place, 0, message)
        return True

    def _lost_its_place(self, message: Message) -> bool:
        """One fault is one finding: go on behind the line that this message belongs to."""
        owner = self._owners.get(message.message_id)
        if owner is not None:
            owner.read.append(message.date)
            self.place, self._part = max(self.place, self._lines.index(owner) + 1), 0
        return False

    def _next(self, text: str, message: Message) -> bool:
        if not self._fits(self.place, self._part, text, message):
            return False
        self._begin(self.place, self._part, message)
        return True

    def _again(self, text: str, message: Message) -> bool:
        """From its beginning: the one that is being read, or the one before it."""
        tried = [self.place] if self._part else []
        for place in [*tried, self.place - 1]:
            if self._fits(place, 0, text, message):
                self._begin(place, 0, message)
                return True
        return False

    def _fits(self, place: int, part: int, text: str, message: Message) -> bool:
        """The words are those of that line, and the message is no other line's."""
        if not 0 <= place < len(self._lines) or self._lines[place].parts[part] != text:
            return False
        return self._owners.get(message.message_id, self._lines[place]) is self._lines[place]

    def _begin(self, place: int, part: int, message: Message) -> None:
        line = self._lines[place]
        if part == 0:
            line.read.append(message.date)
        whole = part + 1 == len(line.parts)
        self.place, self._part = (place + 1, 0) if whole else (place, part + 1)


def owners(lines: Sequence[Line], messages: Sequence[Message]) -> dict[int, Line]:
    """Which line a message belongs to, by its number: the one that wrote it down. A copy that nobody wrote down belongs
    to the next one that was, where the words are the same: equal answers may follow each other."""
    found = {int(each): line for line in lines for each in (line.row.message_id or "").split()}
    following: Line | None = None
    for message in reversed(messages):
        following = found.get(message.message_id, following)
        if following is not None and seen(message) in following.parts:
            found.setdefault(message.message_id, following)
    return found


def parts(reply: Reply) -> list[str]:
    """The messages that a reply becomes: its words, then its file."""
    words = [
        content({"text": part.html, "parse_mode": "HTML"}, "text", "entities", LONGEST_TEXT)[0]
        for part in render(reply)
    ]
    return [*words, *([f"[document {reply.file.name}]"] if reply.file else [])]


def seen(message: Message) -> str:
    """A message as its person sees it."""
    return message.text or message.seen()


def unexcused(line: Line, evidence: Evidence) -> int:
    """How many copies of a message came though nothing was done to the one before, and it was not slow."""
    moments = [event.at for event in evidence.nemesis.events if event.what not in HARMLESS]
    moments += [call.at for call in evidence.fake.calls if call.outcome == "lost"]
    return without_cause(line.read, moments)


def without_cause(read: Sequence[dt.datetime], causes: Iterable[dt.datetime]) -> int:
    """How many of a message's copies nothing explains: each needs a cause of its own in the time before it, or to have
    come when a sender that heard nothing would try again."""
    left, alone = sorted(causes), 0
    for first, second in pairwise(read):
        cause = next((at for at in left if first - SLACK <= at <= second), None)
        if cause is not None:
            left.remove(cause)
        elif not PATIENCE <= second - first <= TRIES_AGAIN:
            alone += 1
    return alone
