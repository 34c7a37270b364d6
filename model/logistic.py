"""Log-odds and probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["logit", "sigmoid"]


def sigmoid(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities, without overflow for any log-odds; 0 for minus infinity."""
    return np.asarray(np.exp(-np.logaddexp(0, -log_odds)))


def logit(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log-odds; minus infinity for 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(probabilities) - np.log1p(-probabilities))
