"""Which sentences are most worth labelling: uncertain ones, not many of one kind, one of near-copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from model.labels import LABELS
from model.logistic import logit, sigmoid
from model.manifest import Cut
from training.metrics import Floats
from training.near_duplicates import near_duplicates, skeleton

__all__ = ["Pool", "diverse", "same_words", "uncertainty", "wording"]

T = TypeVar("T")

_WORD = r"(?u)\b\w+\b"
_PER_PICK = 50
_SHORTEST = 4
_SURE = 1e-9
_WEIGHT = 0.5


def uncertainty(probabilities: Floats, cuts: Mapping[str, Cut]) -> Floats:
    """Say how unsure the answers are, shape (n,): 1 if every probability is its threshold, near 0 if all are far off.

    For each label that is ``4 q (1 - q)``, where the log-odds of q are those of the probability less
    those of the threshold; of the four, the mean. It is 0 where the model knows nothing.

    Source: Lewis and Gale, A Sequential Algorithm for Training Text Classifiers, SIGIR 1994; the mean over labels is
    one of the ways compared by Esuli and Sebastiani, Active Learning Strategies for Multi-Label Text Classification,
    ECIR 2009.

    Parameters
    ----------
    probabilities
        Calibrated probabilities, shape (n, 4).
    cuts
        One `Cut` per label; only their thresholds count.
    """
    thresholds = np.array([cuts[label].threshold for label in LABELS])
    margins = logit(np.clip(probabilities, _SURE, 1 - _SURE)) - logit(np.clip(thresholds, _SURE, 1 - _SURE))
    side = sigmoid(margins)
    return np.asarray((4 * side * (1 - side)).mean(axis=1) * probabilities.any(axis=1))


def same_words(sentence: str) -> str:
    r"""Return what two copies of a sentence have in common, however they are spaced.

    >>> same_words("The  mill\nwill close.") == same_words("The mill will close.")
    True
    """
    return " ".join(sentence.casefold().split())


def wording(sentence: str) -> str:
    """Return what near-copies of a sentence have in common: its words without names and numbers, if it is long enough.

    >>> wording("Ford said it would cut 1,700 jobs in Wales.") == wording("Nissan said it would cut 90 jobs in Spain.")
    True
    """
    words = skeleton(sentence)[1:]
    return " ".join(words) if len(words) >= _SHORTEST else same_words(sentence)


class Pool(Generic[T]):
    """Keeps the most uncertain sentences of a stream in bounded memory, and picks some of them.

    Parameters
    ----------
    count
        How many are to be picked; up to a hundred times as many are kept.
    known
        Sentences that are labelled already: neither they nor their near-copies are kept.
    """

    def __init__(self, count: int, known: Sequence[str] = ()) -> None:
        self._count = count
        self._size = _PER_PICK * count
        self._known = known
        self._wordings = set(map(wording, known))
        self._held: dict[str, tuple[float, str, T]] = {}
        self._least = 0.0

    def admitted(self, values: Floats) -> list[int]:
        """Return the places of those uncertainties, shape (n,), at which a sentence may be kept."""
        return [int(place) for place in np.flatnonzero(values > self._least)]

    def offer(self, value: float, sentence: str, item: T) -> None:
        """Keep a sentence with its uncertainty, and whatever belongs to it, if it is uncertain enough and new."""
        key = wording(sentence)
        held = self._held.get(key)
        if value <= self._least or key in self._wordings or (held is not None and held[0] >= value):
            return
        self._held[key] = (value, sentence, item)
        if len(self._held) > 2 * self._size:
            self._held = dict(self._most_uncertain())
            self._least = min(row[0] for row in self._held.values())

    def pick(self) -> list[T]:
        """Return what belongs to the sentences picked, the best pick first."""
        rows = [row for _, row in self._most_uncertain()]
        first = len(self._known)
        copies = {later - first for _, later in near_duplicates([*self._known, *(row[1] for row in rows)])}
        rows = [row for place, row in enumerate(rows) if place not in copies]
        values = np.array([row[0] for row in rows])
        return [rows[place][2] for place in diverse([row[1] for row in rows], values, self._count)]

    def _most_uncertain(self) -> list[tuple[str, tuple[float, str, T]]]:
        return sorted(self._held.items(), key=lambda item: -item[1][0])[: self._size]


def diverse(sentences: Sequence[str], values: Floats, count: int) -> list[int]:
    """Pick sentences of high value that aren't like each other; return their places, the best pick first.

    Each pick has the highest half of its value, less half of its likeness (cosine of TF-IDF) to the nearest one picked
    before.

    Source: maximal marginal relevance; Carbonell and Goldstein, The Use of MMR, SIGIR 1998.

    Parameters
    ----------
    sentences
        n strings, each with at least one word.
    values
        0 to 1, shape (n,).
    count
        How many to pick at most.

    Examples
    --------
    >>> diverse(["Jobs will go.", "Jobs will go soon.", "Sales fell."], np.array([0.9, 0.8, 0.6]), 2)
    [0, 2]
    """
    if not sentences:
        return []
    features = TfidfVectorizer(token_pattern=_WORD, sublinear_tf=True).fit_transform(sentences)
    likeness = np.zeros(len(sentences))
    free = np.ones(len(sentences), dtype=bool)
    picks: list[int] = []
    for _ in range(min(count, len(sentences))):
        score = _WEIGHT * values - (1 - _WEIGHT) * likeness
        best = int(np.where(free, score, -np.inf).argmax())
        picks.append(best)
        free[best] = False
        likeness = np.maximum(likeness, (features @ features[[best]].T).toarray().ravel())
    return picks
