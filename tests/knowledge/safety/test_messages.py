"""Every listed message takes its route, or a more urgent one."""

from __future__ import annotations

import pytest

from knowledge.safety import judge
from knowledge.safety.verdict import URGENCY, Verdict
from tests.knowledge.safety.messages import Message, messages

ROUTES = ("emergency", "crisis", "abuse")


def urgency(route: str | None, tier: str | None) -> int:
    places = {pair: place for place, pair in enumerate(URGENCY)}
    return next((place for pair, place in places.items() if pair == (route, tier)), len(URGENCY))


def reached(message: Message, verdict: Verdict) -> bool:
    if verdict.route is None or ROUTES.index(verdict.route) > ROUTES.index(message.route):
        return False
    return urgency(verdict.route, verdict.tier) <= urgency(message.route, message.tier)


@pytest.mark.parametrize("route", ROUTES)
def test_each_reaches_its_route_or_a_higher_one(route: str) -> None:
    missed = [(m.text, judge(m.text)) for m in messages(route) if not reached(m, judge(m.text))]
    assert missed == []


def test_the_harmless_raise_nothing() -> None:
    raised = [(m.text, v) for m in messages("harmless") if (v := judge(m.text)).route and not m.tier]
    assert raised == []


def test_the_harmless_are_never_certain() -> None:
    assert [m.text for m in messages("harmless") if judge(m.text).tier == "certain"] == []


def test_few_of_the_harmless_are_asked_about() -> None:
    borne = [m for m in messages("harmless") if m.tier == "maybe"]
    assert len(borne) <= 0.04 * len(messages("harmless"))


def test_the_lists_are_long_enough_to_mean_something() -> None:
    lengths = {name: len(messages(name)) for name in (*ROUTES, "harmless")}
    assert lengths["emergency"] >= 500
    assert min(lengths["crisis"], lengths["abuse"]) >= 250
    assert lengths["harmless"] >= 400


def test_no_message_stands_twice() -> None:
    texts = [m.text for name in (*ROUTES, "harmless") for m in messages(name)]
    assert len(texts) == len(set(texts))
