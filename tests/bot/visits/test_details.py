"""What a resident tells us is sealed column by column, comes back whole, and names a home only by a keyed hash."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import FixedClock
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import Resident, Visit
from bot.visits import details
from bot.visits.details import Details, household_of, opened, values_of
from handlers.draft import Draft
from knowledge.place import Area, Place
from tests.bot.visits.estate import TEN, draft, library, visits

VAULT = throwaway_vault()
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
DRAFTS = st.builds(
    draft,
    name=WORDS,
    address=WORDS,
    needs=WORDS,
    safe=WORDS,
    word=WORDS,
    phone=st.sampled_from(["", "+447700900123"]),
    reach=st.sampled_from([None, "message", "ring", "text"]),
    for_other=st.booleans(),
    answers=st.sampled_from([{}, {"alarms": ("no-alarm",)}, {"senses": ("seeing", "memory"), "moving": ()}]),
)


@pytest.fixture
async def unit(database_url: str, clock: FixedClock) -> AsyncIterator[Unit]:
    store = Store(database_url, VAULT, clock)
    async with store.write() as opened_unit:
        yield opened_unit
    await store.close()


@pytest.fixture
def desk(clock: FixedClock) -> Unit:
    """What needs no database: keys and a clock."""
    return Unit(VAULT, clock.now(), None)  # type: ignore[arg-type]


async def kept(unit: Unit, form: Draft) -> tuple[Visit, Resident]:
    """The rows of a form, not yet of a time."""
    number = await details.write_resident(unit, form, None, library().place)
    visit = Visit(reference="J7M-4Q3", uid="1", starts=TEN, ends=TEN, created_at=unit.now)
    for column, value in values_of(unit, form, visits(), source="telegram").items():
        setattr(visit, column, value)
    return visit, await unit.session.get_one(Resident, number)


@given(form=DRAFTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
async def test_what_was_said_comes_back_whole(unit: Unit, form: Draft) -> None:
    visit, resident = await kept(unit, form)
    found = opened(unit, visit, resident)

    assert (found.name, found.phone, found.address, found.word) == (form.name, form.phone, form.address, form.word)
    assert (found.needs, found.safe, found.reach, found.for_other) == (
        form.needs, form.safe, form.reach, form.for_other,
    )  # fmt: skip
    assert found.answers == form.answers
    assert found.postcode == "LE3 1AB"


async def test_nothing_of_it_lies_in_clear(unit: Unit) -> None:
    visit, resident = await kept(unit, draft())
    clear = f"{visit.model_dump()} {resident.model_dump()}"

    for word in ("Zebedee", "960123", "Marzipan", "1AB", "parrot", "noon", "kettle", "indoors", "from-85"):
        assert word not in clear


async def test_a_resident_is_sealed_by_column_and_found_again_by_phone(unit: Unit) -> None:
    _, resident = await kept(unit, draft(phone="+447700900123"))
    _, without = await kept(unit, draft(phone=""))

    assert resident.phone_index == unit.vault.index("phone", "+447700900123")
    assert without.phone_index is None
    assert unit.vault.open("resident.name", resident.name or b"") == "Zebedee Quillfeather"
    assert unit.vault.open("resident.address", resident.address or b"") == "12 Marzipan Walk"


async def test_outward_postcode_and_nearest_area_stay_in_clear(unit: Unit) -> None:
    areas = (Area(name="Near", outward_postcodes=("LE3",)), Area(name="Wide", outward_postcodes=("LE2", "LE3")))
    place = Place(name="Somewhere", partnership="Somebody", areas=areas)
    found = []
    for postcode in ("le3 1ab", "LE2 1AB", "LE9 1AB", ""):
        number = await details.write_resident(unit, draft(postcode=postcode), None, place)
        resident = await unit.session.get_one(Resident, number)
        found.append((resident.outward, resident.area))

    assert found == [("LE3", "Near"), ("LE2", "Wide"), ("LE9", ""), ("", "")]


def test_the_columns_of_a_visit(desk: Unit) -> None:
    form = draft(answers={"smoking": ("in-bed",), "household": ("alone", "from-85")}, partners=True, remind_by=None)
    columns = values_of(desk, form, visits(), source="telegram")

    assert (columns["points"], columns["priority"]) == (22, "high")
    assert columns["reasons"] == "fire-safety,loneliness"
    assert columns["consents"] == "partners,feedback"
    assert (columns["source"], columns["remind_by"]) == ("telegram", "message")


def test_a_form_may_be_older_than_the_content(desk: Unit) -> None:
    old = draft(answers={"smoking": ("a-pipe", "outside"), "gone": ("yes",)}, reasons=("gone", "worry"))
    columns = values_of(desk, old, visits(), source="web")
    answers = json.loads(VAULT.open("visit.answers", columns["answers"]))  # type: ignore[arg-type]

    assert (columns["points"], columns["reasons"]) == (2, "worry")
    assert answers == {"smoking": ["outside"]}


@pytest.mark.parametrize(
    ("source", "phone", "said", "reminded"),
    [
        ("telegram", "", None, "message"),
        ("telegram", "+447700900123", "calendar", "calendar"),
        ("web", "+447700900123", None, "ring"),
        ("web", "", None, "calendar"),
        ("doorstep", "+447700900123", None, "ring"),
    ],
)
def test_only_telegram_is_written_to_later(
    desk: Unit, source: str, phone: str, said: str | None, reminded: str
) -> None:
    columns = values_of(desk, draft(phone=phone, remind_by=said), visits(), source=source)
    assert columns["remind_by"] == reminded


def test_of_an_erased_visit_nothing_opens(desk: Unit) -> None:
    bare = Visit(reference="J7M-4Q3", uid="1", starts=TEN, ends=TEN, created_at=desk.now)
    assert opened(desk, bare, None) == Details()


@pytest.mark.parametrize(
    ("postcode", "address"),
    [
        ("LE3 1AB", "Flat 2, 9 Marzipan Walk"),
        ("le31ab", "flat 2 9 marzipan walk"),
        ("LE3 1AB", "FLAT 2 / 9, Marzipan-Walk."),
        ("LE3  1AB", "  Flat 2,9 Marzipan  Walk "),
    ],
)
def test_a_home_is_the_same_however_it_is_typed(postcode: str, address: str) -> None:
    usual = household_of(VAULT, draft(postcode="LE3 1AB", address="Flat 2, 9 Marzipan Walk"))
    assert household_of(VAULT, draft(postcode=postcode, address=address, name="Another")) == usual


@pytest.mark.parametrize(
    ("postcode", "address"),
    [
        ("LE3 1AB", "Flat 29 Marzipan Walk"),
        ("LE3 1AB", "Flat 2, 91 Marzipan Walk"),
        ("LE3 1AD", "Flat 2, 9 Marzipan Walk"),
        ("LE3 1AB", ""),
    ],
)
def test_another_home_is_another(postcode: str, address: str) -> None:
    usual = household_of(VAULT, draft(postcode="LE3 1AB", address="Flat 2, 9 Marzipan Walk"))
    assert household_of(VAULT, draft(postcode=postcode, address=address)) != usual


def test_two_people_of_a_street_who_give_no_address_are_two_homes() -> None:
    first, second = (household_of(VAULT, draft(address=" ", phone=f"+44770090012{n}")) for n in (1, 2))
    assert first != second


def test_the_hash_of_a_home_is_keyed() -> None:
    assert household_of(VAULT, draft()) != household_of(throwaway_vault(), draft())
