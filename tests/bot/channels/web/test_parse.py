"""What a browser sends, read into a Turn."""

from __future__ import annotations

import hashlib

import pytest

from bot.channels.web.parse import LONGEST, Sent, command_of, sent
from bot.clock import FixedClock

TOKEN = "t" * 43
OTHER = "o" * 43
KEY = "key-12345678"


def made() -> str:
    return OTHER


def read(wants_json: bool = False, **fields: str) -> Sent:
    return sent({"c": TOKEN, "k": KEY, **fields}, made, wants_json=wants_json)


def test_words_become_a_text_turn() -> None:
    turn = read(text="My alarm beeps").turn(FixedClock())
    assert (turn.channel, turn.kind, turn.text, turn.tap) == ("web", "text", "My alarm beeps", None)
    assert turn.at == FixedClock().now()


def test_the_token_is_hashed_before_it_goes_anywhere() -> None:
    turn = read(text="hello").turn(FixedClock())
    assert turn.chat == hashlib.sha256(TOKEN.encode()).hexdigest()
    assert TOKEN not in turn.model_dump_json()
    assert KEY not in turn.model_dump_json()


def test_two_conversations_never_share_a_key() -> None:
    mine = read(text="a").turn(FixedClock()).key
    theirs = sent({"c": OTHER, "k": KEY, "text": "a"}, made).turn(FixedClock()).key
    assert mine != theirs
    assert len(mine) == 40


def test_a_button_becomes_a_tap_and_the_draft_is_kept() -> None:
    got = read(tap="1~more~a~AAAA", text="half a sent")
    turn = got.turn(FixedClock())
    assert (turn.kind, turn.tap, turn.text, got.draft) == ("tap", "1~more~a~AAAA", "", "half a sent")


def test_every_button_of_a_page_is_a_sending_of_its_own() -> None:
    assert read(tap="one").key != read(tap="two").key
    assert read(tap="one").key == read(tap="one").key


def test_a_script_chooses_its_key_itself() -> None:
    assert read(wants_json=True, tap="one").key == KEY


def test_a_starter_is_words_and_leaves_the_draft() -> None:
    got = read(say="I feel lonely", text="half")
    assert (got.text, got.draft, got.tap) == ("I feel lonely", "half", None)


@pytest.mark.parametrize("token", ["", "short", "x" * 44, "x" * 42 + "!", "../../etc/passwd"])
def test_a_token_that_is_not_ours_is_replaced(token: str) -> None:
    assert sent({"c": token, "text": "a"}, made).token == OTHER


@pytest.mark.parametrize("key", ["", "short", "x" * 81, "spaces in it", "key\n12345678"])
def test_a_key_that_is_none_is_replaced(key: str) -> None:
    assert sent({"c": TOKEN, "k": key, "text": "a"}, made).key == OTHER


def test_nothing_at_all_is_a_fault_not_an_error() -> None:
    assert sent({}, made).fault == "web.empty"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "web.empty"),
        (" \n\t ", "web.empty"),
        ("x" * LONGEST, None),
        ("x" * (LONGEST + 1), "web.too-long"),
        ("1", None),
    ],
)
def test_faults_of_words(text: str, fault: str | None) -> None:
    assert read(text=text).fault == fault


def test_a_token_of_a_button_has_a_limit() -> None:
    assert read(tap="x" * 64).fault is None
    assert read(tap="é" * 33).fault == "web.broken"


@pytest.mark.parametrize(
    ("text", "command", "argument"),
    [
        ("/help", "help", ""),
        ("/Help my house is on fire", "help", "my house is on fire"),
        ("help", None, ""),
        ("/", None, ""),
        ("/999!", None, ""),
        ("  /clear  ", "clear", ""),
    ],
)
def test_commands(text: str, command: str | None, argument: str) -> None:
    assert command_of(text) == (command, argument)
    assert read(text=text).turn(FixedClock()).kind == ("command" if command else "text")


def test_how_the_page_looks_comes_with_the_form() -> None:
    view = read(text="a", large="1").view
    assert (view.large, view.flip, view.embed) == (True, False, False)
