"""The second half of `make train`: what is made with a trained encoder and ships beside it.

    python -m knowledge.training.shipped

Encodes the corpus and the shipped place's phrases, and fits the chance of an answer on the corpus's held-out families.
"""

from __future__ import annotations

import csv
import json

import numpy as np

from knowledge.encoder import open_encoder
from knowledge.library import PLACES, Library, load
from knowledge.safety.evidence import FILE as TRUST
from knowledge.safety.evidence import Trust
from knowledge.search.base import SHIPPED, Base, corpus_phrases, write_base
from knowledge.search.calibration import FILE, Chance, features
from knowledge.search.index import Index, read_words
from knowledge.search.phrases import CORPUS, of_library
from knowledge.search.vectors import key_of, write_vectors
from knowledge.training.alarm import fit_trust, read_told
from knowledge.training.logistic import fit

DAMPING = 1e-3


def main() -> None:
    """Write knowledge/search/fitted."""
    encoder, library = open_encoder(), load(PLACES / "braunstone")
    for old in SHIPPED.glob("*.npz"):
        old.unlink()
    base = Base.fit(encoder, corpus_phrases(), read_words())
    write_base(SHIPPED / f"base-{encoder.name}.npz", base)
    phrases = of_library(library)
    vectors = encoder.vectors([phrase.text for phrase in phrases])
    known = {key_of(p.text): row.astype(np.float16) for p, row in zip(phrases, vectors, strict=True)}
    write_vectors(SHIPPED / f"vectors-{encoder.name}.npz", known)
    index = Index.build(library, encoder, base, vectors)
    _write_chance(fit_chance(index, library))
    _write_trust(fit_trust(index, tuple(read_told())))


def fit_chance(index: Index, library: Library) -> Chance:
    """Logistic regression on the validation rows of questions, orders and what is not ours."""
    seen, right = [], []
    for text, accepted in _validation(library):
        ranking = index.rank(index.read(text))
        if ranking.candidates:
            seen.append((1.0, *features(ranking)))
            right.append(ranking.candidates[0].target in accepted)
    weights = fit(np.array(seen), np.array(right, dtype=np.float64), DAMPING)
    return Chance(**dict(zip(Chance.model_fields, weights, strict=True)))


def _validation(library: Library) -> list[tuple[str, set[str]]]:
    """Texts and what is right for each; two needs, dangers and entries the place has not are left out."""
    found = []
    for path in sorted(CORPUS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                accepted = set(row["target"].split("|"))
                known = all("/" not in name or name in library.entries for name in accepted)
                if row.get("split") == "validation" and "kind" not in row and "&" not in row["target"] and known:
                    found.append((row["text"], accepted))
    return found


def _write_chance(chance: Chance) -> None:
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    stored["chance"] = chance.model_dump()
    FILE.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def _write_trust(trust: Trust) -> None:
    stored = trust.model_dump(mode="json")
    TRUST.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
