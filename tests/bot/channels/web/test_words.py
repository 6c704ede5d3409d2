"""The words of the pages: all of them there, none of them idle, all of them plain."""

from __future__ import annotations

import re
from pathlib import Path

from bot.channels.web.site import HERE
from handlers.catalogue import read
from tests.bot.channels.web.fakes import texts

USED = re.compile(r"['\"](web\.[a-z0-9-]+)['\"]")


def ours() -> set[str]:
    return {name for name in read("en") if name.startswith("web.")}


def used() -> set[str]:
    files = [*HERE.rglob("*.py"), *(HERE / "templates").glob("*.html")]
    return {found for file in files for found in USED.findall(file.read_text(encoding="utf-8"))}


def test_every_text_that_is_used_exists_and_every_other_is_gone() -> None:
    assert used() == ours()


def test_nothing_shouts() -> None:
    assert [name for name in ours() if "!" in texts().raw(name)] == []


def test_no_file_of_a_third_party_is_among_ours() -> None:
    assert sorted(path.name for path in (HERE / "static").iterdir()) == sorted(
        ["chat.js", "embed.js", "icon.svg", "page.css", "page.js", "print.css"]
    )


def test_no_store_is_known_here() -> None:
    imports = [line for path in HERE.rglob("*.py") for line in Path(path).read_text().splitlines() if "import" in line]
    assert not [line for line in imports if "bot.store" in line or "bot.conversation" in line or "bot.wiring" in line]
