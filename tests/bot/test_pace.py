"""A chat that floods us: asked once to wait, and from then on only danger, leaving and deleting are answered."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import event

from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.knowing import Knowing
from bot.settings import Settings
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from handlers import buttons
from handlers.buttons import Verb
from handlers.turn import Outcome, Turn
from knowledge.prose import words_of
from tests.databases import SqliteFiles
from tests.house import PEOPLE, Scripted, braunstone, place_with

MOST = 6
WAIT = "faster than I can read"


class Chat:
    """One person who writes, with a limit of six messages a minute."""

    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.store, self.clock = store, clock
        self.conversation = Conversation(store, Knowing(Scripted()), messages_a_minute=MOST)
        self.numbers: Iterator[int] = itertools.count()

    async def does(self, **what: object) -> Outcome:
        about = {"channel": "telegram", "key": str(next(self.numbers)), "chat": "5", "at": self.clock.now()}
        taken = await self.conversation.take(Turn.model_validate({**about, **what}))
        assert taken.outcome is not None
        return taken.outcome

    async def says(self, text: str) -> str:
        return words(await self.does(text=text))

    async def floods(self) -> list[str]:
        """Until nothing is answered any more."""
        return [await self.says(f"and another thing {number}") for number in range(MOST + 3)]


def words(outcome: Outcome) -> str:
    return "\n".join(words_of(reply.blocks) for reply in outcome.replies)


@pytest.fixture
async def chat(database_url: str, clock: FixedClock) -> AsyncIterator[Chat]:
    store = Store(database_url, throwaway_vault(), clock)
    yield Chat(store, clock)
    await store.close()


@pytest.fixture
async def on_sqlite(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Chat]:
    store = Store(sqlite_files.fresh(), throwaway_vault(), clock)
    yield Chat(store, clock)
    await store.close()


async def test_one_kind_answer_then_silence_until_it_calms_and_danger_always(chat: Chat) -> None:
    said = await chat.floods()
    assert all(said[:MOST])
    assert not any(WAIT in one for one in said[:MOST])
    assert WAIT in said[MOST]
    assert said[MOST + 1 :] == ["", ""]
    for danger in ("my house is on fire", "i want to kill myself", "my husband hits me"):
        assert await chat.says(danger)
    chat.clock.move(seconds=60)
    assert await chat.says("is anybody there")


async def test_an_answer_to_the_safety_question_is_heard(on_sqlite: Chat) -> None:
    await on_sqlite.floods()
    assert "999" in await on_sqlite.says("smell of gas in the kitchen")
    assert "999" in words(await on_sqlite.does(kind="tap", tap=buttons.encode(Verb.DANGER, "yes")))


async def test_leaving_and_deleting_are_never_too_fast(on_sqlite: Chat) -> None:
    await on_sqlite.floods()
    for command in ("stop", "clear"):
        assert words(await on_sqlite.does(kind="command", text=f"/{command}", command=command))
    assert words(await on_sqlite.does(kind="tap", tap=buttons.encode(Verb.CLEAR)))
    assert not words(await on_sqlite.does(kind="tap", tap="1sh~an-old-button~AAAA"))


async def test_what_a_form_held_is_still_there(on_sqlite: Chat) -> None:
    """They are asked for a number to ring; words that came too fast are not taken for it, and it is still asked for."""
    holding = place_with(braunstone().holding, people=PEOPLE)
    knowing = Knowing(Scripted(holding=holding))
    on_sqlite.conversation = Conversation(on_sqlite.store, knowing, messages_a_minute=MOST)
    waiting = (await on_sqlite.does(kind="tap", tap=buttons.encode(Verb.HANDOVER, "callback"))).session.waiting
    assert waiting is not None
    for _number in range(MOST + 1):
        after = await on_sqlite.does(kind="attachment", attachment="sticker")
    assert (await on_sqlite.does(text="07700 900123")).session.waiting == waiting == after.session.waiting


async def test_who_blocks_us_is_heard_at_any_pace(on_sqlite: Chat) -> None:
    await on_sqlite.floods()
    assert (await on_sqlite.does(kind="blocked")).effects


async def test_other_chats_are_not_held_up(on_sqlite: Chat) -> None:
    await on_sqlite.floods()
    assert words(await on_sqlite.does(chat="6", text="hello"))


async def test_counting_costs_no_statement(on_sqlite: Chat) -> None:
    spoken: list[str] = []
    engine = on_sqlite.store.writing.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cur, statement, *_rest: spoken.append(statement))
    await on_sqlite.says("hello")
    counted = len(spoken)
    on_sqlite.conversation = Conversation(on_sqlite.store, Knowing(Scripted()))
    await on_sqlite.says("hello")
    assert len(spoken) == 2 * counted


def test_the_limit_is_on_where_nobody_said_otherwise() -> None:
    assert Settings(_env_file=None).messages_a_minute == 30
