"""From probabilities to an answer: labels, the primary label, and whether a person should look."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from model.columns import Verdicts
from model.labels import LABELS
from model.logistic import logit, sigmoid
from model.manifest import Cut

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
        self._threshold_log_odds = logit(self._thresholds)
        self._low = np.array([cuts[label].low for label in LABELS])
        self._high = np.array([cuts[label].high for label in LABELS])

    def holds(self, probabilities: Floats) -> Flags:
        """Tell which labels hold, shape (n, 4)."""
        return np.asarray(probabilities >= self._thresholds)

    def decided(self, probabilities: Floats) -> Flags:
        """Tell for which sentences no probability lies in its label's band, shape (n,)."""
        return np.asarray(((probabilities < self._low) | (probabilities >= self._high)).all(axis=1))

    def primary(self, log_odds: Floats, holds: Flags) -> NDArray[np.uint8]:
        """Return the place of the label with the highest margin, in log-odds, over its threshold, or 4, shape (n,)."""
        best = (log_odds - self._threshold_log_odds).argmax(axis=1)
        return np.where(holds[np.arange(len(best)), best], best, len(LABELS)).astype(np.uint8)

    def judge(self, log_odds: Floats, holds_alone: Flags | None = None) -> Verdicts:
        """Decide.

        Parameters
        ----------
        log_odds
            Log-odds, shape (n, 4); minus infinity where the model knows nothing.
        holds_alone
            Which labels the sentences got when judged alone, if these log-odds are in context.
        """
        probabilities = sigmoid(log_odds)
        holds = self.holds(probabilities)
        gained = np.zeros_like(holds) if holds_alone is None else holds & ~holds_alone
        return Verdicts(probabilities, holds, gained, self.primary(log_odds, holds), self.decided(probabilities))
