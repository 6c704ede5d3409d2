"""Who writes to the bot: each is a script of messages and taps, seeded, that goes on until it is told to stop."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from benchmarks.chaos.plan import Plan
from tests.fake_telegram import FakeTelegram, Message, Person, markup

Json = dict[str, Any]
Sort = Literal["asker", "booker", "leaver"]

QUESTIONS = (
    "my smoke alarm wont stop chirping", "how often should I test my smoke alarm", "where is the food bank",
    "is it safe to charge my e-scooter in the hall", "how do I report fly tipping", "are candles dangerous",
    "what do I do about damp and mould", "my neighbour plays loud music at night", "how do I register with a doctor",
    "is there a warm place to go in winter", "can I put a plug adaptor into an extension lead", "/help",
    "what is the capital of mongolia",
)  # fmt: skip
UNDER_ANSWERS = ("More", "That helped", "That did not help", "Not what I meant")
ANSWERS = {
    "postcode?": "LE3 1AA", "What name": "Sam", "phone number?": "07700 900123", "helps us to visit": "skip",
    "only you and we know": "blue kettle", "What would you like help with": "skip",
}  # fmt: skip
TAPPED = ("Skip all of these", "Book it", "Carry on", "Yes, cancel it", "Yes, please")
WISHES = ("/visit", "can i move my visit", "cancel my visit please", "when is my visit?", "/visit")
LOOKS, GIVES_UP = 0.05, 60.0
"""Seconds between looks at the phone; and after which a person writes again without an answer."""


@dataclass(frozen=True, slots=True)
class Said:
    """One update that a person caused, as Telegram keeps it."""

    update: Json
    chat: int
    at: dt.datetime

    @property
    def number(self) -> int:
        """Its `update_id`."""
        return int(self.update["update_id"])

    @property
    def wants_answer(self) -> bool:
        """Somebody who blocks us, or comes back, hears nothing."""
        return "my_chat_member" not in self.update


@dataclass
class Phone:
    """Somebody's phone; all that is done with it is written down."""

    fake: FakeTelegram
    person: Person
    sort: Sort
    said: list[Said] = field(default_factory=list)
    written: int = 0

    @property
    def heard(self) -> int:
        """How many messages came from the bot."""
        return len(self.person.chat.messages) - self.written

    def says(self, text: str) -> None:
        """Write a message."""
        number = self.fake.world.updates.next_id
        message = self.person.says(text)
        self.written += 1
        self._note({"update_id": number, "message": message.wire()})

    def taps(self, message: Message, label: str) -> None:
        """Press a button."""
        tap = self.person.taps(message, label)
        if tap.update is not None:
            self._note(tap.update)

    def leaves(self, *, back: bool = False) -> None:
        """Block the bot, or unblock it."""
        number = self.fake.world.updates.next_id
        (self.person.unblocks_bot if back else self.person.blocks_bot)()
        self._note({"update_id": number, "my_chat_member": {}})

    def _note(self, update: Json) -> None:
        self.said.append(Said(update, self.person.id, self.fake.clock.now()))

    def last(self) -> Message | None:
        """The newest message of the bot."""
        newest = reversed(self.person.chat.messages.values())
        return next((each for each in newest if each.sender.is_bot and each.text), None)

    async def answered(self, before: int, how_many: int, over: asyncio.Event) -> None:
        """Wait for so many more messages than before, but not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GIVES_UP):
                while self.heard < before + how_many and not over.is_set():  # noqa: ASYNC110  cheaper for a hundred
                    await asyncio.sleep(LOOKS)


@dataclass
class Script:
    """What a person does, over and over."""

    phone: Phone
    plan: Plan
    chance: random.Random
    over: asyncio.Event
    street: str = "1 Example Street"
    turn: int = 0

    async def run(self) -> None:
        """Until it is over."""
        act = {"asker": self.asks, "booker": self.books, "leaver": self.comes_and_goes}[self.phone.sort]
        while not self.over.is_set():
            before = self.phone.heard
            done = act()
            await self.phone.answered(before, done, self.over)
            await asyncio.sleep(self.chance.uniform(0, self.plan.thinks))

    def asks(self) -> int:
        """One to three questions at once, sometimes with a tap beside them. How many updates that made."""
        questions = self.chance.choice((1, 1, 2, 3))
        tapped = self.chance.random() < 0.4 and self._tap_one_of(UNDER_ANSWERS)
        for _ in range(questions):
            self.phone.says(QUESTIONS[self.turn % len(QUESTIONS)])
            self.turn += 1
        return questions + tapped

    def comes_and_goes(self) -> int:
        """A question, then they block the bot; later they come back."""
        if self.phone.person.chat.access == "open":
            asked = self.asks()
            if self.chance.random() < 0.3:
                self.phone.leaves()
                return 0
            return asked
        self.phone.leaves(back=True)
        self.phone.says("/help")
        return 1

    def books(self) -> int:
        """On with what the last message asks for; sometimes something else."""
        message = self.phone.last()
        if message is None or self.chance.random() < 0.05:
            self.phone.says(self.chance.choice(WISHES))
        elif self.chance.random() < 0.05 and self._tap_one_of(message.buttons):
            pass
        else:
            self._go_on(message)
        return 1

    def _go_on(self, message: Message) -> None:
        labels = tappable(message)
        wanted = next((label for label in TAPPED if label in labels), None)
        chosen = any("✓" in label for label in labels)
        first = (
            "Next" if chosen and "Next" in labels else next((each for each in labels if each.startswith("1. ")), None)
        )
        said = next((answer for asked, answer in ANSWERS.items() if asked in message.text), None)
        said = self.street if "house or flat" in message.text else said
        if wanted or (first and not said):
            self.phone.taps(message, wanted or str(first))
        else:
            self.phone.says(said or self.chance.choice(WISHES))

    def _tap_one_of(self, wanted: Sequence[str]) -> bool:
        message = self.phone.last()
        labels = [label for label in tappable(message) if label in wanted] if message else []
        if message is None or not labels:
            return False
        self.phone.taps(message, self.chance.choice(labels))
        return True


def tappable(message: Message) -> list[str]:
    """The labels of its buttons that the bot hears of."""
    found = {label: markup.find([message.markup] if message.markup else [], label) for label in message.buttons}
    return [label for label, button in found.items() if button and "callback_data" in button]


def crowd(fake: FakeTelegram, plan: Plan, over: asyncio.Event) -> list[Script]:
    """Everybody, each with a chance of their own."""
    how_many: dict[Sort, int] = {"asker": plan.askers, "booker": plan.bookers, "leaver": plan.leavers}
    sorts = [sort for sort, often in how_many.items() for _ in range(often)]
    return [
        Script(
            phone=Phone(fake, fake.person(f"{sort} {number}"), sort),
            plan=plan,
            chance=random.Random(f"{plan.seed} {sort} {number}"),  # noqa: S311
            over=over,
            street=f"{number + 1} Example Street",
            turn=number,
        )
        for number, sort in enumerate(sorts)
    ]
