"""Pictures, recordings, files, contacts and places: one kind answer each that says what to do instead.

Words beside them are read like any others. Nothing that was sent is fetched or kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, get_args

import httpx
import pytest

from bot.channels.telegram.parse import ATTACHMENTS, read
from bot.channels.web.app import create_app
from bot.channels.web.security import MOST_BYTES
from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.knowing import Knowing
from bot.serving import web_of
from bot.store.migrate import create_at_once
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.wiring import House
from handlers.turn import Attachment, Outcome
from knowledge.prose import words_of
from tests.bot.channels.web.html import Page
from tests.databases import SqliteFiles
from tests.house import Scripted, house

FIRE = "help my house is on fire"
FILE = {"file_id": "a", "file_unique_id": "b"}
PICTURE = {**FILE, "width": 1, "height": 1}
CLIP = {**PICTURE, "duration": 1}
STORE = {"id": 1, "type": "private"}
SENT: dict[str, Any] = {
    "photo": [PICTURE],
    "voice": {**FILE, "duration": 1},
    "sticker": {**PICTURE, "type": "regular", "is_animated": False, "is_video": False},
    "contact": {"phone_number": "+447700900123", "first_name": "Ann"},
    "animation": CLIP,
    "video": CLIP,
    "video_note": {**FILE, "length": 1, "duration": 1},
    "document": FILE,
    "audio": {**FILE, "duration": 1},
    "poll": {
        "id": "1", "question": "Tea?", "options": [], "total_voter_count": 0, "is_closed": False,
        "is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False,
    },
    "dice": {"emoji": "🎲", "value": 6},
    "story": {"chat": STORE, "id": 1},
    "game": {"title": "A game", "description": "", "photo": [PICTURE]},
    "paid_media": {"star_count": 1, "paid_media": []},
    "checklist": {"title": "Jobs", "tasks": []},
    "giveaway": {"chats": [STORE], "winners_selection_date": 1, "winner_count": 1},
    "invoice": {"title": "A", "description": "", "start_parameter": "", "currency": "GBP", "total_amount": 1},
    "location": {"latitude": 52.62, "longitude": -1.18},
}  # fmt: skip
CAPTIONED = ("photo", "voice", "animation", "video", "document", "audio", "paid_media")


def update(kind: str, **more: Any) -> dict[str, Any]:
    """A private message of this kind."""
    chat, who = {"id": 7, "type": "private"}, {"id": 7, "is_bot": False, "first_name": "Ann"}
    about = {"message_id": 1, "date": 1_764_000_000, "chat": chat, "from": who}
    return {"update_id": 1, "message": {**about, kind: SENT[kind], **more}}


@pytest.fixture
async def built(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    async with house(sqlite_files.fresh(), clock, Scripted()) as made:
        yield made


async def sent(clock: FixedClock, *updates: dict[str, Any]) -> list[Outcome]:
    """What each leads to, for somebody who has not written before."""
    store, found = Store("sqlite://", throwaway_vault(), clock), []
    await create_at_once(store)
    conversation = Conversation(store, Knowing(Scripted()))
    for number, raw in enumerate(updates):
        turn = read(raw, "braunstone_bot", clock.now())
        assert turn is not None, raw
        taken = await conversation.take(turn.model_copy(update={"key": str(number), "chat": str(number)}))
        assert taken.outcome is not None
        found.append(taken.outcome)
    await store.close()
    return found


def test_every_kind_is_tried_here() -> None:
    assert {name for name, _ in ATTACHMENTS} <= set(SENT)
    assert {kind for _, kind in ATTACHMENTS} == set(get_args(Attachment))


async def test_each_kind_gets_one_kind_answer(clock: FixedClock) -> None:
    for kind, outcome in zip(SENT, await sent(clock, *map(update, SENT)), strict=True):
        (reply,) = outcome.replies
        said = words_of(reply.blocks)
        assert any(word in said for word in ("words", "write", "need")), (kind, said)
        assert len(said) > 40, kind
        assert not outcome.effects, kind


async def test_one_of_a_shape_that_nobody_knows_yet_is_answered_too(clock: FixedClock) -> None:
    odd = {"message": {**update("poll")["message"], "poll": {"id": "1", "of the year": 2031}}, "update_id": 1}
    (outcome,) = await sent(clock, odd)
    assert "Tell me in words what you need." in words_of(outcome.replies[0].blocks)


async def test_danger_in_a_caption_is_answered(clock: FixedClock) -> None:
    updates = [update(kind, caption=FIRE) for kind in CAPTIONED]
    for kind, outcome in zip(CAPTIONED, await sent(clock, *updates), strict=True):
        assert "999" in words_of(outcome.replies[0].blocks).splitlines()[0], kind


async def test_a_question_in_a_caption_is_heard(clock: FixedClock) -> None:
    (outcome,) = await sent(clock, update("photo", caption="what about my bins"))
    assert outcome.trace.route == "unknown"
    assert "I will not guess" in words_of(outcome.replies[0].blocks)


async def on_the_web(built: House, text: str, file: bytes, **how: Any) -> httpx.Response:
    transport = httpx.ASGITransport(create_app(web_of(built)))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        files = {"photo": ("../../etc/passwd.jpg", file, "image/jpeg")}
        return await client.post("/chat", data={"text": text}, files=files, **how)


async def test_a_file_put_into_the_form_of_the_web_chat_is_not_read(built: House) -> None:
    page = Page((await on_the_web(built, "", b"\xff\xd8\xff not a picture")).text)
    assert page.has("I cannot open files, and I have not kept it.")


async def test_words_beside_a_file_are_answered(built: House) -> None:
    assert Page((await on_the_web(built, FIRE, b"\xff\xd8\xff")).text).has("Get out, stay out, and ring 999.")


async def test_a_body_that_is_too_large_gets_a_page_that_says_so(built: House) -> None:
    answer = await on_the_web(built, "look", b"x" * MOST_BYTES)
    assert answer.status_code == 413
    assert Page(answer.text).has("999")


async def test_a_form_that_is_none_gets_a_page_too(built: House) -> None:
    transport = httpx.ASGITransport(create_app(web_of(built)))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.post("/chat", content=b"--x\r\n", headers={"content-type": "multipart/form-data"})
        deep = await client.post("/chat", content=b"[" * 60_000, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert Page(answer.text).has("999")
    assert deep.status_code == 400
    assert deep.json()["problem"]
