"""Users, chats and messages as Telegram keeps them, and the transcript as people see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.fake_telegram import markup as keyboards
from tests.fake_telegram import refusals
from tests.fake_telegram.incoming import Upload
from tests.fake_telegram.refusals import Refusal

Json = dict[str, Any]
Access = Literal["open", "unstarted", "blocked", "deactivated", "kicked"]

_CLOSED = {
    "unstarted": refusals.not_started,
    "blocked": refusals.blocked,
    "deactivated": refusals.deactivated,
    "kicked": refusals.kicked,
}


_WORDS = {"text", "entities", "link_preview_options", "caption", "caption_entities"}


@dataclass(frozen=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = ""
    is_bot: bool = False

    def wire(self) -> Json:
        """The Bot API's `User`."""
        optional = {"username": self.username, "language_code": self.language_code}
        known = {name: value for name, value in optional.items() if value}
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name} | known


@dataclass(frozen=True)
class Line:
    """One thing that happened on the screen."""

    kind: Literal["sent", "edited", "deleted"]
    by: str
    text: str
    buttons: list[str]
    message_id: int
    at: dt.datetime

    def __str__(self) -> str:
        return " ".join([f"{self.by} {self.kind}: {self.text}", *(f"[{label}]" for label in self.buttons)])


@dataclass(eq=False)
class Message:
    """One message; `content` holds the fields that make it a text, a photo, a poll …"""

    chat: Chat
    message_id: int
    sender: User
    date: dt.datetime
    content: Json
    extra: Json = field(default_factory=dict)
    markups: list[Json] = field(default_factory=list)
    shows_keyboard: bool = False
    edited: dt.datetime | None = None
    deleted: bool = False
    file: Upload | None = None

    @property
    def text(self) -> str:
        """The words in it: text or caption."""
        return str(self.content.get("text") or self.content.get("caption") or "")

    @property
    def markup(self) -> Json | None:
        """The keyboard it has now."""
        return self.markups[-1] if self.shows_keyboard else None

    @property
    def buttons(self) -> list[str]:
        """The labels it has now, in reading order."""
        return keyboards.labels(self.markup)

    def dress(self, markup: Json | None) -> None:
        """Give it this keyboard, or none; earlier ones are remembered for stale taps."""
        self.shows_keyboard = markup is not None
        self.markups += [markup] if markup is not None else []

    def seen(self) -> str:
        """What a resident reads, a file in brackets."""
        sorts = [name for name in self.content if name not in _WORDS]
        shown = [f"[{name}{f' {self.file.name}' if self.file else ''}]" for name in sorts[:1]]
        return " ".join([*shown, *([self.text] if self.text else [])])

    def wire(self, *, quoted: bool = False) -> Json:
        """The Bot API's `Message`; a quoted one does not quote again."""
        extra = {name: value for name, value in self.extra.items() if not quoted or name != "reply_to_message"}
        body: Json = {
            "message_id": self.message_id,
            "from": self.sender.wire(),
            "chat": self.chat.wire(),
            "date": int(self.date.timestamp()),
        }
        if self.edited:
            body["edit_date"] = int(self.edited.timestamp())
        shown = keyboards.inline(self.markup)
        return body | extra | self.content | ({"reply_markup": shown} if shown else {})


@dataclass(eq=False)
class Chat:
    """A private chat or a group; message ids count from 1 in each, so that a bot cannot mix chats up unseen."""

    id: int
    owner: User | None = None
    title: str = ""
    access: Access = "open"
    messages: dict[int, Message] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    @property
    def is_private(self) -> bool:
        return self.owner is not None

    def wire(self) -> Json:
        """The Bot API's `Chat`."""
        if self.owner is None:
            return {"id": self.id, "type": "group", "title": self.title}
        user = self.owner.wire()
        named = {name: user[name] for name in ("first_name", "username") if name in user}
        return {"id": self.id, "type": "private"} | named

    def refusal(self) -> Refusal | None:
        """Why the bot may not write here, if it may not."""
        return None if self.access == "open" else _CLOSED[self.access]()

    def add(self, sender: User, at: dt.datetime, content: Json, extra: Json | None = None) -> Message:
        """The next message of this chat."""
        message = Message(self, len(self.messages) + 1, sender, at, content, extra or {})
        self.messages[message.message_id] = message
        return message

    def note(self, kind: Literal["sent", "edited", "deleted"], message: Message, at: dt.datetime) -> None:
        """Write what just happened into the transcript."""
        by = message.sender.first_name
        self.lines.append(Line(kind, by, message.seen(), message.buttons, message.message_id, at))

    def find(self, message_id: int) -> Message | None:
        """A message that is still there."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def transcript(self) -> list[Line]:
        """Everything sent, edited and deleted, in order."""
        return list(self.lines)

    def screen(self) -> list[Message]:
        """What is to be seen now: edits applied, deleted messages gone."""
        return [message for message in self.messages.values() if not message.deleted]

    def from_bot(self) -> list[Message]:
        """The bot's messages that are still there."""
        return [message for message in self.screen() if message.sender.is_bot]
