"""What the documents say is there, and what is there is documented."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOYING = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def commands() -> list[tuple[str, str]]:
    """Every command with its help: ('handovers reply', …)."""

    def walk(command: object, names: tuple[str, ...]) -> list[tuple[str, str]]:
        subcommands = getattr(command, "commands", {})
        if not subcommands:
            return [(" ".join(names), str(getattr(command, "help", "")))]
        return [found for name, sub in subcommands.items() for found in walk(sub, (*names, name))]

    return walk(get_command(app), ())


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained(name: str) -> None:
    assert f"BOT_{name.upper()}" in DEPLOYING or name == "telegram_token"


@pytest.mark.parametrize(("name", "said"), commands())
def test_every_command_has_an_example_and_is_listed(name: str, said: str) -> None:
    assert f"bot {name.split()[0]}" in COMMANDS
    assert name.split()[-1] in COMMANDS
    assert "Example:" in said


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda p: p.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|tel:|#)([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_decision_says_what_was_not_done() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert len(pages) >= 10
    assert [page.name for page in pages if "**Not taken.**" not in page.read_text(encoding="utf-8")] == []


def test_no_file_names_a_registry() -> None:
    hosts = re.compile(r"(?:pypi|pythonhosted|npmjs|debian)\.(?:org|com)")
    files = [*ROOT.glob("*"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bot").rglob("*.py")]
    assert [f.name for f in files if f.is_file() and hosts.search(f.read_text(errors="ignore"))] == []


def test_make_has_no_target_twice() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stderr == ""
    assert "make test" in said.stdout
