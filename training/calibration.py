"""Turn out-of-fold decision values into probabilities: of sentences alone, and in context."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from model.context import NEIGHBOURS, Context, neighbour_features
from model.labels import LABELS
from model.manifest import Calibration
from training.folds import folds
from training.metrics import Flags, Floats

__all__ = ["context_out_of_fold", "fit_calibration", "fit_context", "in_context", "log_odds"]

_NO_PENALTY = 1e6


def fit_calibration(decisions: Floats, gold: Flags) -> dict[str, Calibration]:
    """Fit Platt scaling to decision values, both of shape (n, 4).

    Source: Platt, Probabilistic Outputs for Support Vector Machines, 1999.
    """
    answer = {}
    for column, label in enumerate(LABELS):
        fit = LogisticRegression(C=_NO_PENALTY, tol=1e-8).fit(decisions[:, [column]], gold[:, column])
        answer[label] = Calibration(float(fit.coef_[0, 0]), float(fit.intercept_[0]))
    return answer


def log_odds(decisions: Floats, calibration: dict[str, Calibration]) -> Floats:
    """Apply Platt scaling to decision values, shape (n, 4)."""
    scales = [calibration[label] for label in LABELS]
    return decisions * [scale.slope for scale in scales] + [scale.intercept for scale in scales]


def fit_context(alone: Floats, gold: Flags, stories: NDArray[np.str_]) -> Context:
    """Learn the weights of the context from out-of-fold log-odds of sentences alone, shape (n, 4)."""
    prior = gold.mean(axis=0)
    features = _features(alone, stories, prior)
    fits = [
        LogisticRegression(tol=1e-8, max_iter=1000).fit(np.hstack([alone[:, [column]], features]), gold[:, column])
        for column in range(len(LABELS))
    ]
    return Context(
        prior=dict(zip(LABELS, map(float, prior), strict=True)),
        own={label: float(fit.coef_[0, 0]) for label, fit in zip(LABELS, fits, strict=True)},
        intercept={label: float(fit.intercept_[0]) for label, fit in zip(LABELS, fits, strict=True)},
        weights={
            label: {
                neighbour: dict(zip(LABELS, map(float, row), strict=True))
                for neighbour, row in zip(NEIGHBOURS, fit.coef_[0, 1:].reshape(-1, len(LABELS)), strict=True)
            }
            for label, fit in zip(LABELS, fits, strict=True)
        },
    )


def in_context(alone: Floats, stories: NDArray[np.str_], context: Context) -> Floats:
    """Return log-odds in context, shape (n, 4), story by story."""
    answer = np.empty_like(alone)
    for rows in _runs(stories):
        answer[rows] = context.log_odds(alone[rows])
    return answer


def context_out_of_fold(alone: Floats, gold: Flags, stories: NDArray[np.str_], count: int, seed: int) -> Floats:
    """Return log-odds in context, shape (n, 4), each from weights that never saw the story."""
    answer = np.empty_like(alone)
    for train, test in folds(stories, count, seed):
        context = fit_context(alone[train], gold[train], stories[train])
        answer[test] = in_context(alone[test], stories[test], context)
    return answer


def _features(alone: Floats, stories: NDArray[np.str_], prior: Floats) -> Floats:
    probabilities = np.exp(-np.logaddexp(0, -alone))
    return np.concatenate([neighbour_features(probabilities[rows], prior) for rows in _runs(stories)])


def _runs(stories: NDArray[np.str_]) -> Iterator[slice]:
    """Yield the rows of each story; a story's sentences stand together."""
    starts = [0, *(np.flatnonzero(stories[1:] != stories[:-1]) + 1), len(stories)]
    for start, end in pairwise(starts):
        yield slice(start, end)
