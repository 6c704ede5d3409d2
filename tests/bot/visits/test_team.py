"""Codes that link an account to somebody of the team, once; and what leaving ends."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.clock import FixedClock
from bot.store import chats
from bot.store.visit_tables import StaffInvite, StaffMember
from bot.visits import conflicts, team
from handlers.office import Colleague, Role
from handlers.turn import Channel, Turn
from knowledge.visits.names import ALPHABET
from tests.bot.visits.estate import ELEVEN, TEN, Estate, estate


@pytest.fixture
async def place(database_url: str, clock: FixedClock) -> AsyncIterator[Estate]:
    async with estate(database_url, clock, residents=12) as built:
        yield built


async def invited(place: Estate, name: str = "Robin Made-Up", role: Role = "coordinator") -> tuple[int, str]:
    async with place.store.write() as unit:
        return await team.invite(unit, name, role, "fire", Random(name).randbytes)


async def linked(place: Estate, code: str, chat: int) -> Colleague | None:
    async with place.store.write() as unit:
        return await team.link(unit, code, chat)


async def whose(place: Estate, chat: int) -> Colleague | None:
    async with place.store.read() as unit:
        return await team.of_chat(unit, chat)


async def test_a_code_links_a_chat_and_says_who_they_are(place: Estate) -> None:
    number, code = await invited(place)

    assert await whose(place, 7) is None
    robin = await linked(place, code, 7)

    assert robin == Colleague(id=number, name="Robin Made-Up", role="coordinator", agency="fire")
    assert await whose(place, 7) == robin
    assert await whose(place, 8) is None


async def test_a_code_works_however_it_is_typed(place: Estate) -> None:
    _, code = await invited(place)

    assert await linked(place, f" {code.lower().replace('-', ' ')} ", 7) is not None


async def test_a_code_works_once(place: Estate) -> None:
    number, code = await invited(place)

    assert await linked(place, code, 7) is not None
    assert await linked(place, code, 8) is None
    assert await whose(place, 8) is None
    robin = await whose(place, 7)
    assert robin is not None
    assert robin.id == number


async def test_of_many_who_try_a_code_at_once_one_gets_in(place: Estate) -> None:
    _, code = await invited(place)
    tries = await asyncio.gather(*(linked(place, code, chat) for chat in range(1, 13)))

    assert sum(found is not None for found in tries) == 1
    assert sum([await whose(place, chat) is not None for chat in range(1, 13)]) == 1


@pytest.mark.parametrize(("hours", "works"), [(47, True), (49, False)])
async def test_a_code_lasts_two_days(place: Estate, clock: FixedClock, hours: int, works: bool) -> None:
    _, code = await invited(place)
    clock.move(hours=hours)

    assert (await linked(place, code, 7) is not None) == works


@pytest.mark.parametrize("code", ["", "hello", "3333-3333-3333", "%", "0" * 5000])
async def test_a_wrong_code_is_nothing(place: Estate, code: str) -> None:
    await invited(place)

    assert await linked(place, code, 7) is None
    assert await linked(place, code, 999) is None


@pytest.mark.parametrize("channel", ["web", "terminal"])
async def test_only_an_account_of_ones_own_can_be_linked(place: Estate, channel: Channel) -> None:
    _, code = await invited(place)
    async with place.store.write() as unit:
        chat = await chats.lock(unit, Turn(channel=channel, key="1", chat="page", at=unit.now, text="hello"))

    assert await linked(place, code, chat.id) is None
    assert await linked(place, code, 7) is not None


async def test_another_code_makes_the_first_one_void_and_moves_the_account(place: Estate) -> None:
    number, first = await invited(place)
    async with place.store.write() as unit:
        second = await team.renew(unit, number, Random(2).randbytes)
        assert await team.renew(unit, 999, Random(3).randbytes) is None

    assert second is not None
    assert await linked(place, first, 7) is None
    assert await linked(place, second, 7) is not None
    async with place.store.write() as unit:
        third = await team.renew(unit, number, Random(3).randbytes)
    assert third is not None
    await linked(place, third, 8)
    assert await whose(place, 7) is None
    assert await whose(place, 8) is not None


async def test_a_chat_belongs_to_one_person(place: Estate) -> None:
    _, robin = await invited(place)
    kit, code = await invited(place, "Kit Invented", "officer")
    await linked(place, robin, 7)
    await linked(place, code, 7)

    found = await whose(place, 7)
    assert found is not None
    assert found.id == kit


async def test_who_leaves_is_out_at_once_and_their_visits_are_named(place: Estate, clock: FixedClock) -> None:
    later, sooner = await place.book(2, ELEVEN), await place.book(1, TEN)
    sam = place.staff[0]
    async with place.store.write() as unit:
        code = await team.renew(unit, sam, Random(1).randbytes)
    assert code is not None
    await linked(place, code, 7)
    async with place.store.write() as unit:
        unused = await team.renew(unit, sam, Random(2).randbytes)
        assert await team.leave(unit, sam)
        left_behind = await conflicts.of_visitor(unit, sam)

    assert [one.reference for one in left_behind] == [sooner.reference, later.reference]
    assert await whose(place, 7) is None
    assert unused is not None
    assert await linked(place, unused, 7) is None
    async with place.store.write() as unit:
        assert not await team.leave(unit, sam)
        assert sam not in {one.id for one in await team.everybody(unit)}
        clock.move(days=30)
    async with place.store.read() as unit:
        assert await conflicts.of_visitor(unit, sam) == ()


async def test_names_and_codes_are_never_kept_in_clear(place: Estate) -> None:
    _, code = await invited(place)
    async with place.store.read() as unit:
        kept = (await unit.session.execute(select(StaffInvite))).scalars().one()
        members = (await unit.session.execute(select(StaffMember))).scalars().all()

    assert team.clean_code(code) not in kept.code.upper()
    assert not any(b"Robin" in (member.name or b"") for member in members)
    assert kept.expires_at - kept.created_at == dt.timedelta(hours=48)


async def test_the_team_by_name(place: Estate) -> None:
    await invited(place, "bea Invented", "editor")
    async with place.store.read() as unit:
        everybody = await team.everybody(unit)
        visitors = await team.visitors(unit)
        editor = next(one for one in everybody if one.role == "editor")
        assert await team.feed_path(unit, editor.id) is None
        assert await team.feed_path(unit, 999) is None
        paths = {await team.feed_path(unit, staff) for staff in place.staff}

    assert [one.name for one in everybody] == ["Alex Brandybuck", "bea Invented", "Sam Underhill"]
    assert set(visitors) == set(place.staff)
    assert None not in paths
    assert len(paths) == 2


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_twelve_characters_that_nobody_mixes_up(drawn: bytes) -> None:
    code = team._drawn(lambda length: drawn[:length])

    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert set(team.clean_code(code)) <= set(ALPHABET)
