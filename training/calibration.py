"""Turn out-of-fold decision values into probabilities and thresholds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from model.artifact import Calibration
from training.metrics import Flags, Floats

__all__ = ["best_threshold", "fit_calibration", "probabilities"]

_NO_PENALTY = 1e6


def fit_calibration(decisions: NDArray[np.float64], gold: Flags) -> Calibration:
    """Fit Platt scaling to the decision values of one label, both of shape (n,).

    Source: Platt, Probabilistic Outputs for Support Vector Machines, 1999.

    Raises
    ------
    ValueError
        If the label holds for none or all of the sentences.
    """
    if gold.all() or not gold.any():
        raise ValueError("a label must hold for some sentences and not for others")
    fit = LogisticRegression(C=_NO_PENALTY, tol=1e-8).fit(decisions.reshape(-1, 1), gold)
    return Calibration(float(fit.coef_[0, 0]), float(fit.intercept_[0]))


def probabilities(decisions: Floats, calibration: Calibration) -> Floats:
    """Apply Platt scaling."""
    log_odds = calibration.slope * decisions + calibration.intercept
    return np.asarray(np.exp(-np.logaddexp(0, -log_odds)), dtype=np.float64)


def best_threshold(scores: Floats, gold: Flags) -> float:
    """Return the probability from which on predicting the label gives the highest F1."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(gold[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + gold.sum())
    best = int(np.argmax(f1))
    below = scores[order[best + 1]] if best + 1 < len(order) else 0.0
    return float((scores[order[best]] + below) / 2)
