"""Whatever Telegram may send, nothing raises, and words in a private chat are always heard."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.cleaning import clean
from bot.channels.telegram.parse import read
from tests.fake_telegram import spec

SPEC = spec.load()
NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
DEEPEST = 2
KINDS = ("message", "edited_message", "callback_query", "my_chat_member", "channel_post", "poll")
SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "String": st.text(max_size=8) | st.sampled_from(["/start", "@braunstone_bot", "private", "group", "member"]),
    "Integer": st.integers(-(2**52), 2**52),
    "Float": st.floats(allow_nan=False, allow_infinity=False),
    "Boolean": st.booleans(),
    "True": st.just(True),
    "InputFile": st.nothing(),
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["chat", "from", "id", "text", "date", "message", "location"]), inner)
    ),
    max_leaves=12,
)
quick = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
needs_spec = pytest.mark.skipif(not SPEC.known, reason="the Bot API's description is not here")


@st.composite
def value(draw: st.DrawFn, kind: str, depth: int) -> Any:
    """A value of one of the Bot API's types, with a few of its optional fields."""
    if kind.startswith("Array of "):
        return [draw(value(kind.removeprefix("Array of "), depth + 1))] if depth < DEEPEST else []
    if kind in SIMPLE:
        return draw(SIMPLE[kind])
    subtypes = SPEC.types[kind].get("subtypes", [])
    return draw(value(draw(st.sampled_from(subtypes)), depth)) if subtypes else draw(fields(kind, depth))


@st.composite
def fields(draw: st.DrawFn, kind: str, depth: int) -> dict[str, Any]:
    known = {field["name"]: field for field in SPEC.types[kind].get("fields", [])}
    optional = [name for name, field in known.items() if not field["required"]]
    few = st.sets(st.sampled_from(optional), max_size=4) if optional and depth < DEEPEST else st.just(set())
    names = [*(name for name in known if name not in optional), *sorted(draw(few))]
    return {name: draw(value(known[name]["types"][0], depth + 1)) for name in names}


@st.composite
def private_messages(draw: st.DrawFn) -> dict[str, Any]:
    """Words from a person, with anything else that a message may have."""
    message = draw(fields("Message", 0))
    for name in ("is_automatic_forward", "sender_chat"):
        message.pop(name, None)
    return message | {
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False, "first_name": "Ann"},
        "date": 1_764_000_000,
        "text": f"help {draw(st.text(max_size=30))}",
    }


@needs_spec
@quick
@given(st.sampled_from(KINDS), st.data())
def test_nothing_in_the_bot_api_raises(kind: str, data: st.DataObject) -> None:
    field = next(field for field in SPEC.types["Update"]["fields"] if field["name"] == kind)
    body = data.draw(value(field["types"][0], 0))
    turn = read({"update_id": 1, kind: body}, "braunstone_bot", NOW)
    assert turn is None or turn.channel == "telegram"


@needs_spec
@quick
@given(private_messages())
def test_words_in_a_private_chat_are_always_heard(message: dict[str, Any]) -> None:
    turn = read({"update_id": 1, "message": message}, "braunstone_bot", NOW)
    assert turn is not None
    assert turn.text == clean(message["text"])


@quick
@given(st.dictionaries(st.sampled_from([*KINDS, "update_id", "new"]), ANYTHING))
def test_nothing_else_raises_either(raw: dict[str, Any]) -> None:
    read(raw, "braunstone_bot", NOW)
