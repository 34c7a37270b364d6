"""The sentences of several articles and their labels, column by column: what objects and rows are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from model.labels import CHOICES, LABELS, NAMES
from model.prediction import Prediction

__all__ = ["Columns", "Verdicts"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

_MILLION = 1_000_000
_BITS = 1 << np.arange(len(LABELS), dtype=np.uint8)
_DOUBTFUL = 1e-4


@dataclass(frozen=True)
class Verdicts:
    """What was decided of n sentences.

    Attributes
    ----------
    probabilities
        Shape (n, 4).
    holds
        Which labels hold, shape (n, 4).
    gained
        Those of them that the sentence alone would not have been given, shape (n, 4).
    primary
        Place of the primary label in `LABELS`, their number for none, shape (n,).
    decided
        Where no person need look, shape (n,).
    """

    probabilities: Floats
    holds: Flags
    gained: Flags
    primary: NDArray[np.uint8]
    decided: Flags

    @property
    def choice(self) -> NDArray[np.uint8]:
        """Place of the labels that hold in `model.labels.CHOICES`, shape (n,)."""
        return np.asarray(self.holds @ _BITS, dtype=np.uint8)

    @property
    def gained_choice(self) -> NDArray[np.uint8]:
        """Place of the labels that were gained in `model.labels.CHOICES`, shape (n,)."""
        return np.asarray(self.gained @ _BITS, dtype=np.uint8)

    def millionths(self) -> NDArray[np.uint32]:
        """Return the probabilities in millionths, shape (n, 4), rounded as Python's `round` does to six digits."""
        scaled = self.probabilities * _MILLION
        answer = np.rint(scaled)
        for place in zip(*np.nonzero(np.abs(np.abs(scaled - answer) - 0.5) < _DOUBTFUL), strict=True):
            answer[place] = round(round(float(self.probabilities[place]), 6) * _MILLION)
        return answer.astype(np.uint32)

    def answers(self) -> Iterator[tuple[str, tuple[str, ...], bool, tuple[str, ...], dict[str, float]]]:
        """Yield of each sentence its primary label, labels, whether decided, labels gained, and probabilities."""
        return zip(
            map(NAMES.__getitem__, self.primary.tolist()),
            map(CHOICES.__getitem__, self.choice.tolist()),
            self.decided.tolist(),
            map(CHOICES.__getitem__, self.gained_choice.tolist()),
            (dict(zip(LABELS, row, strict=True)) for row in self.probabilities.tolist()),
            strict=True,
        )

    def predictions(self, texts: list[str], spans: list[tuple[int, int]]) -> list[Prediction]:
        """Return one object a sentence, given their texts and places."""
        return [
            Prediction(text, labels, label, by_label, start, end, decided, gained, recognised=any(by_label.values()))
            for text, (start, end), (label, labels, decided, gained, by_label) in zip(
                texts, spans, self.answers(), strict=True
            )
        ]


@dataclass(frozen=True)
class Columns:
    """The sentences of several articles, one after the other.

    Attributes
    ----------
    sizes
        Number of sentences of each article.
    texts, spans
        The sentences, and their places (start, end) in their articles.
    verdicts
        What was decided of them.
    on_topic
        Whether each article is about firms that cut, close, move or grow.
    """

    sizes: list[int]
    texts: list[str]
    spans: list[tuple[int, int]]
    verdicts: Verdicts
    on_topic: list[bool]

    def places(self) -> Iterator[tuple[int, int]]:
        """Yield where each article's sentences begin and end."""
        return pairwise(accumulate(self.sizes, initial=0))

    def predictions(self) -> list[list[Prediction]]:
        """Return the sentences of each article as objects."""
        every = self.verdicts.predictions(self.texts, self.spans)
        return [every[start:end] for start, end in self.places()]
