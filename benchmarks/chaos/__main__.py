"""Chaos as a command.

    python -m benchmarks.chaos --seconds 60 [--seed N] [--database sqlite|postgres|both] [--updates N --kills N]

The seconds, updates and kills are shared among the settings. Prints a table and every fault, and ends with 1 if there
is one. A run of at least 10,000 updates and 500 kills without a fault writes docs/reliability.md's table.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

import typer

from benchmarks.chaos.checker import KILLS, Verdict
from benchmarks.chaos.plan import SETTINGS, Plan, Setting
from benchmarks.chaos.run import run
from benchmarks.chaos.table import table
from benchmarks.page import put
from bot.logs import configure

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
FULL = {"updates": 10_000, KILLS: 500}
SHARES = {"polling": 0.2, "webhook": 0.2, "postgres": 0.6}
"""Of the kills: where one of three processes dies, the others go on, and the next may die sooner."""


def main() -> None:
    """Run, print, and end with 1 where anything was lost, doubled, mixed up or untrue."""
    asked = arguments().parse_args()
    configure()
    chosen = [each for each in SETTINGS if asked.database in (each.database, "both")]
    verdicts = [one(setting, plan_of(setting, chosen, asked)) for setting in chosen]
    text = table(verdicts, f"python -m benchmarks.chaos {' '.join(sys.argv[1:])}".strip())
    faults = [f"{each.setting.name}: {fault}" for each in verdicts for fault in each.findings()]
    print("\n".join([text, "", *faults]))
    if is_full(verdicts) and not faults:
        put(PAGE, "chaos", "python -m benchmarks.chaos", text)
    sys.exit(1 if faults else 0)


def arguments() -> argparse.ArgumentParser:
    """What can be asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--updates", type=int, default=0)
    parser.add_argument("--kills", type=int, default=0)
    return parser


def plan_of(setting: Setting, chosen: list[Setting], asked: argparse.Namespace) -> Plan:
    """This setting's share."""
    shares = {each: SHARES.get(each.database, SHARES[each.mode]) for each in chosen}
    share = shares[setting] / sum(shares.values())
    return Plan(
        seed=asked.seed,
        seconds=asked.seconds / len(chosen),
        updates=round(asked.updates / len(chosen)),
        kills=round(asked.kills * share),
    )


def one(setting: Setting, plan: Plan) -> Verdict:
    """One setting, with a bar that says how far it is."""
    with typer.progressbar(length=1000, label=setting.name, file=sys.stderr) as bar:
        verdict = asyncio.run(run(setting, plan, lambda done: bar.update(round(min(done, 1) * 1000) - bar.pos)))
    print(f"{table([verdict], setting.name)}\n", file=sys.stderr)  # a long run shows what it has
    return verdict


def is_full(verdicts: list[Verdict]) -> bool:
    """Is it as much as the page promises?"""
    return all(sum(each.done[what] for each in verdicts) >= least for what, least in FULL.items())


if __name__ == "__main__":
    main()
