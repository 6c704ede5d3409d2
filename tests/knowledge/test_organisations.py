"""The organisations of Braunstone: nothing is invented, so every number and address stands in the brief's sheet.

Each test names the organisations that break its rule.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.check import is_phone, organisation_faults
from knowledge.entry import Organisation
from knowledge.library import NATIONAL, PLACES, organisation_files, read_organisation
from knowledge.readability import count_words

Row = dict[str, Any]

SHEET = Path(__file__).parents[3] / "shared" / "brief" / "organisations.yaml"
FILES = {path.stem: path for folder in (NATIONAL, PLACES / "braunstone") for path in organisation_files(folder)}
NUMBER = re.compile(r"\d+")
PHONE = re.compile(r"\d[\d ]{4,}\d")
YEAR = re.compile(r"\b20\d\d\b")
OLDEST_YEAR_TO_COMPUTE_WITH = 2023


@pytest.fixture(scope="module")
def organisations() -> dict[str, Organisation]:
    """Every organisation by id."""
    return {id_: read_organisation(path) for id_, path in FILES.items()}


@pytest.fixture(scope="module")
def sheet() -> dict[str, Row]:
    """The brief's organisations by id."""
    if not SHEET.exists():
        pytest.skip(f"the brief's sheet is not beside the project: {SHEET}")
    return {row["id"]: row for row in yaml.safe_load(SHEET.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def pairs(organisations: dict[str, Organisation], sheet: dict[str, Row]) -> list[tuple[Organisation, Row]]:
    """Each organisation with its row."""
    return [(organisations[id_], row) for id_, row in sheet.items()]


def resident_words(organisation: Organisation) -> str:
    """All that a resident reads about an organisation apart from its sources, a line each."""
    shown = organisation.model_dump(include={"what_for", "who_for", "phone", "text", "address", "cost", "access"})
    return "\n".join(filter(None, [*shown.values(), organisation.hours.words]))


def row_words(row: Row) -> str:
    return "\n".join(str(value) for value in row.values())


def test_every_organisation_of_the_sheet_is_here_and_no_other(sheet: dict[str, Row]) -> None:
    assert set(FILES) == set(sheet)
    assert len(FILES) == 90


@pytest.mark.parametrize("key", ["phone", "text", "website"])
def test_ways_to_reach_them_are_those_of_the_sheet_or_left_out(key: str, pairs: list[tuple[Organisation, Row]]) -> None:
    assert [o.id for o, row in pairs if getattr(o, key) not in (row[key], None)] == []


def test_only_a_doubtful_phone_is_left_out(pairs: list[tuple[Organisation, Row]]) -> None:
    assert [o.id for o, row in pairs if row["phone"] and not o.phone] == ["rethink"]
    assert [o.id for o, row in pairs if (o.text, o.website) != (row["text"], row["website"])] == []


def test_every_number_a_resident_reads_stands_in_the_sheet(pairs: list[tuple[Organisation, Row]]) -> None:
    invented = {
        o.id: numbers
        for o, row in pairs
        if (numbers := set(NUMBER.findall(resident_words(o))) - set(NUMBER.findall(row_words(row))))
    }
    assert invented == {}


def test_phone_numbers_within_words_stand_in_the_sheet_whole(pairs: list[tuple[Organisation, Row]]) -> None:
    assert [n for o, row in pairs for n in PHONE.findall(resident_words(o)) if n not in row_words(row)] == []


def test_every_word_of_an_address_stands_in_the_sheet(pairs: list[tuple[Organisation, Row]]) -> None:
    words = re.compile(r"\w+")
    assert [
        o.id for o, row in pairs if not set(words.findall(o.address or "")) <= set(words.findall(row_words(row)))
    ] == []


def test_emails_and_sources_stand_in_the_sheet(pairs: list[tuple[Organisation, Row]]) -> None:
    assert [o.id for o, row in pairs if o.email and o.email not in row_words(row)] == []
    assert [o.id for o, row in pairs if [s.url for s in o.sources] not in ([row["source_url"]], [None])] == []
    assert [o.id for o, row in pairs if o.facts_as_of != row["as_of"]] == []


@pytest.mark.parametrize("key", ["name", "kind", "area", "cost"])
def test_what_they_are_is_what_the_sheet_says(key: str, pairs: list[tuple[Organisation, Row]]) -> None:
    assert [o.id for o, row in pairs if getattr(o, key) != row[key]] == []
    assert [o.id for o, row in pairs if list(o.aliases) != row["aliases"]] == []
    assert [o.id for o, row in pairs if o.webchat != bool(row["webchat"])] == []


def test_only_hours_of_every_day_run_on_over_bank_holidays(pairs: list[tuple[Organisation, Row]]) -> None:
    every_day = re.compile("every day|24 hours|any time")
    usual = [(o, row) for o, row in pairs if o.hours.bank_holidays == "as usual"]
    assert [o.id for o, row in usual if not every_day.search(row["hours"])] == []


def test_no_file_has_a_fault(organisations: dict[str, Organisation]) -> None:
    faults = [fault for o in organisations.values() for fault in organisation_faults(o, FILES[o.id])]
    assert [str(fault) for fault in faults if not fault.warning] == []


def test_every_number_could_be_dialled(organisations: dict[str, Organisation]) -> None:
    assert [o.id for o in organisations.values() if o.phone and not is_phone(o.phone)] == []


def test_what_for_is_short(organisations: dict[str, Organisation]) -> None:
    assert {o.id: o.what_for for o in organisations.values() if count_words(o.what_for) > 20} == {}


def test_old_hours_are_words_only(organisations: dict[str, Organisation]) -> None:
    computed = {o.id: YEAR.findall(o.hours.words or "") for o in organisations.values() if o.hours.known}
    assert [i for i, years in computed.items() if any(int(y) < OLDEST_YEAR_TO_COMPUTE_WITH for y in years)] == []


def test_hours_that_are_computed_also_have_words(organisations: dict[str, Organisation]) -> None:
    assert [o.id for o in organisations.values() if o.hours.known and not o.hours.words] == []


def test_keys_stand_in_one_order_and_none_is_empty() -> None:
    written = {id_: yaml.safe_load(path.read_text(encoding="utf-8")) for id_, path in FILES.items()}
    order = list(Organisation.model_fields)
    assert [i for i, keys in written.items() if list(keys) != sorted(keys, key=order.index)] == []
    assert [i for i, keys in written.items() if not all(keys.values())] == []


def test_what_holds_anywhere_is_national_and_the_rest_belongs_to_the_place(
    organisations: dict[str, Organisation],
) -> None:
    national = {path.stem for path in organisation_files(NATIONAL)}
    assert national == {o.id for o in organisations.values() if o.area == "national"}
