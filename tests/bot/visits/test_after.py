"""What residents say after a visit is kept, theirs alone to say, and chased where nobody came."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator

import pytest

from bot.clock import FixedClock
from bot.store.tables import Chat
from bot.store.visit_tables import Visit, VisitFeedback
from bot.visits import after
from handlers import buttons
from handlers.catalogue import Texts
from handlers.turn import Reply
from handlers.visits import letters
from handlers.visits.letters import ANSWERS
from knowledge.prose import words_of
from tests.bot.visits.later import MONDAY_IN_TWO_WEEKS, Later, labels, later
from tests.databases import SqliteFiles

DAY = dt.timedelta(days=1)
WORDS = "They were lovely, ring me on 07700 900123"


@pytest.fixture
async def house(database_url: str, clock: FixedClock) -> AsyncIterator[Later]:
    async with later(database_url, clock) as made:
        yield made


@pytest.fixture
async def small(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Later]:
    """On SQLite alone, where a test is about a decision and not about SQL."""
    async with later(sqlite_files.fresh(), clock) as made:
        yield made


async def say(house: Later, chat: int, visit: int, question: str, answer: str) -> bool:
    async with house.store.write() as unit:
        return await after.say_after(unit, chat, visit, question, answer)


async def visited(house: Later, **columns: object) -> tuple[int, int]:
    """A chat, and its visit of yesterday."""
    chat = await house.chat(**columns)  # type: ignore[arg-type]
    visit = await house.book(chat)
    house.clock.at = MONDAY_IN_TWO_WEEKS + DAY
    return chat, visit


def first_argument(reply: Reply) -> str:
    return buttons.decode(reply.buttons[0][0].token or "").argument


async def test_the_questions_are_asked_one_by_one_and_every_answer_is_kept(house: Later) -> None:
    chat, visit = await visited(house)
    house.clock.move(hours=1)
    await house.sweep()
    reply, asked = (await house.sent(chat))[-1], []
    while reply.buttons:
        about, of, question, answer = first_argument(reply).split(".")
        assert (about, of) == ("after", str(visit))
        assert await say(house, chat, visit, question, answer)
        asked.append(question)
        reply = letters.follow_on(Texts(), visit, question, answer)

    (kept,) = await house.rows(VisitFeedback)
    assert asked == ["came", "safer", "kind", "instead"]
    assert (kept.came, kept.safer, kept.kind, kept.instead) == ("yes", "yes", "yes", "999")
    assert words_of(reply.blocks) == "Thank you. That helps us to help others."


async def test_the_last_answer_counts(house: Later) -> None:
    chat, visit = await visited(house)
    await say(house, chat, visit, "safer", "no")
    await say(house, chat, visit, "safer", "yes")

    assert [row.safer for row in await house.rows(VisitFeedback)] == ["yes"]


async def test_their_own_words_are_sealed(small: Later) -> None:
    chat, visit = await visited(small)
    assert await say(small, chat, visit, "words", WORDS)

    (kept,) = await small.rows(VisitFeedback)
    assert b"07700" not in kept.words
    assert small.store.vault.open("visit_feedback.words", kept.words) == WORDS


@pytest.mark.parametrize(
    ("question", "answer"), [("came", "perhaps"), ("visit_id", "7"), ("", ""), ("words", " "), ("instead", "yes")]
)
async def test_no_other_answer_is_kept(small: Later, question: str, answer: str) -> None:
    chat, visit = await visited(small)

    assert not await say(small, chat, visit, question, answer)
    assert await small.rows(VisitFeedback) == []


async def test_nobody_speaks_of_the_visit_of_another(small: Later) -> None:
    _, visit = await visited(small)
    other = await small.chat()

    assert not await say(small, other, visit, "came", "no")
    assert "missed" not in await small.tasks(visit)


async def test_nobody_speaks_of_a_visit_that_has_not_been(small: Later) -> None:
    chat, visit = await visited(small)
    small.clock.at = MONDAY_IN_TWO_WEEKS - DAY
    early = await say(small, chat, visit, "came", "no")
    small.clock.at = MONDAY_IN_TWO_WEEKS + DAY
    await small.change(Visit, visit, state="cancelled")

    assert not early
    assert not await say(small, chat, visit, "came", "no")


@pytest.mark.parametrize("answer", ["no", "waiting"])
async def test_where_nobody_came_the_team_is_to_ring_once(small: Later, answer: str) -> None:
    chat, visit = await visited(small)
    await say(small, chat, visit, "came", answer)
    await say(small, chat, visit, "came", answer)
    await small.sweep()

    assert (await small.tasks(visit))["missed"] == "ring"


async def test_who_came_after_all_is_not_chased(house: Later) -> None:
    chat, visit = await visited(house)
    states = []
    for answer in ("waiting", "yes", "no"):
        await say(house, chat, visit, "came", answer)
        states.append((await house.tasks(visit))["missed"])

    assert states == ["ring", "dropped", "ring"]


async def test_whoever_must_hide_is_not_rung(small: Later) -> None:
    chat, visit = await visited(small)
    await small.change(Chat, chat, contact="reply_only")

    assert await say(small, chat, visit, "came", "no")
    assert "missed" not in await small.tasks(visit)


@pytest.mark.parametrize("answer", ["no", "waiting"])
def test_where_nobody_came_there_is_a_way_to_a_person(answer: str) -> None:
    reply = letters.follow_on(Texts(), 1, "came", answer)

    assert labels(reply) == ["Talk to a person"]
    assert "sorry" in words_of(reply.blocks)


def test_every_question_has_a_text_and_a_label_for_each_answer() -> None:
    texts = Texts()
    missing = [f"after.{question}" for question in ANSWERS if not texts.has(f"after.{question}")]
    missing += [
        f"after.{question}.{answer}"
        for question, answers in ANSWERS.items()
        for answer in answers
        if not texts.has(f"after.{question}.{answer}")
    ]

    assert missing == []
