"""From out-of-fold decision values: calibration, thresholds, and every figure of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.artifact import Calibration
from model.labels import LABELS, NONE
from training.baselines import all_none, keywords
from training.calibration import best_threshold, fit_calibration, probabilities
from training.evaluation import evaluate
from training.gold import Gold
from training.metrics import Flags, Floats, confusion, summary
from training.seeds import Seeds

__all__ = ["Fit", "Measurement", "fit_thresholds", "measure", "primary_labels"]


@dataclass(frozen=True)
class Fit:
    """Calibration and thresholds from out-of-fold decision values."""

    calibration: Mapping[str, Calibration]
    thresholds: Mapping[str, float]

    def probabilities(self, decisions: Floats) -> Floats:
        """Calibrate decision values, shape (n, 4)."""
        return np.column_stack(
            [probabilities(decisions[:, column], self.calibration[label]) for column, label in enumerate(LABELS)]
        )

    def labels(self, scores: Floats) -> Flags:
        """Compare calibrated probabilities, shape (n, 4), with the thresholds."""
        return np.asarray(scores >= np.array([self.thresholds[label] for label in LABELS]))


@dataclass(frozen=True)
class Measurement:
    """Everything learned from the out-of-fold decision values.

    `scores` are calibrated probabilities and `predicted` the labels, both of shape (n, 4).
    """

    fit: Fit
    scores: Floats
    predicted: Flags
    figures: dict[str, Any]


def fit_thresholds(targets: Flags, decisions: Floats) -> Fit:
    """Calibrate and set thresholds from out-of-fold decision values; both of shape (n, 4)."""
    columns = list(enumerate(LABELS))
    calibration = {label: fit_calibration(decisions[:, column], targets[:, column]) for column, label in columns}
    scores = Fit(calibration, {}).probabilities(decisions)
    return Fit(calibration, {label: best_threshold(scores[:, column], targets[:, column]) for column, label in columns})


def measure(seeds: Seeds, decisions: Floats, readers: Mapping[str, Any] | None = None) -> Measurement:
    """Calibrate, set thresholds and measure, all from out-of-fold decision values, shape (n, 4).

    `readers` is what is known of the seeds' double labels, for the report.
    """
    gold = Gold(seeds.stories, seeds.sentences, seeds.targets, np.zeros_like(seeds.targets))
    fit = fit_thresholds(seeds.targets, decisions)
    scores = fit.probabilities(decisions)
    predicted = fit.labels(scores)
    figures = evaluate(gold, predicted, primary_labels(scores, fit.thresholds), scores)
    figures |= {
        "seeds": seeds.counts() | {"sentences": len(seeds.rows), "stories": len(np.unique(seeds.stories))},
        "readers": readers or {"sentences": 0},
        "confusion": confusion(gold.labels, predicted),
        "baselines": {
            "all none": summary(gold.stories, gold.labels, all_none(seeds.sentences)),
            "keyword list": summary(gold.stories, gold.labels, keywords(seeds.sentences)),
        },
    }
    return Measurement(fit, scores, predicted, figures)


def primary_labels(scores: Floats, thresholds: Mapping[str, float]) -> list[str]:
    """Return the label with the highest margin (in log-odds) over its threshold, or `none`."""
    cuts = np.array([thresholds[label] for label in LABELS])
    margins = np.log(scores / (1 - scores)) - np.log(cuts / (1 - cuts))
    best = margins.argmax(axis=1)
    return [LABELS[b] if row[b] >= 0 else NONE for b, row in zip(best, margins, strict=True)]
