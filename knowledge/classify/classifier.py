"""The classifier: two learners over three views of a question, and the chance that its answer is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.classify.confidence import Signs, chance
from knowledge.classify.learners import Floats, logistic, ridge
from knowledge.classify.reading import Reader, label_words, spread
from knowledge.classify.views import Likeness, Views
from knowledge.encoder import Encoder
from knowledge.encoder.encoder import Progress

OOS = "oos"
MOST_LANDMARKS = 2000
"""Examples that a question is compared with. Up to this many all are; of more, an equal number for each label."""
RIDGE_PENALTY, LOGISTIC_PENALTY = 0.1, 0.1
"""From tries of 0.05 to 0.5 and 0.003 to 2 on HINT3 and CLINC150; a step either way moved results by half a point."""
RIDGE_SHARE = 1.3
"""What the ridge says counts beside the logistic regression's 1, if every example is a landmark. It is better on HINT3,
the other on CLINC150; between 0.7 and 2 no result moved by more than a point. With more examples it is the weaker by 2
points (CLINC150, all), so it counts less by the square of the share of examples that are landmarks."""
RARE_LIFTED = 0.75
"""How far a label's number of examples is discounted: 1 is wholly (logit adjustment, Menon et al. 2021), as if people
asked about everything alike. HINT3 is best between 0.5 and 1 (Sofmattress by 2 points); nothing changes where all
labels have as many."""
MOST_RANKED = 5
CERTAIN = 0.5
"""Less sure than this and the label is OOS: a wrong answer and a lost right one are held equally bad."""
NAMES_TRUSTED = 0.3
"""Label names are examples too if this share of them is nearest, of all labels' examples, to their own.
On HINT3 and CLINC150 80 to 95 of 100 are; they are worth 0.5 to 1 point at 5 and 10 phrases a label."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`label` is the best of `ranked`, or OOS where `confidence`, the chance that it is right, is too low."""

    label: str
    confidence: float
    ranked: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Weights for likeness to each landmark, one column a label, OOS's last; `shares` is what each learner counts."""

    curved: Floats
    straight: Floats
    constants: Floats
    shares: tuple[float, float]

    def scores(self, like: Likeness) -> tuple[Floats, Floats]:
        """By the ridge, and by logistic regression."""
        return like.curved() @ self.curved, like.straight() @ self.straight + self.constants

    def blend(self, *scores: Floats) -> Floats:
        """What ranks: both learners' scores of the labels, on one scale, added."""
        rows = (row[:-1] - row[:-1].mean() for row in scores)
        return np.asarray(sum(row * np.float32(share) for row, share in zip(rows, self.shares, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """Made by `train`."""

    labels: tuple[str, ...]
    reader: Reader
    views: Views
    learned: Learned

    def judge(self, text: str) -> Judgement:
        """One question in, what it is about out."""
        scores, signs = self.look(text)
        order = np.argsort(-scores, kind="stable")[:MOST_RANKED]
        ranked = tuple(self.labels[int(at)] for at in order)
        sure = chance(signs)
        return Judgement(ranked[0] if sure >= CERTAIN else OOS, round(sure, 4), ranked)

    def look(self, text: str) -> tuple[Floats, Signs]:
        """A question in; each label's score, and the signs that tell how sure to be, out: the mean of its readings."""
        seen = [self.views.of(reading) for reading in self.reader.readings(text)]
        curved, straight = (np.mean(rows, axis=0) for rows in zip(*map(self.learned.scores, seen), strict=True))
        sense, letters = (float(np.mean([view.max() for view in views]))
                          for views in zip(*((like.sense, like.letters) for like in seen), strict=True))  # fmt: skip
        scores = self.learned.blend(curved, straight)
        return scores, Signs.of(int(scores.argmax()), straight, float(curved[-1]), sense, letters)


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Words, vectors of both encoders, and the number of the label, of everything that is learned from."""

    words: Sequence[tuple[str, ...]]
    vectors: tuple[Floats, Floats]
    owners: Sequence[int]


def train(
    texts: Sequence[str], labels: Sequence[str], encoders: tuple[Encoder, Encoder],
    say: Say | None = None, done: Progress | None = None,
) -> Classifier:  # fmt: skip
    """Examples, a label each, and two encoders, the second a static one, in; a classifier out.

    Labels may be OOS, but not all. `say` hears what is being done, `done` how many more texts are encoded.
    """
    tell = say or (lambda _: None)
    reader = Reader.of_examples(texts)
    tell(f"Reading {len(texts)} examples")
    names = tuple(sorted(set(labels) - {OOS}))
    number = {name: at for at, name in enumerate((*names, OOS))}
    first = Examples(
        words=[reader.typed(text).words for text in texts],
        vectors=(encoders[0].vectors(texts, done), encoders[1].vectors(texts)),
        owners=[number[label] for label in labels],
    )
    examples = _with_names(first, names, reader, encoders)
    tell(f"Learning {len(names)} labels")
    landmarks = spread(examples.owners, MOST_LANDMARKS, number[OOS])
    views = Views.of_landmarks(encoders, reader.lexicon, examples.vectors, examples.words, landmarks)
    like = views.of_examples(examples.vectors, examples.words, landmarks)
    return Classifier(names, reader, views, _learn(like, landmarks, examples.owners, len(names) + 1))


def _with_names(first: Examples, names: Sequence[str], reader: Reader, encoders: tuple[Encoder, Encoder]) -> Examples:
    """The examples, and the labels' names as more of them where they are fit for it."""
    spoken = {at: words for at, name in enumerate(names) if (words := label_words(name))}
    if not spoken:
        return first
    texts = list(spoken.values())
    more = (encoders[0].vectors(texts), encoders[1].vectors(texts))
    owners = np.array(first.owners)
    centres = np.stack([first.vectors[0][owners == at].mean(axis=0) for at in range(len(names))])
    fit = np.mean((more[0] @ centres.T).argmax(axis=1) == np.array(list(spoken)))
    if fit < NAMES_TRUSTED:
        return first
    return Examples(
        words=[*first.words, *(reader.typed(text).words for text in texts)],
        vectors=(np.vstack([first.vectors[0], more[0]]), np.vstack([first.vectors[1], more[1]])),
        owners=[*first.owners, *spoken],
    )


def _learn(like: Likeness, landmarks: Sequence[int], owners: Sequence[int], width: int) -> Learned:
    wanted = np.eye(width, dtype=np.float32)[list(owners)]
    curved, straight = like.curved(), like.straight()
    weights = ridge(curved, curved[landmarks], wanted, RIDGE_PENALTY)
    slopes, constants = logistic(straight, straight[landmarks], wanted, LOGISTIC_PENALTY)
    constants += _lift(wanted.sum(axis=0))
    share = RIDGE_SHARE * (len(landmarks) / len(owners)) ** 2
    shares = share / _scale(curved @ weights), 1 / _scale(straight @ slopes + constants)
    return Learned(weights, slopes, constants, shares)


def _lift(counts: Floats) -> Floats:
    """Examples a label in, what its score gets for having few out; nothing where there are none."""
    usual = counts.sum() / np.count_nonzero(counts)
    return np.asarray(-RARE_LIFTED * np.log(np.where(counts > 0, counts, usual) / usual), dtype=np.float32)


def _scale(scores: Floats) -> float:
    """How far the labels' scores lie apart, typically."""
    labels = scores[:, :-1]
    return max(float((labels - labels.mean(axis=1, keepdims=True)).std()), 1e-6)
