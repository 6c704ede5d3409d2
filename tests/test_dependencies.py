"""The lock is whole, hashed and names no address; the list of what is in it is true."""

from __future__ import annotations

import csv
import re
import tomllib
from importlib.metadata import PackageNotFoundError, version

from tests.audit import LISTED, LOCK, ROOT, inventory, listed, locked, plain

TEXT = LOCK.read_text(encoding="utf-8")
PINNED = locked(TEXT)
FORBIDDEN = re.compile(r"\b(?:AGPL|GPL-3\.0|GPL-2\.0|SSPL|BUSL|Proprietary)\b")


def wanted() -> set[str]:
    """The packages that pyproject.toml asks for, for running and for tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    return {plain(match[0]) for one in asked if (match := re.match(r"[A-Za-z0-9._-]+", one))}


def test_everything_that_is_asked_for_is_locked() -> None:
    assert wanted() - {one.name for one in PINNED} == set()


def test_every_package_has_its_hashes() -> None:
    """Two versions of one are for two versions of Python."""
    assert len({(one.name, one.version) for one in PINNED}) == len(PINNED) > 50
    assert [one.name for one in PINNED if not one.hashes] == []


def test_no_line_is_anything_but_a_pinned_package() -> None:
    odd = [line for line in TEXT.splitlines() if line and not re.match(r"[a-z0-9]|    (--hash=sha256:|#)", line)]
    assert odd == []
    assert not re.search(r"https?://|git\+|file:|--index-url|--find-links|--trusted-host", TEXT)


def test_what_runs_here_is_what_is_locked() -> None:
    assert [one for one in PINNED if installed(one.name) not in (None, *versions(one.name))] == []


def versions(name: str) -> list[str]:
    """Those that are locked."""
    return [one.version for one in PINNED if one.name == name]


def installed(name: str) -> str | None:
    """The version that is here; None where it is for another system."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def test_the_list_says_what_is_installed() -> None:
    """`python -m tests.audit --write` writes it."""
    assert LISTED.read_text(encoding="utf-8") == inventory(PINNED, listed())


def test_every_licence_is_known_and_lets_us_ship_under_ours() -> None:
    with LISTED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows if not row["licence"]] == []
    assert [row for row in rows if FORBIDDEN.search(row["licence"].replace("LGPL", "Lesser"))] == []


def test_a_lock_without_hashes_is_noticed() -> None:
    (one,) = locked("thing==1.0\n    # via nothing\n")
    assert (one.name, one.hashes) == ("thing", 0)
