"""How long a sign-in lasts, and what ends it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from random import Random

import pytest
from webauthn.helpers import bytes_to_base64url

from bot.clock import FixedClock
from bot.staff import codes, passkeys, sessions
from bot.staff.passkeys import Party
from bot.staff.sessions import Signed
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.visits import team
from handlers.office import Colleague
from tests.databases import SqliteFiles

PARTY = Party("ask.example", "https://ask.example", "Made-Up Partnership")


@pytest.fixture
async def store(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Store]:
    built = Store(sqlite_files.fresh(), throwaway_vault(), clock)
    yield built
    await built.close()


@pytest.fixture
async def either(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    built = Store(database_url, throwaway_vault(), clock)
    yield built
    await built.close()


async def signed_in(store: Store, name: str = "Robin Made-Up") -> tuple[int, str]:
    async with store.write() as unit:
        staff = await team.add(unit, name, "editor")
        return staff, await sessions.begin(unit, staff, "passkey", Random(name).randbytes)


async def look(store: Store, token: str) -> Signed | None:
    async with store.write() as unit:
        found = await sessions.find(unit, token)
        if found is not None:
            await sessions.seen(unit, found.session_id)
        return found


async def test_who_holds_the_token_is_signed_in(store: Store) -> None:
    staff, token = await signed_in(store)
    found = await look(store, token)

    assert found is not None
    assert found.who == Colleague(id=staff, name="Robin Made-Up", role="editor")
    assert found.csrf not in token
    assert await look(store, f"{token}x") is None
    assert await look(store, "") is None


async def test_half_an_hour_without_a_visit_ends_it(store: Store, clock: FixedClock) -> None:
    _, token = await signed_in(store)
    for _ in range(3):
        clock.move(minutes=29)
        assert await look(store, token) is not None
    clock.move(minutes=30)
    assert await look(store, token) is None
    assert await look(store, token) is None


async def test_twelve_hours_end_it_whatever_happens(store: Store, clock: FixedClock) -> None:
    _, token = await signed_in(store)
    for _ in range(35):
        clock.move(minutes=20)
        assert await look(store, token) is not None
    clock.move(minutes=20)
    assert await look(store, token) is None


async def test_one_ends_ones_own_and_nobody_elses(either: Store) -> None:
    robin, token = await signed_in(either)
    kit, other = await signed_in(either, "Kit Invented")
    async with either.write() as unit:
        (mine,) = await sessions.devices(unit, robin)
        assert not await sessions.end(unit, kit, mine.id)
        assert await sessions.end(unit, robin, mine.id)
        assert not await sessions.end(unit, robin, mine.id)
        assert await sessions.devices(unit, robin) == ()

    assert await look(either, token) is None
    assert await look(either, other) is not None


async def test_a_colleague_is_signed_out_everywhere_and_stays_in_the_team(either: Store) -> None:
    staff, token = await signed_in(either)
    _, other = await signed_in(either, "Kit Invented")
    async with either.write() as unit:
        second = await sessions.begin(unit, staff, "link", Random(7).randbytes)
        assert await sessions.end_all(unit, staff) == 2
        assert await sessions.end_all(unit, staff) == 0
        assert await team.member(unit, staff) is not None
    assert [await look(either, each) for each in (token, second)] == [None, None]
    assert await look(either, other) is not None


async def test_leaving_the_team_ends_everything(either: Store) -> None:
    staff, token = await signed_in(either)
    async with either.write() as unit:
        code = await codes.open_the_console(unit, staff, codes.INVITATION_LASTS, Random(1).randbytes)
        await team.leave(unit, staff)
        assert code is not None
        assert await codes.use(unit, code) is None
        assert await codes.open_the_console(unit, staff, codes.LINK_LASTS, Random(2).randbytes) is None
    assert await look(either, token) is None


async def test_a_visit_is_noted_once_a_minute_and_old_rows_go(either: Store, clock: FixedClock) -> None:
    staff, token = await signed_in(either)
    found = await look(either, token)
    assert found is not None
    assert not found.stale
    clock.move(minutes=2)
    again = await look(either, token)
    assert again is not None
    assert again.stale
    clock.move(days=31)
    async with either.write() as unit:
        await sessions.forget_old(unit)
        assert await sessions.devices(unit, staff) == ()


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"rawId": 3, "response": 4},
        {"rawId": "%%%", "response": {"clientDataJSON": "%%%"}},
        {"rawId": "abc", "response": {"clientDataJSON": "e30"}},
        {"rawId": "\udcff", "response": {"clientDataJSON": "_w"}},
    ],
)
async def test_what_is_no_passkey_is_refused(store: Store, answer: dict[str, object]) -> None:
    staff, _ = await signed_in(store)
    async with store.write() as unit:
        assert await passkeys.sign_in(unit, PARTY, answer) is None
        assert not await passkeys.register(unit, PARTY, staff, answer, "x")
        assert await passkeys.of(unit, staff) == ()


def answering(given: bytes) -> dict[str, object]:
    """What a browser says with its proof: which challenge it answers."""
    said = {"type": "webauthn.get", "challenge": bytes_to_base64url(given), "origin": PARTY.origin}
    return {"response": {"clientDataJSON": bytes_to_base64url(json.dumps(said).encode())}}


async def test_a_challenge_is_good_for_its_purpose_and_for_five_minutes(store: Store, clock: FixedClock) -> None:
    async with store.read() as unit:
        given = passkeys.challenge(unit, "sign in", Random(1).randbytes)
        assert passkeys.challenge_in(unit, "sign in", answering(given)) == given
        assert passkeys.challenge_in(unit, "register", answering(given)) is None
        assert passkeys.challenge_in(unit, "sign in", answering(b"\0" + given[1:])) is None
    clock.move(minutes=4, seconds=59)
    async with store.read() as unit:
        assert passkeys.challenge_in(unit, "sign in", answering(given)) == given
    clock.move(seconds=1)
    async with store.read() as unit:
        assert passkeys.challenge_in(unit, "sign in", answering(given)) is None
