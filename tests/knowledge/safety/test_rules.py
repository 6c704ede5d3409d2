"""The rules hold what they say of themselves, and the data they share is sound."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from knowledge.errors import UnreadableFile
from knowledge.safety import KINDS, judge
from knowledge.safety.judging import find
from knowledge.safety.rulebook import RULES, RuleText, load, rule_files, rulebook
from knowledge.safety.verdict import URGENCY

TEXTS = [(file, rule) for file in rule_files() for rule in file.rules]


def fired(rule: RuleText, text: str) -> set[str]:
    return {finding.tier for finding in find(text, rulebook()) if finding.rule == rule.id}


def test_every_example_fires_its_rule() -> None:
    silent = [(r.id, e) for _, r in TEXTS for e in r.examples if r.tier not in fired(r, e)]
    assert silent == []


def test_no_near_miss_fires_its_rule() -> None:
    assert [(r.id, n) for _, r in TEXTS for n in r.near if fired(r, n)] == []


def test_an_example_is_at_least_as_urgent_as_its_rule() -> None:
    def place(text: str) -> int:
        verdict = judge(text)
        return next(i for i, pair in enumerate(URGENCY) if pair == (verdict.route, verdict.tier))

    below = [(r.id, e) for f, r in TEXTS for e in r.examples if place(e) > URGENCY.index((f.route, r.tier))]
    assert below == []


def test_every_rule_has_examples_and_near_misses() -> None:
    assert [r.id for _, r in TEXTS if not r.examples or not r.near] == []


def test_ids_are_unique() -> None:
    twice = [id_ for id_, count in Counter(r.id for _, r in TEXTS).items() if count > 1]
    assert twice == []


def test_every_kind_has_a_rule() -> None:
    assert {r.kind or f.kind for f, r in TEXTS} == set(KINDS)


def test_dampers_and_rules_that_are_named_exist() -> None:
    dampers = {damper.id: damper for damper, _ in rulebook().dampers.kept}
    withstood = {id_ for f, r in TEXTS for id_ in (*f.despite, *r.despite)}
    assert withstood <= dampers.keys()
    assert {id_ for d in dampers.values() for id_ in d.only} <= {r.id for _, r in TEXTS}


def test_no_ordinary_word_is_repaired() -> None:
    lines = (RULES / "ordinary.txt").read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    words -= rulebook().reader.noise
    read = rulebook().reader.read
    assert [word for word in sorted(words)[::97] if read(f"x {word} x") != ("x", word, "x")] == []


def test_files_stay_small_enough_to_review() -> None:
    limit = 500
    long = [path.name for path in RULES.glob("*.yaml") if len(path.read_text(encoding="utf-8").splitlines()) > limit]
    assert long == []


@pytest.mark.parametrize("line", ["smoke ~x fire", "NOSUCHCLASS fire", "~3", "is?"])
def test_a_pattern_nobody_can_read_names_its_file(tmp_path: Path, line: str) -> None:
    for path in RULES.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    rule = f"{{id: x, tier: maybe, when: ['{line}'], examples: [], near: []}}"
    (tmp_path / "broken.yaml").write_text(f"route: abuse\nkind: child\nrules: [{rule}]\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"broken\.yaml"):
        load(tmp_path)


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    for path in RULES.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(UnreadableFile, match=r"repaired\.txt"):
        load(tmp_path)


def twice(node: yaml.Node | None) -> list[str]:
    """Keys that stand twice in one mapping: YAML would quietly keep the last."""
    if isinstance(node, yaml.MappingNode):
        keys = Counter(str(key.value) for key, _ in node.value)
        return [key for key, count in keys.items() if count > 1] + [k for _, v in node.value for k in twice(v)]
    return [key for part in node.value for key in twice(part)] if isinstance(node, yaml.SequenceNode) else []


@pytest.mark.parametrize("path", sorted(RULES.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_key_stands_twice(path: Path) -> None:
    assert twice(yaml.compose(path.read_text(encoding="utf-8"))) == []
