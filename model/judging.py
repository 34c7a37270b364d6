"""From probabilities to an answer: labels, the primary label, and whether a person should look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from model.labels import LABELS, NONE
from model.logistic import logit, sigmoid
from model.manifest import Cut
from model.prediction import Prediction

__all__ = ["Judge"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Judge:
    """Applies the cuts of a model.

    Parameters
    ----------
    cuts
        One `Cut` per label.
    """

    def __init__(self, cuts: Mapping[str, Cut]) -> None:
        self._thresholds = np.array([cuts[label].threshold for label in LABELS])
        self._low = np.array([cuts[label].low for label in LABELS])
        self._high = np.array([cuts[label].high for label in LABELS])

    def holds(self, probabilities: Floats) -> Flags:
        """Tell which labels hold, shape (n, 4)."""
        return np.asarray(probabilities >= self._thresholds)

    def decided(self, probabilities: Floats) -> Flags:
        """Tell for which sentences no probability lies in its label's band, shape (n,)."""
        return np.asarray(((probabilities < self._low) | (probabilities >= self._high)).all(axis=1))

    def primary(self, probabilities: Floats) -> list[str]:
        """Name the label with the highest margin, in log-odds, over its threshold, or `none`."""
        margins = logit(probabilities) - logit(self._thresholds)
        holds = self.holds(probabilities)
        best = margins.argmax(axis=1)
        return [LABELS[column] if held[column] else NONE for column, held in zip(best, holds, strict=True)]

    def predictions(
        self,
        texts: Sequence[str],
        spans: Sequence[tuple[int, int]],
        log_odds: Floats,
        holds_alone: Flags | None = None,
    ) -> list[Prediction]:
        """Build the answers.

        Parameters
        ----------
        texts, spans
            n sentences and their places.
        log_odds
            Log-odds, shape (n, 4); minus infinity where the model knows nothing.
        holds_alone
            Which labels the sentences got when judged alone, if these log-odds are in context.
        """
        probabilities = sigmoid(log_odds)
        holds = self.holds(probabilities)
        gained = np.zeros_like(holds) if holds_alone is None else holds & ~holds_alone
        recognised = np.asarray(probabilities.any(axis=1)).tolist()
        return [
            Prediction(
                text,
                held,
                primary,
                dict(zip(LABELS, row, strict=True)),
                start,
                end,
                decided,
                new,
                recognised=known,
            )
            for text, (start, end), row, held, new, primary, decided, known in zip(
                texts,
                spans,
                probabilities.tolist(),
                _names(holds),
                _names(gained),
                self.primary(probabilities),
                self.decided(probabilities).tolist(),
                recognised,
                strict=True,
            )
        ]


_CHOICES = list(product((False, True), repeat=len(LABELS)))
_NAMES = [tuple(label for label, flag in zip(LABELS, flags, strict=True) if flag) for flags in _CHOICES]
_BITS = 1 << np.arange(len(LABELS))[::-1]


def _names(flags: Flags) -> list[tuple[str, ...]]:
    """Name the labels that hold in each row, shape (n, 4)."""
    return [_NAMES[choice] for choice in (flags @ _BITS).tolist()]
