"""Telegram's memory: who exists, what was said, what the bot called, and what it got wrong."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock, FixedClock
from tests.fake_telegram import refusals
from tests.fake_telegram.changes import Changes
from tests.fake_telegram.model import Chat, Message, User
from tests.fake_telegram.polling import Polling
from tests.fake_telegram.spec import Spec
from tests.fake_telegram.updates import DAY, TAP_LIFE, QueueKey, Updates
from tests.fake_telegram.webhook import Webhook

Json = dict[str, Any]

BOT = User(1, "Braunstone Blues", "braunstone_bot", is_bot=True)
_FIRST_PERSON = 500_000_001
_FIRST_GROUP = -4_000_001


@dataclass
class Call:
    """One call of the Bot API, in order of arrival."""

    order: int
    at: dt.datetime
    method: str
    given: Json
    outcome: str = "under way"  # then "ok", a refusal's description, "lost"
    finished: int | None = None  # its place in the order of answers


@dataclass(eq=False)
class Tap:
    """A press of a button, and what the bot's `answerCallbackQuery` showed for it."""

    id: str
    at: dt.datetime
    update: Json | None = None
    answers: list[Json] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        return bool(self.answers)


class World:
    """Everything that one bot can see of Telegram."""

    def __init__(self, clock: Clock, spec: Spec) -> None:
        self.clock, self.spec = clock, spec
        self.bot = BOT
        self.changes = Changes()
        self.answered = itertools.count()
        self.violations: list[str] = []
        self.calls: list[Call] = []
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.commands: dict[str, list[Json]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self.actions: dict[int, list[str]] = defaultdict(list)
        self.updates = Updates(clock, self.changes, spec, self.complain)
        self.webhook = Webhook(clock, self.updates, self.changes, self.complain)
        self.polling = Polling(self.updates, self.changes, lambda: bool(self.webhook.url))

    def complain(self, what: str) -> None:
        """Something that must fail the test, whatever the bot makes of it."""
        self.violations.append(what)

    def move(self, **by: float) -> None:
        """Let time pass: days, hours, minutes, seconds."""
        if not isinstance(self.clock, FixedClock):
            raise TypeError("only a FixedClock can be moved")
        self.clock.move(**by)
        self.changes.announce()

    def new_person(self, first_name: str, *, username: str = "", language: str = "en") -> Chat:
        """A user and their private chat, which has the same id."""
        number = _FIRST_PERSON + sum(1 for chat in self.chats.values() if chat.is_private)
        chat = Chat(number, owner=User(number, first_name, username, language))
        self.chats[number] = chat
        return chat

    def new_group(self, title: str) -> Chat:
        """A basic group with the bot in it."""
        number = _FIRST_GROUP - sum(1 for chat in self.chats.values() if not chat.is_private)
        self.chats[number] = Chat(number, title=title)
        return self.chats[number]

    def chat(self, chat_id: Any) -> Chat:
        """A chat by its id, whether the bot may write there or not."""
        if chat_id not in self.chats:
            raise refusals.chat_not_found()
        return self.chats[chat_id]

    def open_chat(self, chat_id: Any) -> Chat:
        """A chat in which the bot may write now."""
        chat = self.chat(chat_id)
        if refusal := chat.refusal():
            raise refusal
        return chat

    def deliver(self, kind: str, payload: Json, queue: QueueKey, life: dt.timedelta = DAY) -> Json | None:
        """Put an update on its way, by webhook or to the next poll."""
        update = self.updates.push(kind, payload, queue, life)
        self.webhook.wake(queue)
        return update

    def deliver_again(self, update: Json) -> None:
        """The same update once more, now, beside anything else."""
        self.webhook.wake(self.updates.again(update))

    def tap(self, person: User, message: Message, data: str) -> Tap:
        """A pressed callback button: its own queue by user, dead after 150 seconds."""
        tap = Tap(str(4_000_000_000_000_000_001 + len(self.taps)), self.clock.now())
        self.taps[tap.id] = tap
        gone: Json = {"chat": message.chat.wire(), "message_id": message.message_id, "date": 0}
        query = {
            "id": tap.id,
            "from": person.wire(),
            "message": gone if message.deleted else message.wire(),
            "chat_instance": f"{message.chat.id:+d}",
            "data": data,
        }
        tap.update = self.deliver("callback_query", query, ("user", person.id), TAP_LIFE)
        return tap
