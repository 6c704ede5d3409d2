"""Print the part of requirements.lock that a running bot needs: without what only tests and checks do.

    python ops/runtime_lock.py > runtime.lock

Each package of the lock says in `# via` who asked for it; what nobody of ours asked for, directly or not, is left out.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9._-]+")
EXTRAS = ("cluster", "report")


def normal(name: str) -> str:
    """A package's name as the lock writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(project: Mapping[str, object]) -> set[str]:
    """What pyproject.toml asks for to run, for more than one machine, for reports, and to build the project itself."""
    about, build = project["project"], project["build-system"]
    assert isinstance(about, dict) and isinstance(build, dict)  # noqa: S101, PT018  the shape of the file
    asked = [*about["dependencies"], *build["requires"]]
    for extra in EXTRAS:
        asked += about.get("optional-dependencies", {}).get(extra, [])
    return {normal(found[0]) for one in asked if (found := NAME.match(one))}


def blocks(lock: str) -> Iterator[tuple[str, str]]:
    """Each package of a lock: its name, and its lines with hashes and with who asked for it."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if found := NAME.match(block):
            yield normal(found[0]), block.rstrip()


def asked_by(block: str) -> set[str]:
    """Who asked for a package."""
    _, _, via = block.partition("# via")
    return {normal(found[0]) for line in via.splitlines() if (found := NAME.search(line.lstrip(" #")))}


def needed(lock: str, roots: set[str]) -> list[str]:
    """The blocks of what the roots need, directly or not."""
    every = dict(blocks(lock))
    kept = roots & every.keys()
    while more := {name for name, block in every.items() if name not in kept and asked_by(block) & kept}:
        kept |= more
    return [block for name, block in every.items() if name in kept]


def main() -> None:
    """Read both files in the present folder."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    lock = Path("requirements.lock").read_text(encoding="utf-8")
    sys.stdout.write("\n".join(needed(lock, wanted(project))) + "\n")


if __name__ == "__main__":
    main()
