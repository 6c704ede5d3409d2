"""Our own fake of Telegram's Bot API: one ASGI app over real HTTP, for a real `telegram.Bot` to talk to.

    async with FakeTelegram() as fake:
        bot = Bot("1:test", base_url=fake.base_url, base_file_url=fake.base_file_url, …)

No published fake works with python-telegram-bot 22 (see docs/decisions). What it models comes from the Bot API's
documentation (core.telegram.org/bots/api) and from the official server's source (tdlib/telegram-bot-api).
"""

from tests.fake_telegram import refusals
from tests.fake_telegram.fake import TOKEN, FakeTelegram
from tests.fake_telegram.faults import Garbled, Lost, Refuse, Slow
from tests.fake_telegram.model import Chat, Line, Message
from tests.fake_telegram.people import Person
from tests.fake_telegram.world import Call, Tap

__all__ = [
    "TOKEN", "Call", "Chat", "FakeTelegram", "Garbled", "Line", "Lost", "Message", "Person", "Refuse", "Slow",
    "Tap", "refusals",
]  # fmt: skip
