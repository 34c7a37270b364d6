"""Quality figures: precision, recall, F1, intervals by story, calibration error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.labels import LABELS, NONE

__all__ = ["Flags", "Floats", "calibration_error", "confusion", "f1_scores", "per_label", "story_weights", "summary"]

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

_SAMPLES = 1000
_INTERVAL = (2.5, 97.5)
_SEED = 20260101


def f1_scores(gold: Flags, predicted: Flags) -> Floats:
    """F1 per column of two (n, k) arrays; 0 where a label is neither there nor predicted."""
    hits = (gold & predicted).sum(axis=0)
    return np.asarray(2 * hits / np.maximum(gold.sum(axis=0) + predicted.sum(axis=0), 1), dtype=np.float64)


def story_weights(stories: int, samples: int = _SAMPLES) -> NDArray[np.int64]:
    """Return bootstrap samples of whole stories, shape (samples, stories): how often each is drawn."""
    generator = np.random.default_rng(_SEED)
    return generator.multinomial(stories, np.full(stories, 1 / stories), size=samples)


def f1_intervals(stories: NDArray[np.str_], gold: Flags, predicted: Flags) -> tuple[list[float], list[list[float]]]:
    """Return 95 % bootstrap intervals, by story, of the macro-F1 and of each column's F1."""
    names, members = np.unique(stories, return_inverse=True)
    weights = story_weights(len(names))
    hits, marked = (_sums(flags, members, len(names)) for flags in (gold & predicted, gold.astype(int) + predicted))
    samples = 2 * (weights @ hits) / np.maximum(weights @ marked, 1)
    macro, *each = np.percentile(np.column_stack([samples.mean(axis=1), samples]), _INTERVAL, axis=0).T
    return _rounded(macro), [_rounded(pair) for pair in each]


def _sums(values: NDArray[np.generic], members: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    """Sum the rows of each story."""
    return np.column_stack([np.bincount(members, weights=column, minlength=count) for column in values.T])


def _rounded(pair: NDArray[np.float64]) -> list[float]:
    return [round(float(value), 4) for value in pair]


def per_label(gold: Flags, predicted: Flags, intervals: list[list[float]]) -> dict[str, dict[str, Any]]:
    """Precision, recall, F1 with its interval, and number of gold sentences, for each label."""
    hits = (gold & predicted).sum(axis=0)
    precision = hits / np.maximum(predicted.sum(axis=0), 1)
    recall = hits / np.maximum(gold.sum(axis=0), 1)
    return {
        label: {
            "precision": round(float(precision[column]), 4),
            "recall": round(float(recall[column]), 4),
            "f1": round(float(f1_scores(gold, predicted)[column]), 4),
            "f1_interval": intervals[column],
            "sentences": int(gold[:, column].sum()),
        }
        for column, label in enumerate(LABELS)
    }


def summary(stories: NDArray[np.str_], gold: Flags, predicted: Flags) -> dict[str, Any]:
    """Macro-F1 with its interval, the figures per label, and the F1 of `none`."""
    macro, intervals = f1_intervals(stories, gold, predicted)
    return {
        "macro_f1": round(float(f1_scores(gold, predicted).mean()), 4),
        "macro_f1_interval": macro,
        "labels": per_label(gold, predicted, intervals),
        "none_f1": round(float(f1_scores(_none(gold), _none(predicted))[0]), 4),
        "sentences": len(gold),
        "stories": len(np.unique(stories)),
    }


def calibration_error(gold: Flags, probabilities: Floats, bins: int = 10) -> float:
    """Return the expected calibration error over all sentence-label pairs, in equally wide bins.

    Source: Naeini, Cooper and Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian
    Binning, AAAI 2015.
    """
    flat, truth = probabilities.ravel(), gold.ravel()
    which = np.minimum((flat * bins).astype(int), bins - 1)
    gaps = [
        (which == b).sum() * abs(flat[which == b].mean() - truth[which == b].mean())
        for b in range(bins)
        if (which == b).any()
    ]
    return round(float(sum(gaps)) / len(flat), 4)


def confusion(gold: Flags, predicted: Flags) -> dict[str, dict[str, int]]:
    """Count, for sentences with the row's label, how many were predicted the column's label.

    Several labels may hold, so rows don't add up; row and column `none` are sentences without any.
    """
    names = [*LABELS, NONE]
    g = np.hstack([gold, _none(gold)]).astype(int)
    p = np.hstack([predicted, _none(predicted)]).astype(int)
    table = g.T @ p
    return {name: {other: int(table[i, j]) for j, other in enumerate(names)} for i, name in enumerate(names)}


def _none(flags: Flags) -> Flags:
    return np.asarray(~flags.any(axis=1, keepdims=True))
