"""The account's menu and descriptions, and opening it while the network is away."""

from __future__ import annotations

import json

import pytest

from bot.channels.telegram import setup
from bot.channels.telegram.account import Account, account, connect
from bot.channels.telegram.setup import set_commands
from bot.errors import Refused
from handlers.catalogue import Texts
from handlers.commands import COMMANDS
from tests.bot.channels.telegram.scripted import Naps
from tests.fake_telegram import TOKEN, FakeTelegram, refusals


async def test_the_menu(fake: FakeTelegram, bot: Account) -> None:
    await set_commands(bot, Texts, "Braunstone")
    menu = fake.world.commands[json.dumps([{"type": "default"}, ""])]
    assert [each["command"] for each in menu] == list(COMMANDS)
    assert menu[0]["description"] == Texts().say("command.start")
    assert "Braunstone" in fake.world.descriptions["description", ""]
    assert "Braunstone" in fake.world.descriptions["short_description", ""]


async def test_every_language_that_telegram_knows(
    fake: FakeTelegram, bot: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "languages", lambda: ("en", "pl", "pt-BR"))
    await set_commands(bot, Texts, "Braunstone")
    assert {language for _, language in fake.world.descriptions} == {"", "pl"}
    assert len(fake.world.commands) == 2


async def test_every_text_fits(fake: FakeTelegram, bot: Account) -> None:
    await set_commands(bot, Texts, "Braunstone and its neighbours")
    assert {call.outcome for call in fake.calls} == {"ok"}


async def test_what_fails_there_stops_nothing(
    fake: FakeTelegram, bot: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "languages", lambda: ("en",))
    fake.fail(refusals.retry_after(3), "setMyCommands")
    fake.fail(refusals.server_error(), "setMyDescription")
    await set_commands(bot, Texts, "Braunstone")
    assert not fake.world.commands
    assert [name for name, _ in fake.world.descriptions] == ["short_description"]


async def test_it_waits_for_the_network(fake: FakeTelegram, naps: Naps) -> None:
    fake.fail(refusals.server_error(), "getMe", times=2)
    naps.short |= {0.5, 1.0}
    made = account(TOKEN, f"{fake.url}/")
    assert await connect(made, naps) == "braunstone_bot"
    assert naps.asked == [0.5, 1.0]
    await made.shutdown()


async def test_a_wrong_token_is_said_without_saying_it(fake: FakeTelegram, naps: Naps) -> None:
    made = account("2:wrong", fake.url)
    with pytest.raises(Refused) as raised:
        await connect(made, naps)
    assert "2:wrong" not in str(raised.value)
    assert raised.value.__suppress_context__
    await made.shutdown()


async def test_updates_that_are_none_are_left_out(fake: FakeTelegram, bot: Account) -> None:
    fake.person().says("hello")
    fake.world.updates.waiting()[0].body.pop("update_id")
    fake.world.updates.batch = lambda offset, limit: [  # type: ignore[method-assign]
        {"message": {}},
        {"update_id": 3},
    ]
    assert await bot.raw_updates(None, 0, ["message"]) == [{"update_id": 3}]
    fake.forgive()
