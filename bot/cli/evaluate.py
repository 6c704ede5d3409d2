"""`bot evaluate`: labelled messages through the whole conversation, and the figures that say how well they were met."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from bot.channels import terminal
from bot.logs import configure
from bot.settings import Settings
from bot.wiring import House, throwaway
from handlers.turn import Trace
from knowledge.encoder import open_encoder
from knowledge.evaluating.figures import Figure, confusion, figures, reliability, worst
from knowledge.evaluating.noise import noisy
from knowledge.evaluating.questions import Case, Labelled, Met, only, read_questions

NOISE_LOSS = Figure("typing noise: loss of right at once", 0.0, 0, 0.03, low=True)
SEED = 999


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one answer, and of a bare run of the encoder over the same text, in turns."""

    answer: tuple[float, ...]
    bare: tuple[float, ...]

    def at(self, percent: int) -> tuple[float, float]:
        """A percentile of both."""
        return float(np.percentile(self.answer, percent)), float(np.percentile(self.bare, percent))


def evaluate(
    file: Annotated[Path, typer.Argument(help="a CSV with the columns text, kind, accept", exists=True)],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object, every message in it")] = False,
) -> None:
    """Meet every message of a file as a fresh conversation and print how well they were met.

    Example: bot evaluate questions.csv
    """
    configure()
    asyncio.run(_evaluate(read_questions(file), as_json))


async def _evaluate(questions: Sequence[Labelled], as_json: bool) -> None:
    async with throwaway(Settings()) as house:
        cases = await meet(house, questions, "reading the messages")
        found = (*figures(cases), await _noise(house, questions, cases))
        times = measure(house, [question.text for question in questions])
    if as_json:
        typer.echo(json.dumps(_as_data(cases, found, times), ensure_ascii=False))
    else:
        typer.echo("\n".join((*_table(found), "", *_speed(times), "", *_topics(cases), "", *_misses(cases))))


async def meet(house: House, questions: Sequence[Labelled], said: str) -> tuple[Case, ...]:
    """Every message as a fresh conversation on the throw-away store; `said` stands before the progress bar."""
    cases = []
    with _bar(len(questions), said) as step:
        for number, question in enumerate(questions):
            turn = terminal.parse(question.text, f"{said}-{number}", f"{said}-{number}:0", house.clock.now())
            taken = await house.conversation.take(turn)
            cases.append(Case(question, _met(taken.outcome.trace if taken.outcome else Trace())))
            step(1)
    return tuple(cases)


def _met(trace: Trace) -> Met:
    return Met(trace.route, trace.tier, tuple(trace.answered), tuple(trace.offered), trace.action, trace.score)


async def _noise(house: House, questions: Sequence[Labelled], clean: Sequence[Case]) -> Figure:
    """How much of "advice: right at once" is lost when every third word is mistyped."""
    advice, chance = only(clean, "advice"), random.Random(SEED)  # noqa: S311
    typed = [replace(case.asked, text=noisy(case.asked.text, chance)) for case in advice]
    mistyped = await meet(house, typed, "reading them mistyped")
    lost = sum(case.right for case in advice) - sum(case.right for case in mistyped)
    return replace(NOISE_LOSS, share=lost / max(len(advice), 1), of=len(advice))


def measure(house: House, texts: Sequence[str]) -> Times:
    """Understanding and deciding, and a bare encode, of every text once, one after the other; nothing is cached."""
    current, encoder = house.knowing.current, open_encoder(house.settings.encoder)
    answers, bare = [], []
    with _bar(len(texts), "timing") as step:
        for text in dict.fromkeys(texts):
            turn = terminal.parse(text, "timing", "timing:0", house.clock.now())
            began = time.perf_counter()
            current.decide(current.understand(turn))
            between = time.perf_counter()
            encoder.sense([text])
            answers.append((between - began) * 1000)
            bare.append((time.perf_counter() - between) * 1000)
            step(1)
    return Times(tuple(answers), tuple(bare))


@contextmanager
def _bar(length: int, said: str) -> Iterator[Callable[[int], None]]:
    with typer.progressbar(length=length, label=said, file=typer.get_text_stream("stderr")) as bar:
        yield bar.update


def _table(found: Sequence[Figure]) -> Iterator[str]:
    for figure in found:
        if figure.of:
            sign = "at most" if figure.low else "at least"
            aim = f"reach {sign} {figure.reach:.1%}" if figure.reach is not None else ""
            mark = {True: "reached", False: "not reached", None: ""}[figure.reached]
            yield f"{figure.name:<46} {figure.share:>7.1%} of {figure.of:<5} {aim:<22} {mark}".rstrip()


def _speed(times: Times) -> Iterator[str]:
    for percent, reach in ((50, 1.3), (99, 1.6)):
        ours, bare = times.at(percent)
        said = f"one answer, p{percent}: {ours:.1f} ms, a bare encode {bare:.1f} ms"
        yield f"{said}: {ours / bare:.2f} times (reach {reach})"


def _topics(cases: Sequence[Case]) -> Iterator[str]:
    yield "Topics taken for another (wanted, given, how often):"
    mixed = [(pair, often) for pair, often in confusion(cases).most_common() if pair[0] != pair[1]]
    yield from (f"  {wanted} → {given}: {often}" for (wanted, given), often in mixed[:10])


def _misses(cases: Sequence[Case]) -> Iterator[str]:
    yield "The worst misses (wanted, met with, the message):"
    for case in worst(cases):
        wanted = "|".join("&".join(needs) for needs in case.asked.accept)
        met = " ".join((*case.met.answered, *filter(None, [case.met.action]))) or case.met.route
        yield f"  {wanted} · {met} · {case.asked.text}"


def _as_data(cases: Sequence[Case], found: Sequence[Figure], times: Times) -> dict[str, object]:
    return {
        "figures": [{**asdict(figure), "reached": figure.reached} for figure in found],
        "ms": {f"p{percent}": dict(zip(("answer", "bare"), times.at(percent), strict=True)) for percent in (50, 99)},
        "reliability": [asdict(one) for one in reliability(cases)],
        "confusion": [[*pair, often] for pair, often in confusion(cases).most_common()],
        "messages": [{"text": c.asked.text, "kind": c.asked.kind, "right": c.right, **asdict(c.met)} for c in cases],
    }
