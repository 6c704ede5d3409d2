"""Reviews: what is due to whom, the one tap that confirms it, and what residents see when nobody does."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.knowing import Knowing
from bot.staff import reviews, versions
from bot.staff.outcomes import Refusal
from bot.store import content
from bot.store.tables import EntryVersion
from bot.store.unit import Store, Unit
from bot.visits import team
from handlers.answer import first_message
from handlers.ports import Nobody
from knowledge.library import Library, parse_entry
from knowledge.prose import words_of
from tests.bot.staff.crew import ALARM, CANDLES, CHECKED, DUE, TEXT, TODAY, Heard, checked, crew, the_team
from tests.house import Scripted, place_with
from tests.knowledge.test_checked import rest


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    async with crew(database_url, clock) as made:
        yield made


async def read(unit: Unit) -> str:
    """The mark of what whoever reads the answer now has read."""
    found = await reviews.reading(unit, ALARM)
    assert found is not None
    return found.mark


# The one tap


async def test_still_correct_is_a_new_live_version_that_differs_in_the_check_alone(store: Store) -> None:
    audit = Heard()
    async with store.write() as unit:
        before = await content.revision(unit)
        asha = (await the_team(unit))["Asha"]
        done = await reviews.still_correct(unit, ALARM, await read(unit), asha, TODAY, audit)
        assert isinstance(done, int)
    async with store.read() as unit:
        rows = (await unit.session.execute(select(EntryVersion).order_by(col(EntryVersion.version)))).scalars().all()
        assert [(row.version, row.state, row.base, row.local) for row in rows] == [
            (1, "replaced", None, False),
            (2, "live", 1, False),
        ]
        entry = parse_entry(ALARM, rows[1].text)
        assert (entry.checked_on, entry.checked_by) == (TODAY, "officer, fire")
        assert rest(rows[1].text) == rest(TEXT)
        assert "Asha" not in rows[1].text
        assert await content.revision(unit) != before
    assert audit == [("still correct", f"entry {ALARM}")]


async def test_an_officer_confirms_only_what_is_theirs(store: Store) -> None:
    async with store.write() as unit:
        people = await the_team(unit)
        for name in ("Dev", "Ben"):
            await reviews.assign(unit, ALARM, people["Asha"].id, None, Heard())
            refused = await reviews.still_correct(unit, ALARM, await read(unit), people[name], TODAY, Heard())
            assert refused == Refusal("staff.review.not-yours")
        gone = await reviews.still_correct(unit, "fire-safety/gone", "", people["Asha"], TODAY, Heard())
        assert gone == reviews.GONE
        done = await reviews.still_correct(unit, ALARM, await read(unit), people["Cara"], TODAY, Heard())
        assert isinstance(done, int)


async def test_what_was_changed_since_it_was_read_is_not_confirmed(store: Store) -> None:
    async with store.write() as unit:
        seen, asha = await read(unit), (await the_team(unit))["Asha"]
        live = await versions.live(unit, "entry", ALARM)
        assert live is not None
        other = await versions.put(unit, "entry", ALARM, False, {"text": f"{TEXT}\nMore.\n", "state": "draft"})
        row = await versions.one(unit, "entry", other)
        assert row is not None
        await versions.go_live(unit, "entry", row)
        audit = Heard()
        assert await reviews.still_correct(unit, ALARM, seen, asha, TODAY, audit) == reviews.CHANGED
        assert audit == []
        now = await reviews.reading(unit, ALARM)
        assert now is not None
        assert not now.entry.signed_off
        assert isinstance(await reviews.still_correct(unit, ALARM, now.mark, asha, TODAY, audit), int)


# What is due


async def test_what_nobody_keeps_is_shown_to_its_agency_and_what_somebody_keeps_to_them(store: Store) -> None:
    library = checked(alarm=CHECKED, candles=TODAY)
    async with store.write() as unit:
        people = await the_team(unit)

        async def sees(name: str) -> bool:
            return ALARM in {review.slug for review in await reviews.due(unit, library, DUE, people[name])}

        assert [await sees(name) for name in people] == [True, True, True, False]
        await reviews.assign(unit, ALARM, people["Dev"].id, people["Ben"].id, Heard())
        assert [await sees(name) for name in people] == [False, True, False, True]
        for name in ("Dev", "Ben"):
            await team.leave(unit, people[name].id)
        assert await sees("Asha")
        everything = [review.slug for review in await reviews.due(unit, library, DUE)]
    assert everything[0] == ALARM
    assert CANDLES not in everything
    assert len(everything) == len(library.entries) - 1


def test_the_share_in_date() -> None:
    library = checked(alarm=CHECKED, candles=TODAY)
    assert reviews.share_in_date(library, DUE - dt.timedelta(days=1)) == pytest.approx(2 / len(library.entries))
    assert reviews.share_in_date(library, DUE) == pytest.approx(1 / len(library.entries))
    assert reviews.share_in_date(library.model_copy(update={"entries": {}}), DUE) == 1.0


# What residents see


def seen(library: Library, after: int) -> str:
    """What a resident reads some days after the review was due."""
    now = dt.datetime.combine(DUE + dt.timedelta(days=after), dt.time(12), dt.UTC)
    ports = Knowing(Scripted({}, library)).ports(Nobody(), now, "en", None)
    return words_of(first_message(ports, library.entry(ALARM)).blocks)


def test_two_weeks_after_its_day_a_number_stands_in_place_of_the_advice() -> None:
    live = place_with(checked(alarm=CHECKED), live=True)
    assert "battery" in seen(live, 14)
    withheld = seen(live, 15)
    assert "battery" not in withheld
    assert "our team has not checked this advice lately" in withheld
    assert any(o.phone and o.phone in withheld for o in live.helpers(live.entry(ALARM)))


def test_where_no_helper_has_a_number_the_places_own_stand_there() -> None:
    live = place_with(checked(alarm=CHECKED), live=True)
    silent = {id_: known.model_copy(update={"phone": None}) for id_, known in live.organisations.items()}
    fallback = {id_: live.organisations[id_] for id_ in live.place.fallback}
    entry = live.entry(ALARM).model_copy(update={"organisations": ("leicester-city-of-nowhere",)})
    nowhere = live.model_copy(update={"organisations": silent | fallback, "entries": {**live.entries, ALARM: entry}})
    nowhere = place_with(nowhere, agencies={})
    assert any(o.phone and o.phone in seen(nowhere, 15) for o in fallback.values())


def test_a_place_that_is_not_live_withholds_nothing() -> None:
    assert "battery" in seen(checked(alarm=CHECKED), 100)
    assert "battery" in seen(checked(), 0)
