"""A made-up insight, with something in every table and some counts hidden."""

from __future__ import annotations

import datetime as dt
from random import Random

from bot.insight.shapes import Avoided, Change, Count, Filter, Insight, Period, Range, Row, Table

OCTOBER = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 1))
MADE = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TOPICS = ("Fire safety", "Home security", "Health and wellbeing", "Antisocial behaviour", "Child safety")
NOW_BEFORE = ("now", "before")


def table(id_: str, columns: tuple[str, ...], **rows: tuple[Count, ...]) -> Table:
    """A table of rows by their ids; labels are the ids in words."""
    made = (Row(name.replace("_", "-"), name.replace("_", " ").capitalize(), counts) for name, counts in rows.items())
    return Table(id_, columns, tuple(made))


def hours(chance: Random) -> Table:
    """A week that is busy in the evening and hidden at night."""

    def count(day: int, hour: int) -> Count:
        busy = chance.randrange(5, 20) + 3 * max(0, 8 - abs(18 - hour)) + (10 if day > 4 else 0)
        return None if hour < 6 else busy

    rows = (Row(str(day), label, tuple(count(day, hour) for hour in range(24))) for day, label in enumerate(DAYS))
    return Table("hours", tuple(map(str, range(24))), tuple(rows))


def months(chance: Random) -> Table:
    """Thirteen months, one of them hidden."""
    names = "Oct Nov Dec Jan Feb Mar Apr May Jun Jul Aug Sep Oct".split()
    labels = [f"{name} {2025 if at < 3 else 2026}" for at, name in enumerate(names)]
    counts: list[Count] = [300 + at * 40 + chance.randrange(90) for at in range(13)]
    counts[4] = None
    counts[-2:] = 840, 1092
    ids = [f"{2025 + (at > 2)}-{(at + 9) % 12 + 1:02d}" for at in range(13)]
    rows = zip(ids, labels, counts, strict=True)
    return Table("months", ("now",), tuple(Row(id_, label, (count,)) for id_, label, count in rows))


def tables() -> tuple[Table, ...]:
    """One of each."""
    chance = Random(7)
    topics = tuple(Row(name.lower(), name, (420 - 90 * at, 380 - 60 * at)) for at, name in enumerate(TOPICS))
    entries = tuple(
        Row(
            f"fire-safety/answer-{at}", f"What to do about number {at}", (60 - at, 30 - at, None if at % 3 else 6, None)
        )
        for at in range(15)
    )
    return (
        months(chance),
        Table("topic", NOW_BEFORE, (*topics, Row("vehicle-security", "Vehicle security", (None, 9)))),
        table("agency", NOW_BEFORE, fire=(640, 600), police=(320, 350), ambulance=(88, 70), partner=(None, None)),
        table("area", NOW_BEFORE, braunstone_park=(410, 380), westcotes=(95, 102), not_said=(520, 498)),
        hours(chance),
        table("channel", NOW_BEFORE, telegram=(612, 580), web=(480, 260)),
        table("source", NOW_BEFORE, library_poster=(40, 22), none=(1052, 818)),
        table("route", NOW_BEFORE, answer=(900, 700), unknown=(84, 90), emergency=(23, 21), crisis=(None, None)),
        table("unmet", NOW_BEFORE, unknown=(84, 90), open=(12, 15)),
        Table("organisations", ("went", "helped"), (Row("the-bridge", "The Bridge", (14, 9)),)),
        table("visits-outcome", NOW_BEFORE, done=(41, 30), not_in=(9, 8), refused=(None, None), cancelled=(6, None)),
        table("visits-reason", NOW_BEFORE, fire_safety=(38, 29), home_security=(17, 12), lonely=(None, 5)),
        table("checks", NOW_BEFORE, begun=(77, 50), finished=(51, 31), visit=(8, 6)),
        table("helped", NOW_BEFORE, helped=(402, 380), not_helped=(61, 58)),
        Table("campaigns", ("delivered", "opened"), (Row("1", "Fireworks with care", (210, 64)),)),
        Table("entries", ("shown", "helped", "not-helped", "999"), entries),
    )


def insight(*, estimates: bool = True) -> Insight:
    """October of a place that nobody lives in."""
    said: tuple[tuple[str, Count], ...] = (("999", 9), ("101", 14), ("111", 11), ("nothing", 40))
    ranges = (("999", Range(9, 21, 44)), ("101", Range(14, 14, 61))) if estimates else ()
    unique = {one.id: one for one in tables()}
    return Insight(
        Filter(OCTOBER),
        MADE,
        tuple(unique.values()),
        Avoided(120, 74, said, ranges),
        (
            Change("topic", "Fire safety", 420, 380, ("The campaign Fireworks with care began on 20 October.",)),
            Change("topic", "Vehicle security", None, 9),
        ),
        "month",
        ("Areas are known only where somebody named one.",),
    )
