"""The file that says who was erased: what is in it, how long, and whom it finds in an older copy."""

from __future__ import annotations

import datetime as dt
import os
import re
import stat
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.store import marks, privacy
from bot.store import person as persons
from bot.store.erased import ErasedLog, Erasure
from bot.store.person import Person
from bot.store.unit import Unit
from tests.bot.visits.estate import ELEVEN, TEN, Estate, estate

PHONE = "+441164960123"
A, B = "a" * 64, "b" * 64


def test_a_line_is_kept_for_36_days_and_nobody_else_may_read_it(tmp_path: Path, clock: FixedClock) -> None:
    log, first = ErasedLog(tmp_path / "keys" / "erased.log"), clock.now()
    log.note(first, [B, A])
    clock.move(days=36)
    log.note(clock.now(), [B])
    first_lines = f"2026-11-25T10:00:00.000000Z begun\n2026-11-25T10:00:00.000000Z {A} {B}\n"
    assert log.path.read_text() == f"{first_lines}2026-12-31T10:00:00.000000Z {B}\n"
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert (log.drop_old(clock.now()), log.drop_old(clock.now() + dt.timedelta(seconds=1))) == (0, 1)
    assert log.after(None, clock.now()) == [Erasure(clock.now(), frozenset([B]))]
    assert [log.misses(first - dt.timedelta(seconds=1)), log.misses(first)] == [True, False], "since when stays known"


def test_a_file_that_is_begun_says_since_when_and_one_that_is_lost_misses_everything(
    tmp_path: Path, clock: FixedClock
) -> None:
    log, other, earlier = ErasedLog(tmp_path / "erased.log"), tmp_path / "other", clock.now() - dt.timedelta(hours=1)
    assert log.misses(clock.now())
    log.begin_or_say(clock.now())
    before = log.path.read_text()
    log.begin_or_say(clock.now() + dt.timedelta(days=1))
    assert (log.path.read_text(), log.misses(clock.now()), log.misses(earlier)) == (before, False, True)
    ErasedLog(other).begin_or_say(earlier)
    log.path.write_text(before + other.read_text())
    assert not log.misses(earlier), "another machine's, put to it"
    ErasedLog(tmp_path / "other" / "erased.log").begin_or_say(clock.now())  # cannot be: the bot starts all the same


def test_a_byte_gone_wrong_keeps_nobody_from_being_forgotten(tmp_path: Path, clock: FixedClock) -> None:
    log = ErasedLog(tmp_path / "erased.log")
    log.note(clock.now(), [A])
    log.path.write_bytes(log.path.read_bytes() + b"\xff\xfe\n")
    log.note(clock.now(), [B])
    assert [each.marks for each in log.after(None, clock.now())] == [{A}, {B}]


def test_the_new_name_is_on_the_disk_too(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    log, synced, really = ErasedLog(tmp_path / "erased.log"), list[tuple[bool, bool]](), os.fsync

    def sync(handle: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(handle).st_mode), log.path.exists()))
        really(handle)

    monkeypatch.setattr(os, "fsync", sync)
    log.note(clock.now(), [A])
    assert synced == [(False, False), (True, True)], "the lines before the name, the folder after it"


def test_what_root_notes_by_hand_belongs_to_the_folders_owner(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[str, int, int]] = []

    def give(handle: int, user: int, group: int) -> None:
        given.append((Path(f"/proc/self/fd/{handle}").resolve().name, user, group))

    monkeypatch.setattr(os, "fchown", give)
    monkeypatch.setattr(os, "geteuid", lambda: 10001)
    log, owner = ErasedLog(tmp_path / "erased.log"), tmp_path.stat()
    log.note(clock.now(), [A])
    assert given == [], "nobody else gives files away"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    log.note(clock.now(), [B])
    assert given == [(name, owner.st_uid, owner.st_gid) for name in ("erased.log.lock", "erased.log.new")]


def test_what_is_older_than_the_copy_is_left_and_what_is_no_line_of_ours_harms_nobody(
    tmp_path: Path, clock: FixedClock
) -> None:
    log, noted = ErasedLog(tmp_path / "erased.log"), clock.now()
    assert log.after(None, noted) == []
    log.note(noted, [A])
    log.path.write_text(log.path.read_text() + "scribble\n")
    found = [len(log.after(noted + dt.timedelta(seconds=later), noted)) for later in (-3600, 0, 60, 61)]
    assert found == [1, 1, 1, 0]


def test_where_it_cannot_be_written_they_are_forgotten_all_the_same(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "a file").touch()
    log = ErasedLog(tmp_path / "a file" / "erased.log")
    log.note_or_say(clock.now(), [A])
    with pytest.raises(OSError, match="a file"):
        log.note(clock.now(), [A])


class Stopped(Exception):
    """The process dies."""


async def test_it_is_on_the_disk_before_the_database_forgets(
    database_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two, nothing is forgotten yet, and the line finds them; in it nobody can be read."""
    log = ErasedLog(tmp_path / "erased.log")
    async with estate(database_url, clock) as place:
        place.store.on_erased = log.note_or_say
        booked, other = await place.book(1, TEN, phone=PHONE), await place.book(2, ELEVEN, phone="+441164960124")

        async def killed(_unit: Unit) -> None:
            raise Stopped

        with monkeypatch.context() as dying:
            dying.setattr(Unit, "commit", killed)
            with pytest.raises(Stopped):
                async with place.store.write() as unit:
                    await privacy.forget_person(unit, 1)
        whole = Person(chats=(1,), visits=(booked.id,), residents=(1,))
        assert await found(place, log) == [whole]
        assert re.fullmatch(r".*Z begun\n2026-11-25T10:00:00\.000000Z( [0-9a-f]{64}){2}\n", log.path.read_text())
        assert other.id not in whole.visits


async def test_whoever_was_found_by_a_phone_is_found_by_it_again(
    database_url: str, clock: FixedClock, tmp_path: Path
) -> None:
    """Also where no visit of theirs is in the copy any more; others in the same chat's place are not."""
    log = ErasedLog(tmp_path / "erased.log")
    async with estate(database_url, clock) as place:
        await place.book(1, TEN, phone=PHONE)
        await place.book(2, ELEVEN, phone="+441164960124")
        async with place.store.read() as unit:
            person = await persons.by_phone(unit, PHONE)
            by_number = await marks.of_person(unit, Person(phone_index=person.phone_index))
        log.note(clock.now(), by_number)
        assert len(by_number) == 1
        assert await found(place, log) == [person]


async def found(place: Estate, log: ErasedLog) -> list[Person]:
    async with place.store.read() as unit:
        newest = await marks.newest(unit)
        assert newest == place.clock.now()
        return list(await marks.found_again(unit, log.after(newest, unit.now)))
