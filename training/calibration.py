"""Turn out-of-fold decision values into probabilities: of sentences alone, and in context."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from model.context import NEIGHBOURS, TOPICAL, Context, neighbour_features
from model.labels import LABELS
from model.logistic import sigmoid
from model.manifest import Calibration
from training.folds import folds
from training.metrics import Flags, Floats
from training.settings import Settings

__all__ = ["context_out_of_fold", "fit_calibration", "fit_context", "in_context", "log_odds"]

_NO_PENALTY = 1e6
_UNRELATED = 0.15


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


def fit_context(settings: Settings, alone: Floats, gold: Flags, stories: NDArray[np.str_]) -> Context:
    """Learn the weights of the context from out-of-fold log-odds of sentences alone, shape (n, 4).

    Stories with hardly any label count more, as archives hold more of them than the seeds do.
    """
    probabilities = sigmoid(alone)
    prior, topic_prior = gold.mean(axis=0), float(gold[:, TOPICAL].any(axis=1).mean())
    features = np.ascontiguousarray(neighbour_features(probabilities, prior, topic_prior, _numbers(stories)))
    weights = np.where(_unrelated(gold, stories), settings.unrelated_weight, 1.0)
    fits = {
        label: LogisticRegression(tol=1e-8, max_iter=1000).fit(
            np.hstack([alone[:, [column]], features]), gold[:, column], sample_weight=weights
        )
        for column, label in enumerate(LABELS)
    }
    return Context(
        prior=dict(zip(LABELS, map(float, prior), strict=True)),
        topic_prior=topic_prior,
        own={label: float(fit.coef_[0, 0]) for label, fit in fits.items()},
        intercept={label: float(fit.intercept_[0]) for label, fit in fits.items()},
        weights={
            label: {
                neighbour: dict(zip(LABELS, map(float, row), strict=True))
                for neighbour, row in zip(NEIGHBOURS, fit.coef_[0, 1:-1].reshape(-1, len(LABELS)), strict=True)
            }
            for label, fit in fits.items()
        },
        off_topic={label: float(fit.coef_[0, -1]) for label, fit in fits.items()},
    )


def _unrelated(gold: Flags, stories: NDArray[np.str_]) -> Flags:
    """Tell which sentences stand in a story of which hardly any sentence carries a label."""
    numbers = _numbers(stories)
    share = np.bincount(numbers, gold.any(axis=1)) / np.bincount(numbers)
    return np.asarray(share[numbers] <= _UNRELATED)


def in_context(alone: Floats, stories: NDArray[np.str_], context: Context) -> Floats:
    """Return log-odds in context, shape (n, 4), story by story."""
    return context.log_odds(alone, sigmoid(alone), _numbers(stories))


def context_out_of_fold(settings: Settings, alone: Floats, gold: Flags, stories: NDArray[np.str_]) -> Floats:
    """Return log-odds in context, shape (n, 4), each from weights that never saw the story."""
    answer = np.empty_like(alone)
    for train, test in folds(stories, settings.folds, settings.seed):
        context = fit_context(settings, alone[train], gold[train], stories[train])
        answer[test] = in_context(alone[test], stories[test], context)
    return answer


def _numbers(stories: NDArray[np.str_]) -> NDArray[np.intp]:
    """Return the number of each sentence's story, from 0, shape (n,); a story's sentences stand together."""
    return np.concatenate([np.zeros(1, np.intp), np.cumsum(stories[1:] != stories[:-1])])
