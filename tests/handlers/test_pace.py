"""How fast one chat may write: so many messages, one kind answer, silence, and then it is read again."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.pace import Room, spent

NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
MOST = 30


def met(*seconds: float, most: int = MOST) -> list[str]:
    """How messages at these moments are met, one after the other."""
    room, found = None, list[str]()
    for at in seconds:
        room, pace = spent(room, NOON + dt.timedelta(seconds=at), most)
        found.append(pace)
    return found


def test_a_flood_is_read_until_it_is_too_much_then_asked_once_then_met_with_silence() -> None:
    assert met(*[0] * 100) == ["fine"] * MOST + ["fast"] + ["flood"] * (99 - MOST)


def test_half_a_minute_of_quiet_and_they_are_read_again() -> None:
    flood = [0.0] * (MOST + 5)
    assert met(*flood, 29)[-1] == "flood"
    assert met(*flood, 36)[-1] == "fine"


def test_who_goes_on_is_not_asked_again() -> None:
    assert met(*[0] * (MOST + 1), *range(1, 120)).count("fast") == 1


def test_who_writes_as_people_do_never_notices() -> None:
    assert set(met(*(3.0 * number for number in range(200)))) == {"fine"}


@pytest.mark.parametrize("back", [1, 3600])
def test_a_clock_that_jumps_back_locks_nobody_out(back: int) -> None:
    tired = Room(-10, NOON)
    room, _ = spent(tired, NOON - dt.timedelta(seconds=back), MOST)
    assert spent(room, room.at + dt.timedelta(seconds=31), MOST)[1] == "fine"


@given(st.lists(st.floats(0, 90), max_size=120), st.integers(1, 60))
def test_no_more_than_the_room_and_what_came_back_is_read(waits: list[float], most: int) -> None:
    moments = [sum(waits[:number]) for number in range(len(waits))]
    found = met(*moments, most=most)
    assert found.count("fine") <= most + (moments[-1] if moments else 0) * most / 60 + 1
    assert found[:most] == ["fine"] * min(most, len(found))


@given(st.lists(st.floats(0, 90), max_size=120), st.integers(1, 60))
def test_nobody_is_silenced_who_was_not_asked_first(waits: list[float], most: int) -> None:
    moments = [sum(waits[:number]) for number in range(len(waits))]
    found = met(*moments, most=most)
    assert all("fast" in found[:at] for at, pace in enumerate(found) if pace == "flood")
