"""A confirmation changes who checked an answer and when, and not one other byte of its file."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.checked import Check, check_of, confirmed, with_check
from knowledge.entry import Entry
from knowledge.errors import UnreadableFile
from knowledge.library import NATIONAL, entry_files, parse_entry

ON = dt.date(2026, 11, 25)
FILES = [path.read_text(encoding="utf-8") for path in entry_files(NATIONAL)]
ALARM = (NATIONAL / "entries" / "fire-safety" / "smoke-alarm-beeping.md").read_text(encoding="utf-8")
BODY = """
checked_on: somewhere in the words, this is no setting.
"""


def parsed(text: str) -> Entry:
    return parse_entry("fire-safety/smoke-alarm-beeping", text)


def rest(text: str) -> list[str]:
    """Every line but the two, with its ending."""
    return [line for line in text.splitlines(keepends=True) if not line.startswith(("checked_on:", "checked_by:"))]


def test_every_shipped_entry_keeps_all_its_other_lines() -> None:
    assert len(FILES) > 100
    for text in FILES:
        fresh = confirmed(text, ON, "officer, fire")
        assert rest(fresh) == rest(text)
        assert len(fresh.splitlines()) == len(text.splitlines())


def test_it_says_who_and_when() -> None:
    entry = parsed(confirmed(ALARM, ON, "officer, fire"))
    assert (entry.checked_on, entry.checked_by) == (ON, "officer, fire")
    assert entry.model_copy(update={"checked_on": None, "checked_by": None}) == parsed(ALARM)


def test_settings_that_are_missing_come_last() -> None:
    bare = "".join(rest(ALARM))
    fresh = confirmed(bare, ON, "editor")
    assert parsed(fresh).checked_on == ON
    assert rest(fresh) == rest(bare)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("checked_by: >\n  a watch\n  manager\n", "a watch manager"),
        ("checked_by: >\n  a watch\n\n  manager\n", "a watch\nmanager"),
        ("checked_by: |\n\n  a watch\n \n  manager\n", "a watch"),
        ("checked_by: a watch\n\n\n  manager\n", "a watch\n\nmanager"),
    ],
)
def test_a_value_over_several_lines_is_replaced_whole(typed: str, read: str) -> None:
    folded = ALARM.replace("checked_by:\n", typed)
    assert (parsed(folded).checked_by or "").startswith(read)
    assert confirmed(folded, ON, "editor") == confirmed(ALARM, ON, "editor")
    assert with_check(folded, Check()) == ALARM


def test_words_of_the_advice_are_not_settings() -> None:
    fresh = confirmed(ALARM + BODY, ON, "editor")
    assert fresh.endswith(BODY)


def test_a_file_without_settings_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        confirmed("**Change the battery.**", ON, "editor")


def test_a_check_is_put_back_in_place_of_another_or_taken_out() -> None:
    signed = confirmed(ALARM, ON, "officer, fire")
    assert check_of(signed) == Check(ON, "officer, fire")
    assert with_check(confirmed(ALARM, dt.date(2099, 1, 1), "me"), Check(ON, "officer, fire")) == signed
    assert with_check(signed, Check()) == ALARM
    assert check_of("no settings at all") is None


@given(st.text(min_size=1, max_size=60).filter(lambda by: any(c.isalnum() for c in by)), st.dates())
def test_whatever_a_role_is_called_it_is_read_back_and_nothing_else_moves(by: str, on: dt.date) -> None:
    fresh = confirmed(ALARM, on, by)
    entry = parsed(fresh)
    assert entry.checked_on == on
    assert entry.checked_by == "".join(c for c in " ".join(by.split()) if c.isprintable()).strip()
    assert rest(fresh) == rest(ALARM)
    assert confirmed(fresh, on, by) == fresh
