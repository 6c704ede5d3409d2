"""Topics to hear about: what a place leaves out and adds, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from knowledge.check import check, topics_faults
from knowledge.errors import UnreadableFile
from knowledge.library import NATIONAL, PLACES, Library, load
from knowledge.topics import FILE, LocalTopics, Topic, faults_of, read_topics, topics_of

CANAL = Topic(id="canal", label="The canal", one_line="News of the canal path.", season=("may",))
BRAUNSTONE = PLACES / "braunstone"


def with_topics(local: LocalTopics) -> Library:
    library = load(BRAUNSTONE)
    place = library.place.model_copy(update={"topics": local})
    return library.model_copy(update={"place": place, "topics": topics_of(local, NATIONAL)})


def test_those_that_ship_are_read_and_have_no_fault() -> None:
    library = load(BRAUNSTONE)
    assert [topic.id for topic in library.topics] == [
        "fireworks",
        "heaters",
        "dark-nights",
        "open-water",
        "safety-news",
    ]
    assert list(faults_of(library.topics)) == []
    assert library.topic("cats") is None


def test_a_place_leaves_out_adds_and_says_in_its_own_words() -> None:
    own = Topic(id="fireworks", label="The big bonfire", one_line="News of the bonfire on the park.")
    topics = topics_of(LocalTopics(without=("open-water",), own=(CANAL, own)), NATIONAL)
    assert [topic.id for topic in topics] == ["fireworks", "heaters", "dark-nights", "safety-news", "canal"]
    assert topics[0].label == "The big bonfire"


def test_seasons() -> None:
    year = [dt.date(2026, month, 1) for month in range(1, 13)]
    assert [day.month for day in year if CANAL.in_season(day)] == [5]
    news = load(BRAUNSTONE).topic("safety-news")
    assert news is not None
    assert all(news.in_season(day) for day in year)


def test_faults_are_named_with_their_file() -> None:
    hard = "Considerable responsibility necessitates precautionary preparation beforehand."
    local = LocalTopics(without=("dragons",), own=(CANAL.model_copy(update={"label": "x" * 41, "one_line": hard}),))
    place = BRAUNSTONE / "place.toml"
    found = list(topics_faults(with_topics(local), NATIONAL, place))
    assert {fault.path for fault in found} == {place}
    label, age, unknown = (fault.what for fault in found)
    assert label == "the label of topic 'canal' has 41 characters; at most 40"
    assert age.startswith("topic 'canal': reading age ")
    assert unknown == "topics.without names the unknown topic 'dragons'"


@pytest.mark.parametrize("text", ["- id: Fire works\n  label: x\n  one_line: y\n", "- id: [\n"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile):
        read_topics(tmp_path / FILE)
    (fault,) = check(BRAUNSTONE, tmp_path)
    assert fault.path == tmp_path / FILE


def test_a_nation_without_topics(tmp_path: Path) -> None:
    assert topics_of(LocalTopics(own=(CANAL,)), tmp_path) == (CANAL,)
