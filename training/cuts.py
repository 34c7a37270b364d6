"""Thresholds, and the bands in which a person should look, from out-of-fold probabilities."""

from __future__ import annotations

import numpy as np

from model.labels import LABELS
from model.manifest import Cut
from training.metrics import Flags, Floats

__all__ = ["best_threshold", "fit_cuts"]

_PRECISION = 0.9
_STEPS = np.linspace(1, 0, 101)


def fit_cuts(probabilities: Floats, gold: Flags) -> dict[str, Cut]:
    """Return the cuts of each label.

    The threshold gives the highest F1. The band ends where the sentences above it carry the label in
    nine of ten cases; it starts at that share of each threshold, the same for all labels, below
    which sentences without any label are right in nine of ten cases.

    Parameters
    ----------
    probabilities
        Calibrated out-of-fold probabilities, shape (n, 4).
    gold
        Which labels hold, shape (n, 4).
    """
    thresholds = np.array([best_threshold(p, g) for p, g in zip(probabilities.T, gold.T, strict=True)])
    highs = [_high(p, g, t) for p, g, t in zip(probabilities.T, gold.T, thresholds, strict=True)]
    lows = _low_share(probabilities, gold, thresholds) * thresholds
    return {
        label: Cut(float(thresholds[column]), float(lows[column]), highs[column]) for column, label in enumerate(LABELS)
    }


def best_threshold(probabilities: Floats, gold: Flags) -> float:
    """Return the probability from which on predicting the label gives the highest F1; shapes (n,)."""
    order = np.argsort(-probabilities, kind="stable")
    hits = np.cumsum(gold[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + gold.sum())
    best = int(np.argmax(f1))
    below = probabilities[order[best + 1]] if best + 1 < len(order) else 0.0
    return float((probabilities[order[best]] + below) / 2)


def _high(probabilities: Floats, gold: Flags, threshold: float) -> float:
    order = np.argsort(-probabilities, kind="stable")
    precision = np.cumsum(gold[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(precision >= _PRECISION)
    return max(threshold, float(probabilities[order[good[-1]]])) if len(good) else 1.0


def _low_share(probabilities: Floats, gold: Flags, thresholds: Floats) -> float:
    for share in _STEPS:
        below = (probabilities < share * thresholds).all(axis=1)
        if below.any() and (~gold[below].any(axis=1)).mean() >= _PRECISION:
            return float(share)
    return 0.0
