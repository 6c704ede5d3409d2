"""What the bot is made of: the lock, the list of licences, and a question to whoever knows of vulnerabilities.

    python -m tests.audit            asks pip-audit about every locked package; needs a network
    python -m tests.audit --write    writes docs/security/dependencies.csv again

Ends with 1 where something is known, where a package could not be asked about, and where pip-audit is not installed.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
LISTED = ROOT / "docs" / "security" / "dependencies.csv"
COLUMNS = ("name", "version", "licence")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
TOLD = {"axe-playwright-python": "MIT", "colorama": "BSD-3-Clause"}
"""Licences that stand in no metadata here: the first says it in its LICENSE file, the second is for Windows."""
HOW = "pip-audit is not here. Put it beside this machine's tools (pipx install pip-audit), then run make audit again."


@dataclass(frozen=True, slots=True)
class Pinned:
    """A package of the lock."""

    name: str
    version: str
    hashes: int


def locked(text: str) -> tuple[Pinned, ...]:
    """The packages of a lock file, in its order."""
    found = []
    for block in re.split(r"\n(?=\S)", text):
        match = PINNED.match(block)
        if match:
            found.append(Pinned(plain(match[1]), match[2], len(re.findall(r"--hash=sha256:[0-9a-f]{64}", block))))
    return tuple(found)


def plain(name: str) -> str:
    """A package's name as everybody compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(found: Distribution) -> str:
    """What its metadata says."""
    told = found.metadata
    expressed, plainly = (told.get_all(name) or [""] for name in ("License-Expression", "License"))
    said = expressed[0] or _of_classifiers(told.get_all("Classifier") or [])
    return said or f"{plainly[0]} ".splitlines()[0].strip()[:60]


def _of_classifiers(classifiers: list[str]) -> str:
    named = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: ")]
    return ", ".join(sorted(named))


def inventory(pinned: tuple[Pinned, ...], before: Mapping[str, str]) -> str:
    """The list as CSV. What is not installed here keeps the licence that was known `before`."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for one in pinned:
        lines.writerow((one.name, one.version, TOLD.get(one.name) or _installed(one.name) or before.get(one.name, "")))
    return out.getvalue()


def _installed(name: str) -> str:
    try:
        return licence(distribution(name))
    except PackageNotFoundError:
        return ""


def listed() -> dict[str, str]:
    """Licences by name, as they stand in the list."""
    if not LISTED.exists():
        return {}
    with LISTED.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["licence"] for row in csv.DictReader(file)}


def main() -> int:
    """Write, or ask."""
    if "--write" in sys.argv:
        LISTED.write_text(inventory(locked(LOCK.read_text(encoding="utf-8")), listed()), encoding="utf-8")
        return 0
    tool = shutil.which("pip-audit")
    if tool is None:
        print(HOW, file=sys.stderr)  # noqa: T201  this is a command
        return 1
    # The tool that was found, and our own lock.
    asked = [tool, "--strict", "--disable-pip", "--require-hashes", "--requirement", str(LOCK)]
    return subprocess.run(asked, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
